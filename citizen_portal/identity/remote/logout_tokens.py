"""Whether a logout token is believed (OpenID Connect Back-Channel Logout 1.0 §2.4, §2.6)."""

from dataclasses import dataclass
from datetime import UTC, datetime

from citizen_portal import clock
from citizen_portal.identity.remote.refusals import Refused
from citizen_portal.identity.remote.tokens import (
    LEEWAY,
    OLDEST,
    FindKey,
    check_times,
    opened,
    seconds,
    subject_of,
    text_of,
)

EVENT = "http://schemas.openid.net/event/backchannel-logout"
TYPES = frozenset({"JWT", "LOGOUT+JWT"})
"""GOV.UK One Login writes none, others ``logout+jwt``."""
LONGEST_ID = 255


@dataclass(frozen=True, slots=True)
class Ended:
    """Whom the provider signed out, by which session of its own, and the token's own id, which is
    good once until then."""

    subject: str
    provider_session: str | None
    token_id: str
    good_until: datetime


def read_logout(token: object, find_key: FindKey, *, issuer: str, client_id: str) -> Ended:
    """Who is signed out; raises ``Refused``.

    A token that names a session alone and nobody is refused: whose it is stands in every query.
    """
    _, claims = opened(token, find_key, types=TYPES)
    if claims.get("iss") != issuer:
        raise Refused("issuer")
    if claims.get("aud") not in (client_id, [client_id]):
        raise Refused("audience")
    if "nonce" in claims:
        raise Refused("nonce")
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(EVENT), dict):
        raise Refused("events")
    check_times(claims, needed=("iat",))
    name = claims.get("jti")
    if not isinstance(name, str) or not 0 < len(name) <= LONGEST_ID:
        raise Refused("token_id")
    until = seconds(claims, "exp") or int(clock.now().timestamp()) + OLDEST
    return Ended(
        subject=subject_of(claims),
        provider_session=text_of(claims, "sid"),
        token_id=name,
        good_until=datetime.fromtimestamp(until + LEEWAY, UTC),
    )
