"""What each body was told because of a choice, and what it answered."""

from datetime import date, datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    LargeBinary,
    and_,
    case,
    false,
    func,
    or_,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from citizen_portal import clock
from citizen_portal.db import Base, OwnedByCitizen, Row

_NOT_NUMBERED = text("number IS NULL")
_CURRENT = text("current")
_CURRENT_SQLITE = text("current = 1")
"""As conditions have it there: SQLite uses the index for no other wording."""
_UNTOLD = text("told_at IS NULL")
TOLD_NO = text("current AND NOT may_use")
"""As the index has it: SQLite uses it for no other wording."""


class Reply(StrEnum):
    """What a body said that it did."""

    NONE = "none"
    APPLIED = "applied"
    REFUSED = "refused"
    NOT_YET = "not_yet"


OPEN = (Reply.NONE, Reply.NOT_YET)
"""While it is one of these, the body is still to answer."""


class Status(StrEnum):
    """Where an effect stands, as its citizen is shown."""

    RECORDED = "recorded"
    SENT = "sent"
    UNDELIVERED = "undelivered"
    APPLIED = "applied"
    REFUSED = "refused"
    NOT_YET = "not_yet"
    OVERDUE = "overdue"


class Effect(OwnedByCitizen, Row, kw_only=True):
    """One body is told whether it may use the data of one person under one agreement.

    Its id is that of the message, at each attempt and in the list that bodies read.
    """

    __tablename__ = "choice_effect"
    __table_args__ = (
        Index("ix_choice_effect_current", "citizen_id", "current"),
        Index("ix_choice_effect_read", "organisation_id", "number"),
        Index("ix_choice_effect_answered", "organisation_id", "id"),
        Index(
            "ix_choice_effect_new",
            "id",
            sqlite_where=_NOT_NUMBERED,
            postgresql_where=_NOT_NUMBERED,
        ),
        Index(
            "ix_choice_effect_untold",
            "id",
            sqlite_where=_UNTOLD,
            postgresql_where=_UNTOLD,
        ),
        Index(
            "ix_choice_effect_agreement",
            "agreement",
            "citizen_id",
            sqlite_where=_CURRENT_SQLITE,
            postgresql_where=_CURRENT,
        ),
        Index(
            "ix_choice_effect_open",
            "organisation_id",
            "objection",
            "reply",
            sqlite_where=_CURRENT_SQLITE,
            postgresql_where=_CURRENT,
        ),
        Index(
            "ix_choice_effect_no",
            "organisation_id",
            "agreement",
            "subject",
            sqlite_where=TOLD_NO,
            postgresql_where=TOLD_NO,
        ),
    )

    choice_id: Mapped[UUID | None] = mapped_column(default=None)
    """What it came of: the choice just made, or the one that holds where the register or a link
    changed; none where no choice holds any more."""
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    subject: Mapped[str]
    """The id by which the body knows the person."""
    agreement: Mapped[str]
    """Its reference."""
    may_use: Mapped[bool]
    objection: Mapped[bool]
    """Whether the body must weigh it, and let the data be meanwhile (UK GDPR Articles 18, 21)."""
    version: Mapped[int] = mapped_column(BigInteger)
    """Of two effects for one person, body and agreement the one with the higher version holds."""
    due_on: Mapped[date]
    """The last day on which the body may answer."""
    extended_to: Mapped[date]
    """The last day to which it may move that by saying why; the same where it may not."""
    current: Mapped[bool] = mapped_column(default=True, server_default=true())
    """False once another one for the same body and agreement took its place."""
    made_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    number: Mapped[int | None] = mapped_column(BigInteger, default=None)
    """Its place in the list that the body reads; none until the worker has sent it off."""
    statement: Mapped[str | None] = mapped_column(default=None, deferred=True)
    """What the body is told, signed: a compact JWS."""
    told_at: Mapped[datetime | None] = mapped_column(default=None)
    """When the body took the message, or read on past it in its list."""
    undelivered: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether the message was given up, and the body has not read it in its list either."""
    held_at: Mapped[datetime | None] = mapped_column(default=None)
    """When the body last said that it holds this version."""
    reply: Mapped[Reply] = mapped_column(default=Reply.NONE)
    replied_at: Mapped[datetime | None] = mapped_column(default=None)
    applied_from: Mapped[date | None] = mapped_column(default=None)
    not_until: Mapped[date | None] = mapped_column(default=None)
    sealed_reason: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)
    """Why the body refused, or cannot yet, in its words."""

    def status(self, today: date) -> Status:
        return status(self, today)

    @property
    def deadline(self) -> date:
        return deadline(self)

    @property
    def may_refuse(self) -> bool:
        return may_refuse(self)

    def answer(
        self,
        reply: Reply,
        *,
        applied_from: date | None = None,
        not_until: date | None = None,
        sealed_reason: bytes | None = None,
    ) -> None:
        """Keep what the body said; what it said before is no longer so."""
        self.reply, self.replied_at = reply, clock.now()
        self.told_at = self.told_at or self.replied_at
        self.undelivered = False
        self.applied_from, self.not_until = applied_from, not_until
        self.sealed_reason = sealed_reason


class Answered(Protocol):
    """As much of an effect as tells where it stands."""

    @property
    def reply(self) -> Reply: ...
    @property
    def replied_at(self) -> datetime | None: ...
    @property
    def told_at(self) -> datetime | None: ...
    @property
    def undelivered(self) -> bool: ...
    @property
    def due_on(self) -> date: ...
    @property
    def extended_to(self) -> date: ...
    @property
    def not_until(self) -> date | None: ...
    @property
    def may_refuse(self) -> bool: ...


class Meant(Protocol):
    """As much of an effect as tells what it asks of its body."""

    @property
    def may_use(self) -> bool: ...
    @property
    def objection(self) -> bool: ...


def may_refuse(effect: Meant) -> bool:
    """An objection is weighed, and no body has to use what it may; any other no holds."""
    return effect.objection or effect.may_use


def status(effect: Answered, today: date) -> Status:
    """Never more than the body said: without its answer nothing counts as done, nor where it
    refused what it may not refuse."""
    refused = effect.reply is Reply.REFUSED
    if effect.reply is Reply.APPLIED or (refused and effect.may_refuse):
        return Status(effect.reply.value)
    if today > deadline(effect):
        return Status.OVERDUE
    if refused:
        return Status.REFUSED
    if effect.reply is Reply.NOT_YET:
        return Status.NOT_YET
    if effect.undelivered:
        return Status.UNDELIVERED
    return Status.RECORDED if effect.told_at is None else Status.SENT


def deadline(effect: Answered) -> date:
    """The last day, moved as far as the body said in time and may; the day of its answer is that
    of UTC."""
    if effect.reply is not Reply.NOT_YET or effect.replied_at is None or effect.not_until is None:
        return effect.due_on
    if effect.replied_at.date() > effect.due_on:
        return effect.due_on
    return max(effect.due_on, min(effect.not_until, effect.extended_to))


_MOVED = and_(
    Effect.reply == Reply.NOT_YET,
    func.date(Effect.replied_at) <= Effect.due_on,
    Effect.not_until > Effect.due_on,
)
DEADLINE = case(
    (and_(_MOVED, Effect.not_until < Effect.extended_to), Effect.not_until),
    (_MOVED, Effect.extended_to),
    else_=Effect.due_on,
)
"""The same, for the database."""
UNSETTLED = or_(
    Effect.reply.in_(OPEN),
    and_(Effect.reply == Reply.REFUSED, ~Effect.objection, ~Effect.may_use),
)
"""What is overdue once its last day is over."""


class Followed(Base, kw_only=True):
    """Up to which version of an agreement bodies were told what choices mean under it."""

    __tablename__ = "preference_followed"

    agreement: Mapped[str] = mapped_column(primary_key=True)
    """Its reference."""
    version: Mapped[int]
    """The number of the version in force; 0 while none is."""


class Feed(Base, kw_only=True):
    """The list that one body reads: how long it is, and how far the body has read."""

    __tablename__ = "preference_feed"

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    last: Mapped[int] = mapped_column(BigInteger, default=0)
    read_to: Mapped[int] = mapped_column(BigInteger, default=0)
    """The number up to which the body says that it has everything."""
    read_at: Mapped[datetime | None] = mapped_column(default=None)
    behind_since: Mapped[datetime | None] = mapped_column(default=None)
    """Since when it is known that the portal lost what the body has: old data was put back. None
    once the body has said what it has."""
    unproved: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether that stands on a number alone that the body named: then it counts for this body."""
