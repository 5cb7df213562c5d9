"""Sign what the portal says to others, so that they can check that it was the portal.

Ed25519 (RFC 8037) under its fully-specified name (RFC 9864), with the public keys as a JWK set.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey
from joserfc.jws import HeaderDict

from citizen_portal import clock
from citizen_portal.keyfiles import KeyFile, write_private

SIGNING_FILE = "signing.jwks.json"
ALGORITHM = "Ed25519"
CALL_LIFETIME = 60
"""Seconds that a token for one call to a body is good for."""


@dataclass(frozen=True, repr=False)
class Ring:
    """Keys, and from when on each makes signatures: a new one is published before it is used."""

    keys: KeySet
    used_from: Mapping[str, float] = field(default_factory=dict)

    def current(self) -> OKPKey:
        """The newest that can sign and is in use."""
        now = clock.now().timestamp()
        for key in self.keys.keys:
            if key.is_private and self.used_from.get(str(key.kid), 0) <= now:
                assert isinstance(key, OKPKey)  # noqa: S101  (read() lets nothing else in)
                return key
        raise ValueError(f"{SIGNING_FILE}: no key is in use")


class Signer:
    """Signs with the newest key in use; publishes the public half of every key."""

    def __init__(self, keys: KeySet | KeyFile[Ring]) -> None:
        self._file = None if isinstance(keys, KeySet) else keys
        self._ring = partial(Ring, keys) if isinstance(keys, KeySet) else keys

    @property
    def keys(self) -> KeySet:
        return self._ring().keys

    @property
    def current(self) -> OKPKey:
        return self._ring().current()

    def token(
        self, claims: Mapping[str, Any], *, lifetime: int = CALL_LIFETIME, kind: str = "JWT"
    ) -> str:
        """A JWT with these claims, issued now, good for ``lifetime`` seconds.

        ``kind`` stands in its header, so that what is meant for one use is not taken for another
        (RFC 8725 §3.11).
        """
        now, key = int(clock.now().timestamp()), self.current
        stamped = {"iat": now, "exp": now + lifetime, "jti": secrets.token_urlsafe(16), **claims}
        header = {"alg": ALGORITHM, "typ": kind, "kid": key.kid}
        return jwt.encode(header, stamped, key, algorithms=[ALGORITHM])

    def statement(self, said: Mapping[str, Any], *, kind: str) -> str:
        """What the portal says for good, as a compact JWS: it does not go out of date."""
        key = self.current
        header = {"alg": ALGORITHM, "typ": kind, "kid": key.kid}
        issued = {"iat": int(clock.now().timestamp()), **said}
        return jwt.encode(header, issued, key, algorithms=[ALGORITHM])

    def sign(self, payload: bytes, *, typ: str) -> dict[str, str]:
        """A file with its signature: flattened JWS JSON serialization (RFC 7515 §7.2.2).

        ``typ`` says what kind of file it is, so that one kind cannot pass for another.
        """
        key = self.current
        member: HeaderDict = {"protected": {"alg": ALGORITHM, "typ": typ, "kid": key.kid}}
        signed = jws.serialize_json(member, payload, key, algorithms=[ALGORITHM])
        return {name: str(value) for name, value in signed.items()}

    def opened(self, token: str, *, kind: str) -> dict[str, Any] | None:
        """The claims of a token of this kind that we signed ourselves, or ``None``.

        What they say, and until when, is for the caller to judge.
        """
        try:
            found = jwt.decode(token, self.keys, algorithms=[ALGORITHM])
        except (JoseError, ValueError, TypeError, RecursionError):
            if self._file is not None and self._file.again():
                return self.opened(token, kind=kind)
            return None
        return found.claims if found.header.get("typ") == kind else None

    def public(self) -> dict[str, Any]:
        """The JWK set that others check our signatures with."""
        return dict(self.keys.as_dict(private=False))


def fresh_key() -> OKPKey:
    return OKPKey.generate_key("Ed25519", {"use": "sig", "alg": ALGORITHM}, auto_kid=True)


def create(folder: Path) -> list[Path]:
    """Make the signing key if there is none; returns the files made."""
    made = json.dumps({"keys": [fresh_key().as_dict(private=True)]})
    path = write_private(folder / SIGNING_FILE, made)
    return [path] if path else []


def load(folder: Path) -> Signer:
    """The signing keys in ``folder``, newest first; raises ``FileNotFoundError``."""
    return Signer(KeyFile(folder / SIGNING_FILE, read))


def read(text: str) -> Ring:
    """A JWK set with, beside its keys, from when on those are used that are new."""
    said = json.loads(text)
    keys = KeySet.import_key_set({"keys": said["keys"]})
    for key in keys.keys:
        if not isinstance(key, OKPKey):
            raise ValueError(f"{SIGNING_FILE}: only Ed25519 keys can be used")
    return Ring(keys, said.get("used_from", {}))
