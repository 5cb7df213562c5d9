"""A portable copy of a citizen's data: what was asked for, how far it is, what became of it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from citizen_portal import clock
from citizen_portal.db import OwnedByCitizen, Row
from citizen_portal.errors import WrongState


class State(StrEnum):
    ASKED = "asked"
    """In its waiting time, in which it can be stopped from any session."""
    WAITING = "waiting"
    """For a worker to take it up."""
    BUILDING = "building"
    READY = "ready"
    FETCHED = "fetched"
    """Downloaded once at least; it can be for an hour more."""
    FAILED = "failed"
    CANCELLED = "cancelled"
    """Stopped before it was ready, or wiped after."""
    EXPIRED = "expired"


MOVES: dict[State, frozenset[State]] = {
    State.ASKED: frozenset({State.WAITING, State.CANCELLED}),
    State.WAITING: frozenset({State.BUILDING, State.FAILED, State.CANCELLED}),
    State.BUILDING: frozenset({State.BUILDING, State.READY, State.FAILED, State.CANCELLED}),
    State.READY: frozenset({State.FETCHED, State.EXPIRED, State.CANCELLED}),
    State.FETCHED: frozenset({State.EXPIRED, State.CANCELLED}),
    State.FAILED: frozenset(),
    State.CANCELLED: frozenset(),
    State.EXPIRED: frozenset(),
}
UNDER_WAY = frozenset({State.ASKED, State.WAITING, State.BUILDING})
THERE = frozenset({State.READY, State.FETCHED})
ENDED = frozenset({State.FAILED, State.CANCELLED, State.EXPIRED})
_UNDER_WAY = text("state IN ('asked', 'waiting', 'building')")


class Part(StrEnum):
    """What a copy may hold."""

    RECORDS = "records"
    ACCESSES = "accesses"
    AGREEMENTS = "agreements"
    CHOICES = "choices"
    QUESTIONS = "questions"
    LINKS = "links"


class Why(StrEnum):
    """Why no copy was made."""

    LOST = "lost"
    """Each worker that took it up ended on the way."""
    TOO_LARGE = "too_large"
    FAULT = "fault"


class Export(OwnedByCitizen, Row, kw_only=True):
    """One copy. Of one citizen at most one is under way."""

    __tablename__ = "export"
    __table_args__ = (
        Index(
            "ux_export_under_way",
            "citizen_id",
            unique=True,
            sqlite_where=_UNDER_WAY,
            postgresql_where=_UNDER_WAY,
        ),
        Index(None, "state", "release_at"),
        Index(None, "state", "expires_at"),
    )

    state: Mapped[State] = mapped_column(default=State.ASKED)
    language: Mapped[str]
    parts: Mapped[list[str]]
    bodies: Mapped[list[str]]
    """Ids of organisations, as 32 hexadecimal characters."""
    since: Mapped[date | None] = mapped_column(default=None)
    """The first day of the accesses in it; none: as far back as there are any."""
    asked_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    release_at: Mapped[datetime]
    """When its waiting time is over."""
    job_id: Mapped[UUID | None] = mapped_column(default=None)
    attempts: Mapped[int] = mapped_column(default=0)
    stored_as: Mapped[str | None] = mapped_column(default=None)
    """The name in the store that the newest attempt writes to; whole once it is ready."""
    progress: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    """By the body's id ``{"state", "rows"}``, while it is made and after."""
    missing: Mapped[list[dict[str, object]]] = mapped_column(default_factory=list)
    """Each ``{"body", "what", "why", "note", "day", "sets"}``: ids, words of fixed lists, a day,
    and how many sets of records it holds for."""
    held: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    """How many rows each kind of table has in it."""
    size: Mapped[int | None] = mapped_column(BigInteger, default=None)
    fingerprint: Mapped[str | None] = mapped_column(default=None)
    """SHA-256 of the plain file."""
    ready_at: Mapped[datetime | None] = mapped_column(default=None)
    fetched_at: Mapped[datetime | None] = mapped_column(default=None)
    expires_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    fault: Mapped[Why | None] = mapped_column(default=None)

    def move(self, to: State) -> None:
        """Raises ``WrongState`` where no way leads there from here."""
        if to not in MOVES[self.state]:
            raise WrongState("This copy can no longer be changed.")
        self.state = to
        if to in ENDED:
            self.ended_at, self.stored_as = clock.now(), None
