"""What GOV.UK One Login wants to be asked, and signed requests (RFC 9101), which others take too.

Source: the technical documentation of GOV.UK One Login, "Make a request to the /authorize
endpoint".
"""

import json
import secrets
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from joserfc import jwt
from joserfc.jwk import Key

from citizen_portal import clock
from citizen_portal.identity.remote.core_identity import CLAIM
from citizen_portal.identity.remote.keys import algorithm_of

REQUEST_LIFETIME = 300
"""Seconds for which a signed request is good."""
CREDENTIALS = ("Cl", "Cl.Cm")
"""How surely an account is its holder's, from less to more."""


def wanted(vector: str, *, identity: str) -> dict[str, Any]:
    """What is asked beside the usual: the vector of trust, and the claim of a proved identity."""
    extra = {"vtr": json.dumps([vector])}
    if identity:
        extra["claims"] = json.dumps({"userinfo": {CLAIM: None}}, separators=(",", ":"))
    return extra


def enough_for(vector: str) -> frozenset[str]:
    """Each ``vot`` of an id_token that is as sure as this vector, or more so.

    It tells of the credential alone, also where a proved identity was asked for.
    """
    credential = vector.rpartition(".P")[0] or vector
    return frozenset(CREDENTIALS[CREDENTIALS.index(credential) :])


def signed_request(address: str, key: Key, *, audience: str | None) -> str:
    """The same question with its parameters in a signed token (RFC 9101 §4, §5).

    It is for the provider by its issuer; GOV.UK One Login wants the address instead (none given).
    Beside it stand those that must be there (OpenID Connect Core §6.1), and nothing else.
    """
    found = urlsplit(address)
    asked: dict[str, Any] = dict(parse_qsl(found.query))
    now = int(clock.now().timestamp())
    place = urlunsplit((found.scheme, found.netloc, found.path, "", ""))
    claims = asked | {"iss": asked["client_id"], "aud": audience or place, "iat": now}
    claims |= {"exp": now + REQUEST_LIFETIME, "jti": secrets.token_urlsafe(16)}
    if "max_age" in claims:
        claims["max_age"] = int(claims["max_age"])
    if "claims" in claims:
        claims["claims"] = json.loads(claims["claims"])
    algorithm = algorithm_of(key)
    header = {"alg": algorithm, "kid": key.kid, "typ": "oauth-authz-req+jwt"}
    token = jwt.encode(header, claims, key, [algorithm], default_type=None)
    beside = {name: asked[name] for name in ("response_type", "scope", "client_id")}
    return urlunsplit(found._replace(query=urlencode(beside | {"request": token})))
