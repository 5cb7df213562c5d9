"""What each body was last told of a citizen's choices, and what it made of it."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, select
from sqlalchemy.orm import Session

from citizen_portal.db import ask
from citizen_portal.preferences.models import Effect, Reply, Status, deadline, may_refuse, status

Key = tuple[UUID, str]
"""A body and the reference of an agreement."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a body was last told of one person and one agreement."""

    id: UUID
    may_use: bool
    version: int
    refused: bool
    """Whether it was an objection that the body weighed and refused."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """How it goes with one body and one agreement, as its citizen is shown."""

    id: UUID
    choice_id: UUID | None
    organisation_id: UUID
    agreement: str
    may_use: bool
    objection: bool
    version: int
    made_at: datetime
    due_on: date
    extended_to: date
    number: int | None
    told_at: datetime | None
    undelivered: bool
    reply: Reply
    replied_at: datetime | None
    applied_from: date | None
    not_until: date | None
    sealed_reason: bytes | None

    def status(self, today: date) -> Status:
        return status(self, today)

    @property
    def deadline(self) -> date:
        return deadline(self)

    @property
    def may_refuse(self) -> bool:
        return may_refuse(self)


COLUMNS = tuple(getattr(Effect, field.name) for field in fields(Feedback))
_FEEDBACK = (
    select(*COLUMNS)
    .where(Effect.citizen_id == bindparam("citizen"))
    .order_by(Effect.agreement, Effect.organisation_id)
)
_FEEDBACK_NOW = _FEEDBACK.where(Effect.current)
_FEEDBACK_ON = _FEEDBACK.where(Effect.choice_id == bindparam("choice"))
_TOLD = select(
    Effect.organisation_id,
    Effect.agreement,
    Effect.id,
    Effect.may_use,
    Effect.version,
    and_(Effect.objection, Effect.reply == Reply.REFUSED),
).where(Effect.current)
_TOLD_ONE = _TOLD.where(Effect.citizen_id == bindparam("citizen"))
_TOLD_EACH = _TOLD.add_columns(Effect.citizen_id).where(
    Effect.agreement == bindparam("agreement"),
    Effect.citizen_id.in_(bindparam("citizens", expanding=True)),
)


def told(session: Session, citizen_id: UUID) -> Mapping[Key, Told]:
    """What each body was last told of this citizen, by body and agreement."""
    rows = ask(session, _TOLD_ONE, citizen=citizen_id)
    return {(row[0], row[1]): Told(*row[2:]) for row in rows}


def told_each(
    session: Session, citizen_ids: Collection[UUID], agreement: str
) -> Mapping[UUID, Mapping[Key, Told]]:
    """The same of some citizens and one agreement, by citizen. For the worker alone."""
    found: dict[UUID, dict[Key, Told]] = defaultdict(dict)
    for *said, citizen_id in ask(session, _TOLD_EACH, citizens=citizen_ids, agreement=agreement):
        found[citizen_id][said[0], said[1]] = Told(*said[2:])
    return found


def unread(today: date) -> ColumnElement[bool]:
    """A no that its body neither took nor read yet, within the time that it has for it."""
    return and_(
        Effect.current, Effect.may_use.is_(False), Effect.told_at.is_(None), Effect.due_on >= today
    )


def effects_of(
    session: Session, citizen_id: UUID, *, choice_id: UUID | None = None
) -> list[Feedback]:
    """How it goes with each body now; with a choice, what came of that one alone."""
    if choice_id is None:
        rows = ask(session, _FEEDBACK_NOW, citizen=citizen_id)
    else:
        rows = ask(session, _FEEDBACK_ON, citizen=citizen_id, choice=choice_id)
    return [Feedback(*row) for row in rows]


def going_on(effects: Iterable[Feedback]) -> Mapping[str, int]:
    """By agreement, how many bodies refused to stop. ``effects`` are those that hold now."""
    refused = (each for each in effects if each.reply is Reply.REFUSED and not each.may_use)
    return Counter(each.agreement for each in refused)
