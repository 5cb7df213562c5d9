"""The keys of sign-in: our own, with which we prove who we are, and the provider's."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from authlib.oauth2.rfc7523 import PrivateKeyJWT, private_key_jwt_sign
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, Key, RSAKey

from citizen_portal import clock, jwks
from citizen_portal.identity.remote.refusals import Refused, Unreachable
from citizen_portal.keyfiles import write_private
from citizen_portal.settings import Settings

ClientKey = ECKey | RSAKey

CLIENT_FILE = "client.jwks.json"
RSA_CLIENT_FILE = "client-rsa.jwks.json"
"""For providers that take RSA alone, as GOV.UK One Login does."""
SIZES: dict[str, Any] = {CLIENT_FILE: "P-256", RSA_CLIENT_FILE: 3072}
ASSERTION_LIFETIME = 60
REFETCH_AFTER = timedelta(minutes=1)
"""An unknown key makes us look again, at most this often."""
TRY_AFTER = timedelta(seconds=10)
"""Where keys could not be had, whoever needs them meanwhile is told so at once: none waits for a
provider that hangs."""
GOOD_FOR = timedelta(minutes=10)
"""A key that the provider withdraws is refused after at most this long."""


def create(folder: Path) -> list[Path]:
    """Make the keys that prove us to the identity providers, where there are none."""
    made = []
    for name in (CLIENT_FILE, RSA_CLIENT_FILE):
        if (folder / name).exists():
            continue
        made.append(write_private(folder / name, json.dumps({"keys": [fresh_key(name)]})))
    return [path for path in made if path]


def fresh_key(name: str) -> dict[str, Any]:
    """A new key for the file of this name, as a JWK with its secret half."""
    kind = ECKey if name == CLIENT_FILE else RSAKey
    key = kind.generate_key(SIZES[name], auto_kid=True)
    return {**key.as_dict(private=True), "use": "sig", "alg": algorithm_of(key)}


def client_file(settings: Settings) -> Path:
    """Where the key lies that proves us to the citizens' identity provider."""
    kept = RSA_CLIENT_FILE if settings.one_login else CLIENT_FILE
    return settings.oidc_client_key or settings.keys_folder / kept


def load(file: Path) -> ClientKey:
    """The key of this file, of a set the newest, which is its first, once it is in use.

    Raises ``FileNotFoundError``; ``ValueError`` where it holds none that can sign.
    """
    now = clock.now().timestamp()
    for key, used_from in _held(file):
        if used_from <= now:
            return key
    raise ValueError(f"{file.name} holds no key that is in use yet")


def public(settings: Settings) -> list[Mapping[str, Any]]:
    """The public halves of our keys, each once; none if none were made."""
    found: dict[str, Mapping[str, Any]] = {}
    folder = settings.keys_folder
    for file in (folder / CLIENT_FILE, folder / RSA_CLIENT_FILE, client_file(settings)):
        try:
            held = _held(file)
        except FileNotFoundError:
            continue
        for key, _ in held:
            said = {"use": "sig", "alg": algorithm_of(key)}
            found[str(key.kid)] = said | key.as_dict(private=False)
    return list(found.values())


def algorithm_of(key: Key) -> str:
    """With which algorithm a key of ours signs."""
    return "RS256" if isinstance(key, RSAKey) else "ES256"


def _held(file: Path) -> list[tuple[ClientKey, float]]:
    """The keys of a file, read again once it has changed: to check an RSA key takes its time."""
    return _read(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=16)
def _read(file: Path, _: int) -> list[tuple[ClientKey, float]]:
    text = file.read_text()
    try:
        is_set = text.lstrip().startswith("{")
        said: dict[str, Any] = json.loads(text) if is_set else {"keys": [_of_pem(text)]}
        times: dict[str, float] = said.get("used_from", {})
        held = [_client_key(entry) for entry in said["keys"]]
        keys = [(key, times.get(str(key.kid), 0)) for key in held]
    except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"{file.name} holds no key that can prove the portal") from error
    if not keys:
        raise ValueError(f"{file.name} holds no key that can prove the portal")
    return keys


def _of_pem(text: str) -> Mapping[str, Any]:
    rsa = isinstance(load_pem_private_key(text.encode(), password=None), RSAPrivateKey)
    return JWKRegistry.import_key(text, "RSA" if rsa else "EC").as_dict(private=True)


def _client_key(entry: Mapping[str, Any]) -> ClientKey:
    key = JWKRegistry.import_key(dict(entry))
    good = isinstance(key, RSAKey) or (isinstance(key, ECKey) and key.curve_name == "P-256")
    if not good or not key.is_private:
        raise ValueError("another kind of key")
    key.ensure_kid()
    return cast(ClientKey, key)


class Assertion(PrivateKeyJWT):  # type: ignore[misc]
    """``private_key_jwt`` with a key id, a short life and a new ``jti`` each time.

    Authlib's own reuses the first ``jti`` when it is given claims, and lives for an hour.
    """

    def sign(self, auth: Any, token_endpoint: str) -> str:
        key = auth.client_secret()
        assertion = private_key_jwt_sign(
            key,
            client_id=auth.client_id,
            token_endpoint=token_endpoint,
            alg=algorithm_of(key),
            header={"kid": key.kid},
            expires_in=ASSERTION_LIFETIME,
        )
        return str(assertion)


class ProviderKeys:
    """The provider's public keys, fetched when needed and not more often than that."""

    def __init__(self, fetch: Callable[[], object], *, good_for: timedelta = GOOD_FOR) -> None:
        self._fetch, self._good_for = fetch, good_for
        self._keys: list[Key] = []
        self._fetched_at: datetime | None = None
        self._failed: tuple[Refused | Unreachable, datetime] | None = None

    def find(self, kid: str | None) -> Key:
        """The key with this id; without an id, the only one there is. Raises ``Refused``."""
        if self._older_than(self._good_for):
            self._refetch()
        key = self._choose(kid)
        if key is None and self._older_than(REFETCH_AFTER):
            self._refetch()
            key = self._choose(kid)
        if key is None:
            raise Refused("unknown_key")
        return key

    def _choose(self, kid: str | None) -> Key | None:
        if kid is None:
            return self._keys[0] if len(self._keys) == 1 else None
        return next((key for key in self._keys if key.kid == kid), None)

    def _older_than(self, age: timedelta) -> bool:
        return self._fetched_at is None or clock.now() - self._fetched_at > age

    def _refetch(self) -> None:
        if self._failed is not None and abs(clock.now() - self._failed[1]) < TRY_AFTER:
            fault = self._failed[0]
            raise type(fault)(fault.fault)
        try:
            found = jwks.usable(self._fetch())
            if found is None:
                raise Refused("keys_unreadable")
        except (Refused, Unreachable) as fault:
            self._failed = (fault, clock.now())
            raise
        self._keys = found
        self._fetched_at = clock.now()
