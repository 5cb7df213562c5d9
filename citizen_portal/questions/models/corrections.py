"""What a body says that it put right, and what became of it at each who got the data before."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from citizen_portal import clock
from citizen_portal.db import Base, OwnedByCitizen, Row

MOST_FIELDS, LONGEST_NAME, LONGEST_REASON = 50, 120, 4_000
OWN_REFERENCE = "[A-Za-z0-9][A-Za-z0-9._:-]{0,79}"
"""How an id may look that a body gives itself, as a pattern."""
_NOT_NUMBERED = text("number IS NULL AND subject IS NOT NULL")
_UNTOLD = text("number IS NOT NULL AND told_at IS NULL")


class Matter(StrEnum):
    """How far a body is with data that may be wrong."""

    DISPUTED = "disputed"
    CORRECTED = "corrected"
    ERASED = "erased"
    RESTRICTED = "restricted"
    NOT_CORRECTED = "not_corrected"


SPREADS = frozenset({Matter.CORRECTED, Matter.ERASED, Matter.RESTRICTED})
"""What each recipient has to be told (UK GDPR Article 19)."""
MOVES: Mapping[Matter, frozenset[Matter]] = {
    Matter.DISPUTED: SPREADS | {Matter.NOT_CORRECTED},
    Matter.NOT_CORRECTED: SPREADS | {Matter.DISPUTED},
    Matter.CORRECTED: frozenset(),
    Matter.ERASED: frozenset(),
    Matter.RESTRICTED: frozenset(),
}
"""What may follow under one reference. What recipients were told is not taken back: what comes
after it is a correction of its own."""


class Reply(StrEnum):
    """What a recipient said that it did."""

    NONE = "none"
    APPLIED = "applied"
    NOT_HELD = "not_held"
    NOT_APPLIED = "not_applied"


class Status(StrEnum):
    """Where it stands with one recipient, as the citizen is shown."""

    RECORDED = "recorded"
    SENT = "sent"
    UNDELIVERED = "undelivered"
    APPLIED = "applied"
    NOT_HELD = "not_held"
    NOT_APPLIED = "not_applied"
    TOLD_BY_BODY = "told_by_body"
    NOT_TOLD = "not_told"


class Correction(OwnedByCitizen, Row, kw_only=True):
    """What one body says of one set of records on one person: which part, never a value."""

    __tablename__ = "correction"
    __table_args__ = (
        UniqueConstraint(
            "citizen_id", "organisation_id", "reference", name="uq_correction_reference"
        ),
        Index("ix_correction_of_body", "organisation_id", "id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    subject: Mapped[str]
    """The id by which the body knows the person."""
    reference: Mapped[str]
    """The body's own: by it the same is known when it comes again."""
    record: Mapped[str]
    """The name of the set of records in the citizen's addresses."""
    categories: Mapped[list[str]]
    matter: Mapped[Matter]
    on: Mapped[date]
    """The day on which the body did it, or began to look at it."""
    since: Mapped[date | None] = mapped_column(default=None)
    """From which day on the data was wrong, where the body says so."""
    question: Mapped[str | None] = mapped_column(default=None)
    """The reference of the question that it came of."""
    sealed: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    """``Detail``: the names of the fields, the set's short name at the body, a reason."""
    made_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    changed_at: Mapped[datetime] = mapped_column(default_factory=clock.now)

    @property
    def spreads(self) -> bool:
        return self.matter in SPREADS


class Recipient(OwnedByCitizen, Base, kw_only=True):
    """One who got the data, or may have: told by us, or by the body that put it right.

    Its id is that of the message, and says nothing of the correction or of other recipients.
    """

    __tablename__ = "correction_recipient"
    __table_args__ = (
        ForeignKeyConstraint(
            ["citizen_id", "correction_id"],
            ["correction.citizen_id", "correction.id"],
            name="fk_correction_recipient_correction",
            ondelete="CASCADE",
        ),
        Index("ix_correction_recipient_of", "citizen_id", "correction_id"),
        Index("ix_correction_recipient_read", "organisation_id", "number"),
        Index("ix_correction_recipient_answered", "organisation_id", "id"),
        Index(
            "ix_correction_recipient_new",
            "id",
            sqlite_where=_NOT_NUMBERED,
            postgresql_where=_NOT_NUMBERED,
        ),
        Index(
            "ix_correction_recipient_untold",
            "id",
            sqlite_where=_UNTOLD,
            postgresql_where=_UNTOLD,
        ),
    )

    id: Mapped[UUID] = mapped_column(
        primary_key=True, init=False, default_factory=uuid4, insert_default=uuid4, sort_order=-1
    )
    """Random: ids that count the time would show which messages were made together."""
    correction_id: Mapped[UUID]
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    """None for one that is on no list of ours."""
    code: Mapped[str]
    """By which the body that passed the data on knows the recipient."""
    name: Mapped[str | None] = mapped_column(default=None)
    """Of one that is on no list of ours, as the body named it."""
    subject: Mapped[str | None] = mapped_column(default=None)
    """The id by which the recipient knows the person; none where it is for the body to tell it."""
    agreement: Mapped[str | None] = mapped_column(default=None)
    """The reference of one that lets the recipient get the data."""
    looked: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether a look that we know of shows that it got data."""
    number: Mapped[int | None] = mapped_column(BigInteger, default=None)
    """Its place in the list that the recipient reads; none until the worker has sent it off."""
    made_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    told_at: Mapped[datetime | None] = mapped_column(default=None)
    """When the recipient took the message, or read on past it in its list."""
    undelivered: Mapped[bool] = mapped_column(default=False, server_default=false())
    told_on: Mapped[date | None] = mapped_column(default=None)
    """The day on which the body says that it told the recipient itself."""
    reply: Mapped[Reply] = mapped_column(default=Reply.NONE)
    replied_at: Mapped[datetime | None] = mapped_column(default=None)
    applied_from: Mapped[date | None] = mapped_column(default=None)
    sealed_reason: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)

    def status(self) -> Status:
        return status(self)

    def answer(self, reply: Reply, *, applied_from: date | None, sealed: bytes | None) -> None:
        """Keep what the recipient said; what it said before is no longer so."""
        self.reply, self.replied_at = reply, clock.now()
        self.told_at, self.undelivered = self.told_at or self.replied_at, False
        self.applied_from, self.sealed_reason = applied_from, sealed


class Reached(Protocol):
    """As much of a recipient as tells where it stands."""

    @property
    def subject(self) -> str | None: ...
    @property
    def reply(self) -> Reply: ...
    @property
    def told_at(self) -> datetime | None: ...
    @property
    def told_on(self) -> date | None: ...
    @property
    def undelivered(self) -> bool: ...


def status(one: Reached) -> Status:
    """Never more than was said or seen: what was not answered does not count as done."""
    if one.reply is not Reply.NONE:
        return Status(one.reply.value)
    if one.told_on is not None:
        return Status.TOLD_BY_BODY
    if one.subject is None:
        return Status.NOT_TOLD
    if one.undelivered:
        return Status.UNDELIVERED
    return Status.RECORDED if one.told_at is None else Status.SENT


class CorrectionFeed(Base, kw_only=True):
    """The list that one recipient reads: its highest number, and how far it was read.

    Numbers go on from the milliseconds since 1970, so that none is given twice where old data was
    put back.
    """

    __tablename__ = "correction_feed"

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    last: Mapped[int] = mapped_column(BigInteger, default=0)
    read_to: Mapped[int] = mapped_column(BigInteger, default=0)
