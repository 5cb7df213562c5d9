"""What is withheld, in numbers, for whoever oversees it: no citizen, no content, no reference."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from citizen_portal.access.models import Hold, HoldDecision, HoldState, Protects, Verdict
from citizen_portal.access.queries.holds import STANDING
from citizen_portal.bodies.models import Organisation


@dataclass(frozen=True, slots=True)
class Count:
    """How many holds of one body, under one law, for one aim, stand in one state."""

    body: str
    basis: str
    protects: Protects
    state: HoldState
    holds: int
    overdue: int
    """Of these the ones whose last day is over though they are still withheld."""
    moved: int
    """How often the last day of one of them was moved."""


def counts(session: Session, *, today: date) -> list[Count]:
    late = case((Hold.state.in_(STANDING) & (Hold.until < today), 1), else_=0)
    moves = (
        select(HoldDecision.hold_id, func.count().label("times"))
        .where(HoldDecision.verdict == Verdict.EXTEND, HoldDecision.agreed_at.is_not(None))
        .group_by(HoldDecision.hold_id)
        .subquery()
    )
    group = (Organisation.slug, Hold.basis, Hold.protects, Hold.state)
    rows = session.execute(
        select(*group, func.count(), func.sum(late), func.coalesce(func.sum(moves.c.times), 0))
        .join(Organisation, Organisation.id == Hold.organisation_id)
        .outerjoin(moves, moves.c.hold_id == Hold.id)
        .group_by(*group)
        .order_by(*group)
    )
    return [Count(*row[:4], *map(int, row[4:])) for row in rows]
