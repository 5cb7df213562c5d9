"""What a citizen asked, where it stands, and what was written."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Date, bindparam, func, or_, select
from sqlalchemy.orm import Session

from citizen_portal import clock
from citizen_portal.db import ask
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
    late,
)
from citizen_portal.questions.models.counts import AnswerCount

MOST_MARKED = 500
"""Questions, the newest, of which the pages of things tell."""
NEWS_FOR = timedelta(days=14)
"""How long an answer stands among what needs attention."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question, as its citizen is shown."""

    id: UUID
    kind: Kind
    about: About
    reference: str
    organisation_id: UUID
    subject: str | None
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
    closed_at: datetime | None
    outcome: Outcome | None
    messages: int

    @property
    def open(self) -> bool:
        return self.state in OPEN

    def ran_out(self, today: date) -> bool:
        """Whether a last day is over: for the answer, or for saying that it arrived."""
        by, said = self.acknowledge_by, self.acknowledged_at
        silent = self.open and by is not None and said is None and today > by
        return silent or late(self, today)


@dataclass(frozen=True, slots=True)
class Written:
    number: int
    author: Author
    wrote: Wrote
    sealed: bytes | None
    day: date | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """A question, with the time within which half of its body's answers came in the newest
    quarter that was counted; none where that is too few to tell."""

    asked: Asked
    middle: int | None
    said_at: datetime | None
    """When its answer was written, or last corrected."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What the page of a thing says of the newest question about it."""

    id: UUID
    asked_at: datetime
    state: State
    outcome: Outcome | None
    due_on: date
    stopped_on: date | None


_ASKED = tuple(getattr(Question, field.name) for field in fields(Asked))
_WRITTEN = tuple(getattr(Message, field.name) for field in fields(Written))
_MARK = tuple(getattr(Question, field.name) for field in fields(Mark))


def one(session: Session, citizen_id: UUID, question_id: UUID) -> Asked:
    """Raises ``NotFound`` for one of somebody else as for none."""
    found = session.execute(
        select(*_ASKED).where(Question.citizen_id == citizen_id, Question.id == question_id)
    ).one_or_none()
    if found is None:
        raise NotFound("There is no such question.")
    return Asked(*found)


def count_of(session: Session, citizen_id: UUID) -> int:
    counted = select(func.count(Question.id)).where(Question.citizen_id == citizen_id)
    return session.scalar(counted) or 0


def asked_by(session: Session, citizen_id: UUID, rows: "slice[int, int, None]") -> list[Asked]:
    """What is open first, by its last day; then what is over, the newest first."""
    over = Question.closed_at.is_not(None)
    found = session.execute(
        select(*_ASKED)
        .where(Question.citizen_id == citizen_id)
        .order_by(over, Question.closed_at.desc(), Question.due_on, Question.id)
        .offset(rows.start)
        .limit(rows.stop - rows.start)
    )
    return [Asked(*row) for row in found]


def written(session: Session, citizen_id: UUID, question_id: UUID) -> list[Written]:
    """What was written about one question, in order."""
    found = session.execute(
        select(*_WRITTEN)
        .where(Message.citizen_id == citizen_id, Message.question_id == question_id)
        .order_by(Message.number)
    )
    return [Written(*row) for row in found]


def written_each(session: Session, citizen_id: UUID) -> Mapping[UUID, list[Written]]:
    """The same of whatever the citizen asked, by question: one statement."""
    rows = session.execute(
        select(Message.question_id, *_WRITTEN)
        .where(Message.citizen_id == citizen_id)
        .order_by(Message.question_id, Message.number)
    )
    found: dict[UUID, list[Written]] = defaultdict(list)
    for question_id, *row in rows:
        found[question_id].append(Written(*row))
    return found


def marks(session: Session, citizen_id: UUID, *blinds: str) -> Mapping[str, Mark]:
    """The newest question about each of these things, or about whatever was asked about."""
    asked = select(Question.blind, *_MARK).where(Question.citizen_id == citizen_id)
    if blinds:
        asked = asked.where(Question.blind.in_(blinds))
    newest = session.execute(asked.order_by(Question.asked_at.desc()).limit(MOST_MARKED))
    found: dict[str, Mark] = {}
    for blind, *rest in newest:
        found.setdefault(blind, Mark(*rest))
    return found


def about(session: Session, citizen_id: UUID, blind: str) -> list[Told]:
    """What was asked about one thing, the newest first."""
    middle = (
        select(AnswerCount.median_days)
        .where(AnswerCount.organisation_id == Question.organisation_id)
        .order_by(AnswerCount.quarter.desc())
        .limit(1)
        .scalar_subquery()
    )
    said_at = (
        select(func.max(Message.at))
        .where(
            Message.citizen_id == Question.citizen_id,
            Message.question_id == Question.id,
            Message.wrote.in_((Wrote.ANSWER, Wrote.AMENDMENT)),
        )
        .scalar_subquery()
    )
    found = session.execute(
        select(middle, said_at, *_ASKED)
        .where(Question.citizen_id == citizen_id, Question.blind == blind)
        .order_by(Question.asked_at.desc(), Question.id.desc())
        .limit(MOST_MARKED)
    )
    return [Told(Asked(*row), middle, said_at) for middle, said_at, *row in found]


_CALLING = (
    select(*_MARK)
    .where(
        Question.citizen_id == bindparam("citizen"),
        or_(
            Question.state == State.WAITING,
            Question.answered_at > bindparam("since"),
            are_late(bindparam("today", type_=Date())),
        ),
    )
    .order_by(Question.id)
    .limit(MOST_MARKED)
)


def calling(session: Session, citizen_id: UUID, today: date) -> list[Mark]:
    """What needs the citizen's attention: what a body asked back, what was answered lately, and
    what is late."""
    since = clock.now() - NEWS_FOR
    found = ask(session, _CALLING, citizen=citizen_id, since=since, today=today)
    return [Mark(*row) for row in found]
