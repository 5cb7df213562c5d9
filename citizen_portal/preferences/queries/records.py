"""What a body was last told of each person and each agreement: one record for the two.

It stays the same record while the choice changes. Where nobody said anything there is none.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session, aliased

from citizen_portal.identity.models import LinkState, SubjectLink
from citizen_portal.preferences.models import Effect


@dataclass(frozen=True, slots=True)
class Record:
    """A record as it stood after one choice."""

    effect_id: UUID
    subject: str
    agreement: str
    may_use: bool
    made_at: datetime
    current: bool


def records(session: Session, organisation_id: UUID, *, offset: int, most: int) -> list[Record]:
    """As they stand now, for everybody whom the body knows; the latest change comes last."""
    asked = _records(organisation_id).where(Effect.current).order_by(Effect.id)
    return [Record(*row) for row in session.execute(asked.offset(offset).limit(most))]


def records_of(
    session: Session, organisation_id: UUID, citizen_id: UUID, *, offset: int, most: int
) -> list[Record]:
    """As they stand now, for one person; by agreement."""
    asked = _records(organisation_id).where(Effect.citizen_id == citizen_id, Effect.current)
    asked = asked.order_by(Effect.agreement).offset(offset).limit(most)
    return [Record(*row) for row in session.execute(asked)]


def record_over_time(
    session: Session,
    organisation_id: UUID,
    citizen_id: UUID,
    reference: str,
    *,
    until: UUID | None = None,
    offset: int = 0,
    most: int,
) -> list[Record]:
    """One record as it stands now and as it stood before, the newest first.

    ``until`` is the effect to begin with, in place of the newest.
    """
    asked = _records(organisation_id).where(
        Effect.citizen_id == citizen_id, Effect.agreement == reference
    )
    if until is not None:
        last = aliased(Effect)
        version = select(last.version).where(last.citizen_id == citizen_id, last.id == until)
        asked = asked.where(Effect.version <= version.scalar_subquery())
    asked = asked.order_by(Effect.version.desc()).offset(offset).limit(most)
    return [Record(*row) for row in session.execute(asked)]


def _records(organisation_id: UUID) -> Select[*tuple[Any, ...]]:
    """Of people to whom the body is linked: of others it is told nothing any more."""
    known = and_(
        SubjectLink.citizen_id == Effect.citizen_id,
        SubjectLink.organisation_id == Effect.organisation_id,
        SubjectLink.pairwise == Effect.subject,
        SubjectLink.state == LinkState.LINKED,
    )
    return (
        select(
            Effect.id,
            Effect.subject,
            Effect.agreement,
            Effect.may_use,
            Effect.made_at,
            Effect.current,
        )
        .join(SubjectLink, known)
        .where(Effect.organisation_id == organisation_id)
    )
