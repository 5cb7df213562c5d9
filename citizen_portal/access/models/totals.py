"""How often a body says that it makes one kind of access, in numbers that it publishes."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from citizen_portal import clock
from citizen_portal.db import Row, Words


class ActivityTotal(Row, kw_only=True):
    """Accesses of one kind through one source, in one or several whole months."""

    __tablename__ = "activity_total"
    __table_args__ = (
        UniqueConstraint(
            "source_id",
            "agreement",
            "receiver_code",
            "first_month",
            "system",
            "action",
            name="uq_activity_total_kind",
        ),
        Index("ix_activity_total_of_body", "organisation_id", "first_month"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    source_id: Mapped[UUID] = mapped_column(ForeignKey("source.id"))
    agreement: Mapped[str]
    """Its reference, of either kind (sharing or own use)."""
    receiver_code: Mapped[str]
    first_month: Mapped[date]
    """The first day of the first month."""
    last_month: Mapped[date]
    """The first day of the last one."""
    system: Mapped[str] = mapped_column(default="")
    """Empty where the numbers are of whatever system."""
    action: Mapped[str] = mapped_column(default="")
    """Empty where they are of whatever action."""
    accesses: Mapped[int | None] = mapped_column(BigInteger)
    """From 10 up, rounded to 5; none: fewer. What was sent is kept nowhere."""
    people: Mapped[int | None] = mapped_column(BigInteger)
    """Of how many people; as ``accesses``."""
    triggered_by: Mapped[Words | None] = mapped_column(default=None)
    """What usually sets such an access off."""
    figures_from: Mapped[Words]
    """How the body counted."""
    told_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
