"""Sign what the portal says to others, so that they can check that it was the portal.

Ed25519 (RFC 8037) under its fully-specified name (RFC 9864), with the public keys as a JWK set.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey
from joserfc.jws import HeaderDict

from citizen_portal import clock
from citizen_portal.sealing import write_private

SIGNING_FILE = "signing.jwks.json"
ALGORITHM = "Ed25519"
CALL_LIFETIME = 60
"""Seconds that a token for one call to a body is good for."""


@dataclass(frozen=True, repr=False)
class Signer:
    """Signs with the newest key; publishes the public half of every key."""

    keys: KeySet

    @property
    def current(self) -> OKPKey:
        key = self.keys.keys[0]
        assert isinstance(key, OKPKey)  # noqa: S101  (load() lets nothing else in)
        return key

    def token(
        self, claims: Mapping[str, Any], *, lifetime: int = CALL_LIFETIME, kind: str = "JWT"
    ) -> str:
        """A JWT with these claims, issued now, good for ``lifetime`` seconds.

        ``kind`` stands in its header, so that what is meant for one use is not taken for another
        (RFC 8725 §3.11).
        """
        now = int(clock.now().timestamp())
        stamped = {"iat": now, "exp": now + lifetime, "jti": secrets.token_urlsafe(16), **claims}
        header = {"alg": ALGORITHM, "typ": kind, "kid": self.current.kid}
        return jwt.encode(header, stamped, self.current, algorithms=[ALGORITHM])

    def statement(self, said: Mapping[str, Any], *, kind: str) -> str:
        """What the portal says for good, as a compact JWS: it does not go out of date."""
        header = {"alg": ALGORITHM, "typ": kind, "kid": self.current.kid}
        issued = {"iat": int(clock.now().timestamp()), **said}
        return jwt.encode(header, issued, self.current, algorithms=[ALGORITHM])

    def sign(self, payload: bytes, *, typ: str) -> dict[str, str]:
        """A file with its signature: flattened JWS JSON serialization (RFC 7515 §7.2.2).

        ``typ`` says what kind of file it is, so that one kind cannot pass for another.
        """
        member: HeaderDict = {"protected": {"alg": ALGORITHM, "typ": typ, "kid": self.current.kid}}
        signed = jws.serialize_json(member, payload, self.current, algorithms=[ALGORITHM])
        return {name: str(value) for name, value in signed.items()}

    def opened(self, token: str, *, kind: str) -> dict[str, Any] | None:
        """The claims of a token of this kind that we signed ourselves, or ``None``.

        What they say, and until when, is for the caller to judge.
        """
        try:
            found = jwt.decode(token, self.keys, algorithms=[ALGORITHM])
        except (JoseError, ValueError, TypeError, RecursionError):
            return None
        return found.claims if found.header.get("typ") == kind else None

    def public(self) -> dict[str, Any]:
        """The JWK set that others check our signatures with."""
        return dict(self.keys.as_dict(private=False))


def create(folder: Path) -> list[Path]:
    """Make the signing key if there is none; returns the files made."""
    key = OKPKey.generate_key("Ed25519", {"use": "sig", "alg": ALGORITHM}, auto_kid=True)
    path = write_private(folder / SIGNING_FILE, json.dumps({"keys": [key.as_dict(private=True)]}))
    return [path] if path else []


def load(folder: Path) -> Signer:
    """The signing keys in ``folder``, newest first; raises ``FileNotFoundError``."""
    keys = KeySet.import_key_set(json.loads((folder / SIGNING_FILE).read_text()))
    for key in keys.keys:
        if not isinstance(key, OKPKey):
            raise ValueError(f"{SIGNING_FILE}: only Ed25519 keys can be used")
    return Signer(keys)
