"""A proved identity of GOV.UK One Login (``coreIdentityJWT``): whether it is believed, and the date
of birth in it. Names and the token are let go of.

Source: its technical documentation, "Prove your user's identity". Keys come from one fixed address
(``did.json``); what a token says of where its key lies is not followed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from citizen_portal.identity.remote.refusals import Refused
from citizen_portal.identity.remote.tokens import FindKey, check_times, opened

CLAIM = "https://vocab.account.gov.uk/v1/coreIdentityJWT"
GOOD_FOR = timedelta(hours=1)
"""As long as the document of keys may be kept."""
LEVELS = ("P0", "P1", "P2", "P3")
ALGORITHMS = frozenset({"ES256"})


@dataclass(frozen=True, slots=True)
class Expected:
    """What the token must say for us to believe it."""

    issuer: str
    client_id: str
    subject: str
    level: str


def keys_of(document: object) -> object:
    """The keys of a DID document as a key set, each by its whole id; none that another controls."""
    if not isinstance(document, dict) or not isinstance(document.get("assertionMethod"), list):
        raise Refused("keys_unreadable")
    found = []
    for method in document["assertionMethod"]:
        if not isinstance(method, dict) or not isinstance(method.get("publicKeyJwk"), dict):
            continue
        name = method.get("id")
        whose = str(name).partition("#")[0]
        if document.get("id") == whose == method.get("controller", whose):
            found.append({**method["publicKeyJwk"], "kid": name})
    return {"keys": found}


def read(said: Mapping[str, Any], find_key: FindKey, expected: Expected) -> Mapping[str, Any]:
    """``birthdate`` as it was proved; raises ``Refused``, also where no identity was proved."""
    token = said.get(CLAIM)
    if token is None:
        raise Refused("identity_not_proved")
    _, claims = opened(token, find_key, algorithms=ALGORITHMS)
    if claims.get("iss") != expected.issuer:
        raise Refused("identity_issuer")
    if claims.get("aud") not in (expected.client_id, [expected.client_id]):
        raise Refused("identity_audience")
    if claims.get("sub") != expected.subject:
        raise Refused("identity_subject")
    check_times(claims)
    level = claims.get("vot")
    if level not in LEVELS or LEVELS.index(level) < LEVELS.index(expected.level):
        raise Refused("identity_level")
    return {"birthdate": _born(claims)}


def _born(claims: Mapping[str, Any]) -> str | None:
    """The date of birth, where there is one and no other."""
    try:
        dates = claims["vc"]["credentialSubject"]["birthDate"]
        values = {one["value"] for one in dates}
    except (KeyError, TypeError) as error:
        raise Refused("identity_unreadable") from error
    return str(values.pop()) if len(values) == 1 else None
