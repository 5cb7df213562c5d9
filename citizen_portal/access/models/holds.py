"""Accesses that a law lets a body withhold for a time, and who decided what about them.

Content and person stand sealed in ``HeldEvent``; only the worker has the key. A ``Hold`` names
neither.
"""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from citizen_portal import clock
from citizen_portal.db import Base, Row
from citizen_portal.errors import NotPermitted, WrongState


class Protects(StrEnum):
    """Whom or what it protects that an access is not shown yet."""

    INQUIRY = "inquiry"
    PERSON = "person"


class HoldState(StrEnum):
    HELD = "held"
    OVERSIGHT = "oversight"
    """Its end has come and nobody decided: it protects a person, so no clock releases it."""
    RELEASED = "released"
    CLOSED = "closed"
    """Not to be shown; the exemption is named."""


class Verdict(StrEnum):
    RELEASE = "release"
    EXTEND = "extend"
    CLOSE = "close"


class Hold(Row, kw_only=True):
    """That a body withholds one event: by which law, until when, approved by whom."""

    __tablename__ = "hold"
    __table_args__ = (
        UniqueConstraint("source_id", "source_ref"),
        Index(None, "organisation_id", "state", "until"),
        Index(None, "state", "until"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    source_id: Mapped[UUID] = mapped_column(ForeignKey("source.id"))
    source_ref: Mapped[str]
    """By which the body finds the access in its own records."""
    basis: Mapped[str]
    """Code of the law, from the regional profile."""
    protects: Mapped[Protects]
    until: Mapped[date]
    """The last day on which it is withheld, unless two approvers decide otherwise."""
    approvers: Mapped[list[str]]
    """Ids of the two officers who approved it."""
    state: Mapped[HoldState] = mapped_column(default=HoldState.HELD)
    exemption: Mapped[str | None] = mapped_column(default=None)
    """Why a closed one is never shown: code from the regional profile."""
    since: Mapped[datetime] = mapped_column(default_factory=clock.now)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)

    @property
    def standing(self) -> bool:
        """Whether it has not ended."""
        return self.state in (HoldState.HELD, HoldState.OVERSIGHT)

    def allows(self, verdict: Verdict, *, today: date) -> bool:
        """Whether this can still be decided.

        After its last day its end cannot be moved any more, and what protects an inquiry is shown.
        """
        if not self.standing:
            return False
        if self.until >= today:
            return True
        return verdict is not Verdict.EXTEND and self.protects is Protects.PERSON

    def end(self, state: HoldState, *, exemption: str | None = None) -> None:
        self.state, self.exemption, self.ended_at = state, exemption, clock.now()


class HeldEvent(Base, kw_only=True):
    """The withheld event itself, sealed for the worker. Gone once it is released.

    That of a closed hold stays until the source's retention ends, so that it can be looked into.
    """

    __tablename__ = "held_event"

    hold_id: Mapped[UUID] = mapped_column(
        ForeignKey("hold.id", ondelete="CASCADE"), primary_key=True
    )
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class HoldDecision(Row, kw_only=True):
    """What one approver proposed about a hold, and which other approver agreed."""

    __tablename__ = "hold_decision"
    __table_args__ = (Index(None, "hold_id", "proposed_at"),)

    hold_id: Mapped[UUID] = mapped_column(ForeignKey("hold.id", ondelete="CASCADE"))
    verdict: Mapped[Verdict]
    reason: Mapped[str]
    until: Mapped[date | None] = mapped_column(default=None)
    exemption: Mapped[str | None] = mapped_column(default=None)
    proposed_by_id: Mapped[UUID] = mapped_column(ForeignKey("officer.id"))
    proposed_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    agreed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("officer.id"), default=None)
    agreed_at: Mapped[datetime | None] = mapped_column(default=None)
    dropped_at: Mapped[datetime | None] = mapped_column(default=None)

    @property
    def open(self) -> bool:
        """Whether it waits for a second approver."""
        return self.agreed_at is None and self.dropped_at is None

    @property
    def releases(self) -> bool:
        """Whether two approvers decided to release it."""
        return self.verdict is Verdict.RELEASE and self.agreed_at is not None

    def agree(self, by: UUID) -> None:
        if not self.open:
            raise WrongState("This proposal was decided meanwhile.")
        if by == self.proposed_by_id:
            raise NotPermitted("Somebody else must agree to what you have proposed.")
        self.agreed_by_id, self.agreed_at = by, clock.now()

    def drop(self) -> None:
        if not self.open:
            raise WrongState("This proposal was decided meanwhile.")
        self.dropped_at = clock.now()
