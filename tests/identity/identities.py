"""Proved identities as GOV.UK One Login signs them, true or forged."""

import time
from collections.abc import Callable
from typing import Any

from joserfc import jwt
from joserfc.jwk import Key

from citizen_portal.identity.remote.core_identity import CLAIM
from tests.fakes.provider import CANARY, ES256, Fake
from tests.identity.forging import Forge

ISSUER_PATH = "/identity/"
KID = "did:web:identity.example#identity"


def identity(
    *,
    key: Key = ES256,
    algorithm: str = "ES256",
    kid: str | None = KID,
    typ: str = "JWT",
    claim: Callable[[Any], object] = lambda token: token,
    **changed: Any,
) -> Forge:
    """The provider proves this identity; ``None`` leaves a claim out, a function is told now."""

    def forge(fake: Fake) -> None:
        now = int(time.time())
        said: dict[str, Any] = {
            "iss": fake.url + ISSUER_PATH,
            "aud": "portal",
            "sub": CANARY,
            "iat": now,
            "nbf": now,
            "exp": now + 1800,
            "vot": "P2",
            "vtm": f"{fake.url}/trustmark",
            "vc": vc("1980-01-01"),
        }
        for name, value in changed.items():
            said[name] = value(now) if callable(value) else value
        kept = {name: value for name, value in said.items() if value is not None}
        header = {"alg": algorithm, "typ": typ} | ({"kid": kid} if kid else {})
        token = jwt.encode(header, kept, key, [algorithm], default_type=None)
        fake.userinfo = {"sub": CANARY, CLAIM: claim(token)}

    return forge


def vc(*born: str) -> dict[str, Any]:
    """What is vouched for: a name, which the portal lets go of, and dates of birth."""
    name = [{"nameParts": [{"type": "GivenName", "value": CANARY}]}]
    return {
        "type": ["VerifiableCredential", "IdentityCheckCredential"],
        "credentialSubject": {"name": name, "birthDate": [{"value": one} for one in born]},
    }
