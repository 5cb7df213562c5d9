"""The one place that decides whether a body's statement about a link is believed.

A citizen is sent to the body's own sign-in with a request that we signed, and comes back with a
statement that the body signed. ``tests/records/test_statements.py`` forges them.
"""

import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import Key

from citizen_portal import clock
from citizen_portal.bodies.remote import NotProved, signed
from citizen_portal.fetch import Fault, documents
from citizen_portal.identity.models import LinkState
from citizen_portal.records import schemas
from citizen_portal.signing import Signer

REQUEST_KIND, STATEMENT_KIND = "link-request+jwt", "link-statement+jwt"
"""Types of their own, so that neither passes for the token of a call, nor a token for them."""
ALGORITHMS = ("ES256", "EdDSA", "Ed25519")
LONGEST_LIFE = 300
"""Seconds that a request is, and a statement may be, good for."""
LEEWAY = 30
"""Seconds that clocks may differ."""
MOST_CHARACTERS = 8_000

FindKeys = Callable[[str], Iterable[Key]]
"""The keys of the body's systems with this ``kid``."""


class NotBelieved(Exception):
    """A statement is not believed. ``fault`` is one word of a fixed set, for the log alone."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Expected:
    """Who must have said it, to whom, about whom, and in answer to what."""

    body: str
    portal: str
    pairwise: str
    nonce: str


@dataclass(frozen=True, slots=True)
class Statement:
    """What a believed statement says, and until when (in seconds since 1970)."""

    state: LinkState
    jti: str
    until: int


def request(signer: Signer, expected: Expected, *, door: str, back: str) -> str:
    """What we ask of a body's own sign-in.

    It is made out to the address, not to the body's slug as calls are: a body that checks no type
    would else take it for a call.
    """
    claims = {
        "iss": expected.portal,
        "aud": door,
        "sub": expected.pairwise,
        "nonce": expected.nonce,
        "redirect_uri": back,
    }
    return signer.token(claims, lifetime=LONGEST_LIFE, kind=REQUEST_KIND)


def verify(text: str, expected: Expected, find_keys: FindKeys) -> Statement:
    """What the statement says, once every check has passed; raises ``NotBelieved``."""
    kid, algorithm, claims = _opened(text)
    try:
        signed(text, algorithm, find_keys(kid))
    except NotProved as error:
        raise NotBelieved("signature") from error
    wanted = {
        "iss": expected.body,
        "aud": expected.portal,
        "sub": expected.pairwise,
        "nonce": expected.nonce,
    }
    said = {"iss": claims["iss"], "aud": claims["aud"]}
    said |= {"sub": claims["sub"], "nonce": claims["nonce"]}
    for name, text_wanted in wanted.items():
        if not hmac.compare_digest(said[name].encode(), text_wanted.encode()):
            raise NotBelieved(name)
    _check_times(claims)
    return Statement(LinkState(claims["state"]), claims["jti"], claims["exp"] + LEEWAY)


def _opened(text: str) -> tuple[str, str, schemas.StatementClaims]:
    """Key id, algorithm and claims, before the signature was checked."""
    if len(text) > MOST_CHARACTERS:
        raise NotBelieved("too_large")
    try:
        opened = jws.extract_compact(text.encode())
        header, claims = opened.headers(), schemas.statement(documents.parse(opened.payload))
    except (JoseError, ValueError, TypeError, RecursionError, Fault) as error:
        raise NotBelieved("malformed") from error
    kid, algorithm = header.get("kid"), header.get("alg")
    if header.get("typ") != STATEMENT_KIND or "crit" in header:
        raise NotBelieved("type")
    if not isinstance(kid, str) or algorithm not in ALGORITHMS:
        raise NotBelieved("algorithm")
    return kid, algorithm, claims


def _check_times(claims: schemas.StatementClaims) -> None:
    now = int(clock.now().timestamp())
    if claims["exp"] <= now - LEEWAY:
        raise NotBelieved("expired")
    if max(claims["iat"], claims.get("nbf", 0)) > now + LEEWAY:
        raise NotBelieved("not_yet")
    if not 0 < claims["exp"] - claims["iat"] <= LONGEST_LIFE:
        raise NotBelieved("lifetime")
