"""How a body knows that the portal is calling, and for whom."""

import time
from collections.abc import Callable, Mapping
from typing import Any, cast

import requests
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

KEYS_FOR = 60.0
"""Seconds for which the portal's keys are remembered before they are asked for anew."""
SKEW = 5
"""Seconds that two clocks may differ."""


def keys_at(url: str) -> Callable[[], KeySet]:
    """The keys that the portal publishes, looked up anew each minute."""
    held: dict[str, Any] = {"until": 0.0}

    def keys() -> KeySet:
        if time.monotonic() > held["until"]:
            answer = requests.get(url, timeout=5, allow_redirects=False)
            answer.raise_for_status()
            held["keys"] = KeySet.import_key_set(answer.json())
            held["until"] = time.monotonic() + KEYS_FOR
        return cast(KeySet, held["keys"])

    return keys


def keys_given(public: Mapping[str, Any]) -> Callable[[], KeySet]:
    """Keys that are known from the start, as ``Signer.public()`` gives them."""
    keys = KeySet.import_key_set(cast(Any, public))
    return lambda: keys


def subject_of(header: str, *, keys: KeySet, issuer: str, audience: str) -> str | None:
    """Whom a call is about: its token's subject, if the portal signed it for us and for now."""
    kind, _, text = header.partition(" ")
    if kind.lower() != "bearer":
        return None
    claims = said_by_portal(text, keys=keys, issuer=issuer, audience=audience, kind="JWT")
    return claims["sub"] if claims else None


def said_by_portal(
    text: str, *, keys: KeySet, issuer: str, audience: str, kind: str
) -> dict[str, Any] | None:
    """The claims of a JWT of this type, if the portal signed it for this audience and for now."""
    wanted = jwt.JWTClaimsRegistry(
        leeway=SKEW,
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": audience},
        exp={"essential": True},
        sub={"essential": True},
    )
    try:
        token = jwt.decode(text, keys, algorithms=["Ed25519"])
        wanted.validate(token.claims)
    except (JoseError, ValueError):
        return None
    good = token.header.get("typ") == kind and isinstance(token.claims["sub"], str)
    return token.claims if good else None
