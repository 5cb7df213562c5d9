"""What was refused of the events that a body sent."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_portal.access.models import Refusal

PAGE = 1_000


@dataclass(frozen=True, slots=True)
class Refused:
    id: UUID
    batch: UUID
    row: int
    field: str
    reason: str
    at: datetime


def refusals(
    session: Session,
    organisation_id: UUID,
    *,
    batch: UUID | None = None,
    after: UUID | None = None,
    size: int = PAGE,
) -> tuple[list[Refused], bool]:
    """One page of what was refused of a body's rows, the oldest first; and whether more follow."""
    wanted = (
        select(
            Refusal.id,
            Refusal.batch,
            Refusal.number,
            Refusal.field,
            Refusal.reason,
            Refusal.at,
        )
        .where(Refusal.organisation_id == organisation_id)
        .order_by(Refusal.id)
        .limit(size + 1)
    )
    if batch is not None:
        wanted = wanted.where(Refusal.batch == batch)
    if after is not None:
        wanted = wanted.where(Refusal.id > after)
    found = [Refused(*row) for row in session.execute(wanted)]
    return found[:size], len(found) > size
