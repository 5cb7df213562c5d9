"""The keys of sign-in: our own, with which we prove who we are, and the provider's."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from authlib.oauth2.rfc7523 import PrivateKeyJWT, private_key_jwt_sign
from joserfc.jwk import ECKey, Key

from citizen_portal import clock, jwks
from citizen_portal.identity.remote.refusals import Refused
from citizen_portal.keyfiles import KeyFile, write_private

CLIENT_FILE = "client.jwks.json"
ALGORITHM = "ES256"
ASSERTION_LIFETIME = 60
REFETCH_AFTER = timedelta(minutes=1)
"""An unknown key makes us look again, at most this often."""
GOOD_FOR = timedelta(minutes=10)
"""A key that the provider withdraws is refused after at most this long."""


def fresh_key() -> ECKey:
    return ECKey.generate_key("P-256", {"use": "sig", "alg": ALGORITHM}, auto_kid=True)


def create(folder: Path) -> list[Path]:
    """Make the key that proves us to the identity provider, if there is none."""
    made = json.dumps({"keys": [fresh_key().as_dict(private=True)]})
    path = write_private(folder / CLIENT_FILE, made)
    return [path] if path else []


def load(folder: Path) -> KeyFile[Callable[[], ECKey]]:
    """Gives what gives the key to prove ourselves with now; raises ``FileNotFoundError``."""
    return KeyFile(folder / CLIENT_FILE, _in_use)


def _in_use(text: str) -> Callable[[], ECKey]:
    """The newest key, the first in the file, once it has been published for long enough."""
    said = json.loads(text)
    keys, used_from = [ECKey.import_key(key) for key in said["keys"]], said.get("used_from", {})

    def newest() -> ECKey:
        now = clock.now().timestamp()
        return next(key for key in keys if used_from.get(key.kid, 0) <= now)

    return newest


def public(folder: Path) -> list[Mapping[str, Any]]:
    """The public halves of our keys, none if none were made."""
    try:
        keys = json.loads((folder / CLIENT_FILE).read_text())["keys"]
    except FileNotFoundError:
        return []
    return [ECKey.import_key(key).as_dict(private=False) for key in keys]


class Assertion(PrivateKeyJWT):  # type: ignore[misc]
    """``private_key_jwt`` with a key id, a short life and a new ``jti`` each time.

    Authlib's own reuses the first ``jti`` when it is given claims, and lives for an hour.
    """

    def sign(self, auth: Any, token_endpoint: str) -> str:
        key = auth.client_secret()()
        assertion = private_key_jwt_sign(
            key,
            client_id=auth.client_id,
            token_endpoint=token_endpoint,
            alg=ALGORITHM,
            header={"kid": key.kid},
            expires_in=ASSERTION_LIFETIME,
        )
        return str(assertion)


class ProviderKeys:
    """The provider's public keys, fetched when needed and not more often than that."""

    def __init__(self, fetch: Callable[[], object]) -> None:
        self._fetch = fetch
        self._keys: list[Key] = []
        self._fetched_at: datetime | None = None

    def find(self, kid: str | None) -> Key:
        """The key with this id; without an id, the only one there is. Raises ``Refused``."""
        if self._older_than(GOOD_FOR):
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
        found = jwks.usable(self._fetch())
        if found is None:
            raise Refused("keys_unreadable")
        self._keys = found
        self._fetched_at = clock.now()
