"""How the demo's bodies answered in the quarter before it began: invented numbers, as exact as the
worker would have them, and published as it publishes them."""

from collections import Counter
from collections.abc import Mapping

from sqlalchemy.orm import Session

from citizen_portal.bodies.queries import directory
from citizen_portal.questions.actions import counting
from citizen_portal.questions.models import Kind, Outcome
from citizen_portal.questions.queries.answers import Tally
from citizen_portal.region import Region

TALLIES: Mapping[str, Tally] = {
    "benefits-office": Tally(
        outcomes=Counter(
            {
                (Kind.WHY, Outcome.EXPLAINED): 212,
                (Kind.WHY, Outcome.NOT_JUSTIFIED): 4,
                (Kind.CORRECTION, Outcome.CORRECTED): 46,
                (Kind.CORRECTION, Outcome.NOT_CORRECTED): 17,
                (Kind.COMPLAINT, Outcome.EXPLAINED): 13,
                (Kind.COMPLAINT, Outcome.REFUSED): 2,
            }
        ),
        days=Counter({2: 40, 5: 91, 9: 84, 16: 52, 26: 19, 41: 8}),
        in_time=271,
        late=23,
        granted=31,
        refused=12,
        acknowledged=64,
        told=18,
        untold=3,
    ),
    "revenue-office": Tally(
        outcomes=Counter(
            {
                (Kind.WHY, Outcome.EXPLAINED): 38,
                (Kind.WHY, Outcome.PARTLY): 5,
                (Kind.CORRECTION, Outcome.CORRECTED): 11,
            }
        ),
        days=Counter({1: 22, 3: 25, 12: 7}),
        in_time=52,
        late=2,
        acknowledged=16,
        told=4,
    ),
}
"""By body. The worker counts the others."""


def write(session: Session, region: Region) -> None:
    """Once: what is counted stays."""
    today, known = region.today(), directory(session)
    quarter = counting.due(session, today)[-1]
    for slug, tally in TALLIES.items():
        body = known.body_by_slug(slug)
        if body is not None:
            counting.keep(session, known, body.id, quarter, tally, today)
