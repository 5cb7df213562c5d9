"""Accesses that bodies send us: what was received from whom, and what is kept for whom."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from citizen_portal import clock
from citizen_portal.access.models.kinds import Actor, Result, Role, Trigger
from citizen_portal.db import Base, OwnedByCitizen, Row


class Received(Base, kw_only=True):
    """That an event was received, and its content as a salted hash. Names nobody.

    The identity of an event is (source, source_ref): the same content again changes nothing, other
    content is refused. ``leaf`` is what enters the day's digest.
    """

    __tablename__ = "received"
    __table_args__ = (
        Index(None, "accepted_on"),
        Index(None, "source_id", "occurred_on"),
        {"sqlite_with_rowid": False},
    )

    source_id: Mapped[UUID] = mapped_column(ForeignKey("source.id"), primary_key=True)
    source_ref: Mapped[str] = mapped_column(primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    leaf: Mapped[bytes] = mapped_column(LargeBinary)
    """SHA-256 over a zero byte, the salt and the canonical event."""
    kept: Mapped[bool]
    """Whether it is kept for somebody. One that named nobody linked may be sent again."""
    occurred_on: Mapped[date]
    accepted_on: Mapped[date]


class PushedEvent(OwnedByCitizen, Row, kw_only=True):
    """One access to a citizen's data that a source sent us. Its id is made of its identity."""

    __tablename__ = "pushed_event"
    __table_args__ = (
        Index(None, "citizen_id", "occurred_at", "id"),
        Index(None, "source_id", "occurred_at"),
        Index(
            "ix_pushed_event_lifted",
            "citizen_id",
            "occurred_at",
            "id",
            sqlite_where=text("lifted > 0"),
            postgresql_where=text("lifted > 0"),
        ),
        Index(
            "ix_pushed_event_unreviewed",
            "citizen_id",
            sqlite_where=text("lifted IS NULL"),
            postgresql_where=text("lifted IS NULL"),
        ),
    )

    source_id: Mapped[UUID] = mapped_column(ForeignKey("source.id"))
    source_ref: Mapped[str]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime | None] = mapped_column(default=None)
    """When the body wrote it down, if it says so."""
    accepted_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    shown_from: Mapped[datetime | None] = mapped_column(default=None)
    """From when it is shown after a lawful delay; none for what was never withheld."""
    role: Mapped[Role] = mapped_column(default=Role.SELF)
    actor: Mapped[Actor] = mapped_column(default=Actor.NOT_STATED)
    actor_handle: Mapped[str | None] = mapped_column(default=None)
    """Stands for one person or system at the body, always the same; says nothing of them."""
    trigger: Mapped[Trigger] = mapped_column(default=Trigger.NOT_STATED)
    result: Mapped[Result] = mapped_column(default=Result.NOT_STATED)
    emergency: Mapped[bool] = mapped_column(default=False)
    action: Mapped[str]
    receiver_code: Mapped[str]
    receiver_name: Mapped[str | None] = mapped_column(default=None)
    system: Mapped[str]
    agreement: Mapped[str | None] = mapped_column(default=None)
    legal_power: Mapped[str | None] = mapped_column(default=None)
    processor: Mapped[str | None] = mapped_column(default=None)
    categories: Mapped[list[str]] = mapped_column(default_factory=list)
    trace_id: Mapped[str | None] = mapped_column(default=None)
    lifted: Mapped[int | None] = mapped_column(default=None)
    """Why it needs attention, as bits of ``queries/attention.py``; none until it was reviewed."""


class Tally(OwnedByCitizen, Row, kw_only=True):
    """How often one kind of access happened on one day: what pages count by, made by a job."""

    __tablename__ = "access_tally"
    __table_args__ = (
        Index("ix_access_tally_counted", "citizen_id", "source_id", "day", "times", "lifted"),
        Index(None, "source_id", "actor", "day"),
    )

    day: Mapped[date]
    """By the calendar of the region."""
    source_id: Mapped[UUID] = mapped_column(ForeignKey("source.id"))
    receiver_code: Mapped[str]
    receiver_name: Mapped[str | None]
    reference: Mapped[str]
    """Of the agreement that explained it; empty where none did."""
    actor: Mapped[Actor]
    categories: Mapped[list[str]]
    times: Mapped[int]
    lifted: Mapped[int]
    """How many of them need attention."""


class Refusal(Row, kw_only=True):
    """Why one row of a batch was not taken, kept for its sender to read. Holds no value of it."""

    __tablename__ = "access_refusal"
    __table_args__ = (
        Index(None, "organisation_id", "id"),
        Index(None, "batch", "id"),
        Index(None, "at"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    client_id: Mapped[str]
    batch: Mapped[UUID]
    number: Mapped[int]
    """Which row of the batch, counted from 1."""
    field: Mapped[str]
    reason: Mapped[str]
    at: Mapped[datetime] = mapped_column(default_factory=clock.now)
