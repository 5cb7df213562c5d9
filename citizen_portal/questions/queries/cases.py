"""Questions to one body: for its officers and its systems, who see neither name nor account."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from citizen_portal.errors import NotFound
from citizen_portal.questions.models import (
    OPEN,
    About,
    Author,
    Kind,
    Message,
    Outcome,
    Question,
    State,
    Wrote,
    are_late,
)


class Which(StrEnum):
    """Which part of a body's questions is listed."""

    OPEN = "open"
    MINE = "mine"
    UNASSIGNED = "unassigned"
    ANSWERED = "answered"
    """Or withdrawn."""


@dataclass(frozen=True, slots=True)
class Case:
    """One question as its body sees it. Whose it is serves to open what is sealed for them, and is
    shown to no officer."""

    id: UUID
    citizen_id: UUID
    reference: str
    kind: Kind
    about: About
    subject: str | None
    """The id by which the body knows the person."""
    agreement: str | None
    sealed_facts: bytes
    asked_at: datetime
    state: State
    acknowledge_by: date | None
    due_on: date
    extended_to: date | None
    progress_on: date | None
    stopped_on: date | None
    stopped_days: int
    acknowledged_at: datetime | None
    answered_at: datetime | None
    outcome: Outcome | None
    version: int
    assigned_to: UUID | None
    number: int | None

    @property
    def open(self) -> bool:
        return self.state in OPEN

    @property
    def facts_context(self) -> str:
        return Question.facts_context(self.citizen_id, self.id)


@dataclass(frozen=True, slots=True)
class Said:
    """One message of either side."""

    id: UUID
    question_id: UUID
    number: int
    author: Author
    wrote: Wrote
    sealed: bytes | None
    day: date | None
    at: datetime

    @property
    def context(self) -> str:
        return Message.context(self.question_id, self.number)


CASE = [getattr(Question, field.name) for field in fields(Case)]
_SAID = [getattr(Message, field.name) for field in fields(Said)]


def count_of(session: Session, organisation_id: UUID, which: Which, *, officer: UUID) -> int:
    asked = select(func.count()).where(_of(organisation_id, which, officer))
    return session.scalar(asked) or 0


def waiting(session: Session, organisation_id: UUID, today: date) -> tuple[int, int]:
    """How many wait for the body's answer, and how many of them are late."""
    counted = select(func.count(), func.count().filter(are_late(today))).where(
        Question.organisation_id == organisation_id,
        Question.closed_at.is_(None),
        Question.stopped_on.is_(None),
    )
    open_, overdue = session.execute(counted).one()
    return open_, overdue


def cases_of(
    session: Session, organisation_id: UUID, which: Which, rows: slice, *, officer: UUID
) -> list[Case]:
    """Those to be answered soonest first, with those that wait for the person last; of those that
    are over the newest first."""
    order = (
        (Question.id.desc(),)
        if which is Which.ANSWERED
        else (Question.stopped_on.is_not(None), Question.due_on, Question.id)
    )
    found = session.execute(
        select(*CASE)
        .where(_of(organisation_id, which, officer))
        .order_by(*order)
        .offset(rows.start)
        .limit(rows.stop - rows.start)
    )
    return [Case(*row) for row in found]


def case_of(session: Session, organisation_id: UUID, question_id: UUID) -> Case:
    """One to this body; raises ``NotFound``."""
    row = session.execute(
        select(*CASE).where(Question.organisation_id == organisation_id, Question.id == question_id)
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such question.")
    return Case(*row)


def case_called(session: Session, organisation_id: UUID, reference: str) -> Case | None:
    """The one to this body that is called so aloud."""
    row = session.execute(
        select(*CASE).where(
            Question.organisation_id == organisation_id, Question.reference == reference
        )
    ).one_or_none()
    return Case(*row) if row else None


def messages_of(session: Session, cases: Sequence[Case]) -> dict[UUID, list[Said]]:
    """What both sides wrote, by question, in order."""
    found: dict[UUID, list[Said]] = {case.id: [] for case in cases}
    rows = session.execute(
        select(*_SAID)
        .where(
            Message.citizen_id.in_({case.citizen_id for case in cases}),
            Message.question_id.in_(found),
        )
        .order_by(Message.question_id, Message.number)
    )
    for row in rows:
        said = Said(*row)
        found[said.question_id].append(said)
    return found


def message_of(session: Session, case: Case, message_id: UUID) -> Said | None:
    """The message of this id, if there is one under this question."""
    row = session.execute(
        select(*_SAID).where(
            Message.citizen_id == case.citizen_id,
            Message.question_id == case.id,
            Message.id == message_id,
        )
    ).one_or_none()
    return Said(*row) if row else None


def _of(organisation_id: UUID, which: Which, officer: UUID) -> ColumnElement[bool]:
    own, unanswered = Question.organisation_id == organisation_id, Question.closed_at.is_(None)
    if which is Which.ANSWERED:
        return own & Question.closed_at.is_not(None)
    mine = {
        Which.OPEN: true(),
        Which.MINE: Question.assigned_to == officer,
        Which.UNASSIGNED: Question.assigned_to.is_(None),
    }[which]
    return own & unanswered & mine


def overdue(session: Session, today: date) -> int:
    """How many questions, to whichever body, have run out without an answer."""
    return session.scalars(select(func.count()).select_from(Question).where(are_late(today))).one()
