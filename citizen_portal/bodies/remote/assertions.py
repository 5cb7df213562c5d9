"""The one place that decides whether a client assertion is believed. Authlib's check is not used.

The rules are RFC 7521 §4.2, RFC 7523 §3 and RFC 8725; ``tests/bodies/test_forgeries.py`` forges
assertions against each.
"""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key

from citizen_portal import clock, jwks
from citizen_portal.fetch import documents

ALGORITHMS = ("ES256", "EdDSA", "Ed25519", "PS256")
"""EdDSA with Ed25519 only, which RFC 9864 calls Ed25519."""
KINDS = {"JWT", "CLIENT-AUTHENTICATION+JWT"}
LEEWAY = 30
"""Seconds that clocks may differ."""
LONGEST_LIFE = 600
MOST_CHARACTERS = 8_000
LONGEST_JTI = 255
FAULTS = {
    "malformed": "The client assertion is not a signed JWT.",
    "algorithm": f"The client assertion must be signed with one of {', '.join(ALGORITHMS)}.",
    "unknown": "The client is not known here, or the signature is by no key of the client.",
    "keys": "The keys of the client could not be fetched from where it publishes them.",
    "parties": "iss and sub must both be the client_id.",
    "audience": "aud must be the issuer of this server or its token endpoint, and nothing else.",
    "times": "exp is needed; exp, iat and nbf must be whole seconds.",
    "expired": "The client assertion has expired.",
    "lifetime": "exp may lie at most ten minutes ahead.",
    "not_yet": "The client assertion is not valid yet.",
    "jti": "jti is needed: a text of at most 255 characters.",
    "replayed": "This jti was used before.",
}
"""What may be wrong, in words for the client's developer that repeat nothing it sent."""


class NotProved(Exception):
    """An assertion is not believed. ``fault`` is one of ``FAULTS``."""

    def __init__(self, fault: str) -> None:
        super().__init__(FAULTS[fault])
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Unproved:
    """What an assertion says of itself before its signature was checked."""

    client_id: str
    kid: str | None
    algorithm: str


@dataclass(frozen=True, slots=True)
class Proof:
    """What is left of a believed assertion: what makes it good only once."""

    jti: str
    good_until: datetime


def read(assertion: str) -> Unproved:
    """Whose it says it is, and by which key; raises ``NotProved``."""
    if len(assertion) > MOST_CHARACTERS:
        raise NotProved("malformed")
    try:
        opened = jws.extract_compact(assertion.encode())
        header, said = opened.headers(), documents.parse(opened.payload)
    except (JoseError, ValueError, TypeError, RecursionError) as error:
        raise NotProved("malformed") from error
    kid = header.get("kid")
    if str(header.get("typ", "JWT")).upper() not in KINDS or "crit" in header:
        raise NotProved("malformed")
    if not isinstance(said, dict) or not isinstance(kid, str | None):
        raise NotProved("malformed")
    if header.get("alg") not in ALGORITHMS:
        raise NotProved("algorithm")
    if not isinstance(said.get("sub"), str):
        raise NotProved("parties")
    return Unproved(said["sub"], kid, header["alg"])


def verify(
    assertion: str, unproved: Unproved, keys: Iterable[Key], *, audiences: Set[str]
) -> Proof:
    """Raises ``NotProved``. ``keys`` are those of the client that the assertion names."""
    claims = signed(assertion, unproved.algorithm, keys)
    if claims.get("iss") != unproved.client_id or claims.get("sub") != unproved.client_id:
        raise NotProved("parties")
    _check_audience(claims.get("aud"), audiences)
    expires = _check_times(claims)
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 0 < len(jti) <= LONGEST_JTI:
        raise NotProved("jti")
    return Proof(jti, datetime.fromtimestamp(expires, UTC) + timedelta(seconds=LEEWAY))


def signed(assertion: str, algorithm: str, keys: Iterable[Key]) -> Mapping[str, Any]:
    """The claims, if one of these keys was made for the algorithm and made the signature; raises
    ``NotProved``. What they say is for the caller to judge."""
    registry = jws.JWSRegistry(algorithms=[algorithm], strict_check_header=False)
    for key in keys:
        if not jwks.fits(key, algorithm):
            continue
        try:
            return jwt.decode(assertion, key, registry=registry).claims
        except (JoseError, ValueError, TypeError, RecursionError):
            continue
    raise NotProved("unknown")


def _check_audience(stated: object, ours: Set[str]) -> None:
    """One made for others as well could have been used up by any of them."""
    named = [stated] if isinstance(stated, str) else stated
    if not isinstance(named, list) or not named:
        raise NotProved("audience")
    if not all(isinstance(one, str) and one in ours for one in named):
        raise NotProved("audience")


def _check_times(claims: Mapping[str, Any]) -> int:
    now = int(clock.now().timestamp())
    expires, begins = _seconds(claims, "exp"), _seconds(claims, "nbf")
    issued = _seconds(claims, "iat")
    if expires is None:
        raise NotProved("times")
    if expires <= now - LEEWAY:
        raise NotProved("expired")
    if expires > now + LONGEST_LIFE + LEEWAY:
        raise NotProved("lifetime")
    if max(begins or 0, issued or 0) > now + LEEWAY:
        raise NotProved("not_yet")
    return expires


def _seconds(claims: Mapping[str, Any], name: str) -> int | None:
    """A moment in whole seconds; what is not one is a fault, never a guess."""
    stated = claims.get(name)
    if stated is None:
        return None
    if not isinstance(stated, int) or isinstance(stated, bool):
        raise NotProved("times")
    return stated
