"""The one place that decides whether an id_token is believed. Authlib's own check is not used.

Each check answers a case of the acceptance suite in ``tests/identity/test_forgeries.py``; the
rules are OpenID Connect Core §3.1.3.7, RFC 8725 and RFC 9700.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import GuestProtocol, Key
from joserfc.jws import JWSRegistry

from citizen_portal import clock, jwks
from citizen_portal.identity.remote.refusals import Refused

LEEWAY = 30
"""Seconds that clocks may differ."""
LONGEST_LIFE = 24 * 3600
OLDEST = 600
"""Seconds since its issue: an id_token of the code flow comes straight from the provider."""
MOST_CHARACTERS = 16_000
LONGEST_SUBJECT = 255
HASHES = {
    "ES256": hashlib.sha256,
    "RS256": hashlib.sha256,
    "PS256": hashlib.sha256,
    "EdDSA": hashlib.sha512,
    "Ed25519": hashlib.sha512,
}
"""The algorithms we believe, and the hash that ``at_hash`` is made with under each."""
UNKNOWN_AUTH_TIME = datetime(1970, 1, 1, tzinfo=UTC)
"""For a provider that does not say when somebody signed in there: long ago, never fresh."""

FindKey = Callable[[str | None], Key]
"""The provider's key with this ``kid``; raises ``Refused``."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the id_token must say for us to believe it."""

    issuer: str
    client_id: str
    nonce: str
    access_token: str | None = None
    assurance: frozenset[str] = frozenset()
    """Each of these is sure enough; none: any is."""
    max_age: int | None = None


@dataclass(frozen=True, slots=True)
class Verified:
    """What a believed id_token says."""

    subject: str
    assurance: str
    auth_time: datetime
    provider_session: str | None
    claims: Mapping[str, Any]


def verify(id_token: object, find_key: FindKey, expected: Expected) -> Verified:
    """What the token says, once every check has passed; raises ``Refused`` with the fault."""
    header, claims = opened(id_token, find_key)
    _check_parties(claims, expected)
    check_times(claims)
    _check_at_hash(claims, str(header["alg"]), expected.access_token)
    return Verified(
        subject=subject_of(claims),
        assurance=_assurance(claims, expected.assurance),
        auth_time=_auth_time(claims, expected.max_age),
        provider_session=text_of(claims, "sid"),
        claims=claims,
    )


def opened(
    token: object,
    find_key: FindKey,
    *,
    algorithms: frozenset[str] = frozenset(HASHES),
    types: frozenset[str] = frozenset({"JWT"}),
) -> tuple[Mapping[str, Any], dict[str, Any]]:
    """Header and claims, once the signature has been checked with a key fit for it.

    Raises ``Refused``, also where the header says another ``typ``: in capitals, and one that is
    left out counts as ``JWT`` (RFC 7519 §5.1, RFC 8725 §3.11).
    """

    def choose(signature: GuestProtocol) -> Key:
        header = signature.headers()
        if str(header.get("typ", "JWT")).upper() not in types:
            raise Refused("wrong_type")
        key = find_key(header.get("kid"))
        if not jwks.fits(key, header["alg"]):
            raise Refused("key_does_not_fit")
        return key

    if not isinstance(token, str) or not token:
        raise Refused("id_token_missing")
    if len(token) > MOST_CHARACTERS:
        raise Refused("id_token_too_large")
    # the registry lets no other algorithm through, neither "none" nor one with a shared secret
    registry = JWSRegistry(algorithms=sorted(algorithms), strict_check_header=False)
    try:
        said = jwt.decode(token, choose, registry=registry)
    except (JoseError, ValueError, TypeError, RecursionError) as error:
        raise Refused("signature") from error
    return said.header, said.claims


def _check_parties(claims: Mapping[str, Any], expected: Expected) -> None:
    if claims.get("iss") != expected.issuer:
        raise Refused("issuer")
    audience = claims.get("aud")
    if audience not in (expected.client_id, [expected.client_id]) and not (
        isinstance(audience, list)
        and expected.client_id in audience
        and claims.get("azp") == expected.client_id
    ):
        raise Refused("audience")
    if claims.get("azp", expected.client_id) != expected.client_id:
        raise Refused("authorized_party")
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not hmac.compare_digest(
        nonce.encode(), expected.nonce.encode()
    ):
        raise Refused("nonce")


def check_times(claims: Mapping[str, Any], *, needed: tuple[str, ...] = ("iat", "exp")) -> None:
    """Whether a token is good now (RFC 7519 §4.1.4 to 4.1.6); raises ``Refused``."""
    now = int(clock.now().timestamp())
    issued, expires = seconds(claims, "iat"), seconds(claims, "exp")
    if any(claims.get(name) is None for name in needed):
        raise Refused("times")
    if expires is not None and expires <= now - LEEWAY:
        raise Refused("expired")
    if issued is not None and not now - OLDEST <= issued <= now + LEEWAY:
        raise Refused("issued_at")
    if issued is not None and expires is not None and not 0 < expires - issued <= LONGEST_LIFE:
        raise Refused("lifetime")
    not_before = seconds(claims, "nbf")
    if not_before is not None and not_before > now + LEEWAY:
        raise Refused("not_yet_valid")


def _check_at_hash(claims: Mapping[str, Any], algorithm: str, access_token: str | None) -> None:
    stated = claims.get("at_hash")
    if stated is None:
        return
    digest = HASHES[algorithm]((access_token or "").encode()).digest()
    half = base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=")
    if not access_token or not hmac.compare_digest(str(stated).encode(), half):
        raise Refused("at_hash")


def subject_of(claims: Mapping[str, Any]) -> str:
    subject = claims.get("sub")
    if not isinstance(subject, str) or not subject.strip() or len(subject) > LONGEST_SUBJECT:
        raise Refused("subject")
    return subject


def _assurance(claims: Mapping[str, Any], enough: frozenset[str]) -> str:
    """How surely the provider knows who this is: ``acr``, or ``vot`` (RFC 8485)."""
    stated = [claims[name] for name in ("acr", "vot") if isinstance(claims.get(name), str)]
    good = [one for one in stated if one in enough] if enough else stated
    if enough and not good:
        raise Refused("assurance")
    return good[0] if good else ""


def _auth_time(claims: Mapping[str, Any], max_age: int | None) -> datetime:
    stated = seconds(claims, "auth_time")
    now = int(clock.now().timestamp())
    if stated is None:
        if max_age is not None:
            raise Refused("auth_time")
        return UNKNOWN_AUTH_TIME
    if not 0 <= stated <= now + LEEWAY:
        raise Refused("auth_time")
    if max_age is not None and now - stated > max_age + LEEWAY:
        raise Refused("not_fresh")
    return datetime.fromtimestamp(stated, UTC)


def seconds(claims: Mapping[str, Any], name: str) -> int | None:
    """A moment in whole seconds; what is not one is a fault, never a guess."""
    stated = claims.get(name)
    if stated is None:
        return None
    if not isinstance(stated, int) or isinstance(stated, bool):
        raise Refused("times" if name != "auth_time" else "auth_time")
    return stated


def text_of(claims: Mapping[str, Any], name: str) -> str | None:
    stated = claims.get(name)
    return stated[:LONGEST_SUBJECT] if isinstance(stated, str) else None
