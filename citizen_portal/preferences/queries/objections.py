"""Objections to be weighed by one body: for its officers, who see neither name nor account."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session

from citizen_portal.counts import of_people
from citizen_portal.errors import NotFound
from citizen_portal.preferences.models import Choice, Effect, Reply, Status, deadline, status
from citizen_portal.preferences.models.effects import DEADLINE, OPEN


@dataclass(frozen=True, slots=True)
class Objection:
    """One objection as the body sees it."""

    id: UUID
    choice_id: UUID | None
    subject: str
    """The id by which the body knows the person."""
    agreement: str
    version: int
    made_at: datetime
    due_on: date
    extended_to: date
    told_at: datetime | None
    undelivered: bool
    reply: Reply
    replied_at: datetime | None
    applied_from: date | None
    not_until: date | None
    sealed_answer: bytes | None
    sealed_reason: bytes | None
    """Why the person objects, if they said so."""

    @property
    def open(self) -> bool:
        return self.reply in OPEN

    @property
    def deadline(self) -> date:
        return deadline(self)

    @property
    def may_refuse(self) -> bool:
        return True

    def status(self, today: date) -> Status:
        return status(self, today)


def mark(one: Objection | Effect) -> str:
    """Another one after each answer: tells whether somebody looked at what is there now."""
    return f"{one.version}:{one.replied_at.isoformat() if one.replied_at else ''}"


_NAMED_OTHERWISE = {
    "sealed_answer": Effect.sealed_reason,
    "sealed_reason": Choice.sealed_reason,
}
_COLUMNS = tuple(
    _NAMED_OTHERWISE[field.name] if field.name in _NAMED_OTHERWISE else getattr(Effect, field.name)
    for field in fields(Objection)
)


def count_of(session: Session, organisation_id: UUID, *, answered: bool) -> int:
    wanted = select(func.count()).select_from(Effect)
    return session.scalar(wanted.where(_of(organisation_id, answered))) or 0


def objections_of(
    session: Session, organisation_id: UUID, rows: "slice[int, int, None]", *, answered: bool
) -> Sequence[Objection]:
    """Those to be answered, the next due first; or those answered, the latest first."""
    latest = (Effect.replied_at.desc(), Effect.id.desc())
    order = latest if answered else (DEADLINE, Effect.id)
    found = session.execute(
        _objections()
        .where(_of(organisation_id, answered))
        .order_by(*order)
        .offset(rows.start)
        .limit(rows.stop - rows.start)
    )
    return [Objection(*row) for row in found]


def objection_of(session: Session, organisation_id: UUID, effect_id: UUID) -> Objection:
    """One of this body's, as long as it is the last word; raises ``NotFound``."""
    row = session.execute(
        _objections().where(
            Effect.organisation_id == organisation_id,
            Effect.id == effect_id,
            Effect.objection,
            Effect.current,
        )
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such objection, or the person has taken it back.")
    return Objection(*row)


def weighed(
    session: Session, organisation_id: UUID, since: datetime, until: datetime
) -> dict[Reply, int]:
    """How many objections the body granted and refused in a time, as ``counts.of_people`` says."""
    found = session.execute(
        select(Effect.reply, func.count(), func.count(Effect.citizen_id.distinct()))
        .where(
            Effect.organisation_id == organisation_id,
            Effect.objection,
            ~Effect.may_use,
            Effect.reply.not_in(OPEN),
            Effect.replied_at >= since,
            Effect.replied_at < until,
        )
        .group_by(Effect.reply)
    )
    return {Reply(reply): of_people(count, people) for reply, count, people in found}


def _objections() -> Select[*tuple[Any, ...]]:
    of_choice = and_(Choice.citizen_id == Effect.citizen_id, Choice.id == Effect.choice_id)
    return select(*_COLUMNS).outerjoin(Choice, of_choice)


def _of(organisation_id: UUID, answered: bool) -> ColumnElement[bool]:
    state = Effect.reply.not_in(OPEN) if answered else Effect.reply.in_(OPEN)
    return and_(Effect.organisation_id == organisation_id, Effect.objection, Effect.current, state)
