"""The incidents that a citizen is told of, those that stand in public, and a body's own."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, func, or_, select
from sqlalchemy.orm import Session

from citizen_portal import clock
from citizen_portal.db import Words, ask
from citizen_portal.errors import NotFound
from citizen_portal.identity.models import PairwiseIndex
from citizen_portal.incidents.models import Incident, IncidentBatch, IncidentLine

LIFTED_FOR = timedelta(days=30)
"""So long an incident that is closed stands out, from its last change on."""


@dataclass(frozen=True, slots=True)
class Told:
    """One incident as it is told."""

    id: UUID
    organisation_id: UUID
    reference: str
    what: Words
    likely: Words
    done: Words
    advice: Words
    contact: Words
    categories: Sequence[str]
    happened_from: date
    happened_to: date | None
    found_on: date
    affected: int | None
    updates: Sequence[dict[str, Any]]
    closed_on: date | None
    reported_at: datetime
    changed_at: datetime

    @property
    def open(self) -> bool:
        return self.closed_on is None


_COLUMNS = tuple(getattr(Incident, field.name) for field in fields(Told))


def count_of(session: Session, citizen_id: UUID) -> int:
    mine = IncidentLine.citizen_id == citizen_id
    return session.scalar(select(func.count(IncidentLine.id)).where(mine)) or 0


def incidents_of(session: Session, citizen_id: UUID, rows: "slice[int, int, None]") -> list[Told]:
    """Those that a citizen is told of, the newest first."""
    found = _of_citizen(citizen_id).order_by(Incident.id.desc())
    page = found.offset(rows.start).limit(rows.stop - rows.start)
    return [Told(*row) for row in session.execute(page)]


def incident_of(session: Session, citizen_id: UUID, incident_id: UUID) -> Told:
    """One that a citizen is told of; raises ``NotFound``."""
    row = session.execute(_of_citizen(citizen_id).where(Incident.id == incident_id)).one_or_none()
    if row is None:
        raise NotFound("There is no such incident that we were told about you.")
    return Told(*row)


_STANDING_OUT = (
    select(func.count(Incident.id))
    .join(IncidentLine, IncidentLine.id == Incident.id)
    .where(
        IncidentLine.citizen_id == bindparam("citizen"),
        or_(Incident.closed_on.is_(None), Incident.changed_at > bindparam("since")),
    )
)


def standing_out(session: Session, citizen_id: UUID) -> int:
    """How many incidents about a citizen are open, or were changed of late."""
    since = clock.now() - LIFTED_FOR
    return ask(session, _STANDING_OUT, citizen=citizen_id, since=since).scalar() or 0


def incidents_at(session: Session, organisation_id: UUID, *, most: int) -> list[Told]:
    """A body's incidents, the open ones first, then the newest."""
    found = session.execute(
        select(*_COLUMNS)
        .where(Incident.organisation_id == organisation_id)
        .order_by(Incident.closed_on.is_not(None), Incident.id.desc())
        .limit(most)
    )
    return [Told(*row) for row in found]


def told_counts(session: Session, incidents: Sequence[UUID]) -> dict[UUID, int]:
    """How many citizens were told of each of these, where any was."""
    found = session.execute(
        select(IncidentLine.id, func.count(IncidentLine.citizen_id))
        .where(IncidentLine.id.in_(incidents))
        .group_by(IncidentLine.id)
    )
    return dict(found.all())


def under_reference(session: Session, organisation_id: UUID, reference: str) -> Incident | None:
    """A body's incident by the body's own name for it, held until this transaction is over."""
    return session.scalars(
        select(Incident)
        .where(Incident.organisation_id == organisation_id, Incident.reference == reference)
        .with_for_update()
    ).one_or_none()


def waiting(session: Session) -> list[UUID]:
    """Batches of people who are still to be told, the oldest first."""
    return list(session.scalars(select(IncidentBatch.id).order_by(IncidentBatch.id)))


def linked_to(
    session: Session, organisation_id: UUID, *, after: str, most: int
) -> list[tuple[str, UUID]]:
    """Citizens who are linked to a body, by pairwise id: some, from this id on."""
    found = session.execute(
        select(PairwiseIndex.pairwise, PairwiseIndex.citizen_id)
        .where(PairwiseIndex.organisation_id == organisation_id, PairwiseIndex.pairwise > after)
        .order_by(PairwiseIndex.pairwise)
        .limit(most)
    )
    return [(pairwise, citizen_id) for pairwise, citizen_id in found]


def told_of(session: Session, incident_id: UUID, *, after: UUID | None, most: int) -> list[UUID]:
    """Citizens who were told of an incident: some, from this one on."""
    wanted = select(IncidentLine.citizen_id).where(IncidentLine.id == incident_id)
    if after is not None:
        wanted = wanted.where(IncidentLine.citizen_id > after)
    return list(session.scalars(wanted.order_by(IncidentLine.citizen_id).limit(most)))


def _of_citizen(citizen_id: UUID) -> Select[*tuple[Any, ...]]:
    found = select(*_COLUMNS).join(IncidentLine, IncidentLine.id == Incident.id)
    return found.where(IncidentLine.citizen_id == citizen_id)
