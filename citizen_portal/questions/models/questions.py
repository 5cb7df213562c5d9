"""One question of a citizen to the body that must answer it."""

from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    UniqueConstraint,
    and_,
    or_,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from citizen_portal import clock, codes
from citizen_portal.db import Base, OwnedByCitizen, Row
from citizen_portal.questions.models.kinds import RIGHTS, About, Kind, Outcome, State
from citizen_portal.questions.models.moves import OPEN, Move, Side, moved, run_out

REFERENCE = "Q-[2-9A-Z]{4}-[2-9A-Z]{4}"
"""How ``new_reference`` writes one, as a pattern."""
_CLOSED = text("closed_at IS NULL")
_NOT_NUMBERED = text("number IS NULL")


def new_reference() -> str:
    """Such as ``Q-7K3M-92XF``: by chance, so that it tells nothing of who asked, or how many."""
    drawn = codes.drawn()
    return f"Q-{drawn[:4]}-{drawn[4:]}"


class Question(OwnedByCitizen, Row, kw_only=True):
    """What one citizen asked one body about one thing."""

    __tablename__ = "question"
    __table_args__ = (
        UniqueConstraint("organisation_id", "reference"),
        UniqueConstraint("citizen_id", "token"),
        Index("ix_question_thing", "citizen_id", "blind"),
        Index("ix_question_of_body", "organisation_id", "id"),
        Index("ix_question_read", "organisation_id", "number"),
        Index(
            "ix_question_open",
            "organisation_id",
            "due_on",
            "id",
            sqlite_where=_CLOSED,
            postgresql_where=_CLOSED,
        ),
        Index("ix_question_due", "due_on", sqlite_where=_CLOSED, postgresql_where=_CLOSED),
        Index("ix_question_new", "id", sqlite_where=_NOT_NUMBERED, postgresql_where=_NOT_NUMBERED),
    )

    token: Mapped[str]
    """Of the page it was asked on: sent twice, it is asked once."""
    kind: Mapped[Kind]
    about: Mapped[About]
    reference: Mapped[str] = mapped_column(default_factory=new_reference)
    """By which both sides name it."""
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    """The controller that must answer; never its processor."""
    subject: Mapped[str | None]
    """The id by which the body knows the person; none only about an agreement or a choice."""
    agreement: Mapped[str | None]
    """Reference of the agreement that it is about or under, if there is one."""
    blind: Mapped[str]
    """Keyed hash of the thing asked about, so that its page finds what was asked."""
    sealed_facts: Mapped[bytes] = mapped_column(LargeBinary)
    """The facts asked about, as the citizen was shown them: JSON, for ``facts_context``."""
    asked_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    state: Mapped[State] = mapped_column(default=State.ASKED)
    acknowledge_by: Mapped[date | None] = mapped_column(default=None)
    """The last day for saying that it arrived, where a law names one."""
    due_on: Mapped[date]
    """The last day for the answer, as extensions and stops have moved it."""
    extended_to: Mapped[date | None] = mapped_column(default=None)
    """To which last day the body moved it with reasons."""
    progress_on: Mapped[date | None] = mapped_column(default=None)
    """When the body said that it will next say how far it is."""
    stopped_on: Mapped[date | None] = mapped_column(default=None)
    """Since when the clock stands still, while it does."""
    stopped_days: Mapped[int] = mapped_column(default=0, server_default="0")
    """How long it stood still before."""
    acknowledged_at: Mapped[datetime | None] = mapped_column(default=None)
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    """When it was answered or withdrawn; while it is open, none."""
    outcome: Mapped[Outcome | None] = mapped_column(default=None)
    messages: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many there are: the number of the last one."""
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    """Grows with each change, so that two officers do not undo each other's work."""
    assigned_to: Mapped[UUID | None] = mapped_column(ForeignKey("officer.id"), default=None)
    number: Mapped[int | None] = mapped_column(BigInteger, default=None)
    """Its place in the list that the body's system reads; none until the worker has given it one,
    and again after the citizen did something."""
    late_told_at: Mapped[datetime | None] = mapped_column(default=None)
    """When the citizen was told that the last day passed without an answer."""

    @property
    def open(self) -> bool:
        return self.state in OPEN

    @property
    def by_right(self) -> bool:
        return self.kind in RIGHTS

    def move(self, side: Side, move: Move) -> None:
        """Go where the table leads; raises ``WrongState``."""
        self.state = moved(self.state, side, move)
        self.version += 1
        if self.state not in OPEN:
            self.closed_at = clock.now()
            self.stopped_on = None

    @staticmethod
    def facts_context(citizen_id: UUID, question_id: UUID) -> str:
        """What the facts are sealed for."""
        return f"question-facts:{citizen_id}:{question_id}"


class Running(Protocol):
    """As much of a question as tells whether its last day is over."""

    @property
    def state(self) -> State: ...
    @property
    def due_on(self) -> date: ...
    @property
    def stopped_on(self) -> date | None: ...


class Extendable(Protocol):
    """As much of one as tells whether it may be given longer."""

    @property
    def kind(self) -> Kind: ...
    @property
    def due_on(self) -> date: ...
    @property
    def extended_to(self) -> date | None: ...


def late(one: Running, today: date) -> bool:
    """Whether its last day is over without an answer."""
    return one.state in OPEN and run_out(one.due_on, one.stopped_on, today)


def are_late(today: date | BindParameter[date]) -> ColumnElement[bool]:
    """The same as a condition on the table."""
    stopped = Question.stopped_on
    return and_(
        Question.closed_at.is_(None),
        Question.due_on < today,
        or_(stopped.is_(None), Question.due_on < stopped),
    )


def may_extend(one: Extendable, today: date) -> bool:
    """Once, in time, and only a request by right (UK GDPR Article 12(3))."""
    return one.kind in RIGHTS and one.extended_to is None and today <= one.due_on


class QuestionFeed(Base, kw_only=True):
    """How long the list of questions is that one body's system reads."""

    __tablename__ = "question_feed"

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    last: Mapped[int] = mapped_column(BigInteger, default=0)
