"""The mailbox that a citizen named as safe, and what they were told there."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from citizen_portal import clock
from citizen_portal.db import OwnedByCitizen, Row


class ChannelState(StrEnum):
    """How far a mailbox can be used. Only a confirmed one gets news."""

    WAITING = "waiting"
    """Until the code that was mailed to it is typed on the page."""
    CONFIRMED = "confirmed"
    NOT_WORKING = "not_working"
    """Its mail server says that it takes no mail for this address."""


class NewsKind(StrEnum):
    """What news are about. It decides when they are told, and is said in no mail."""

    NEW_BODY = "new_body"
    """A body began to hold, or to be sent, something about the citizen."""
    ACCESS = "access"
    """An access that stands out: not explained, under emergency rules, or by a new body."""
    ANSWER = "answer"
    """A body answered what the citizen asked it."""
    CHOICE = "choice"
    """What a body did with a choice."""
    COPY = "copy"
    """A copy was asked for, is ready or was fetched."""
    AGREEMENT = "agreement"
    """An agreement that covers the citizen changed."""
    INCIDENT = "incident"
    """Something went wrong with the citizen's data."""


class SafeChannel(OwnedByCitizen, Row, kw_only=True):
    """The one mailbox of a citizen. Naming another makes a new row, so that what was begun for
    the former address ends with it."""

    __tablename__ = "safe_channel"
    __table_args__ = (UniqueConstraint("citizen_id"),)

    sealed_address: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[ChannelState] = mapped_column(default=ChannelState.WAITING)
    asked_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    """When the newest code was asked for."""
    code_digest: Mapped[str | None] = mapped_column(default=None)
    """A keyed digest of the code that was mailed; the code itself is kept nowhere."""
    code_sent_at: Mapped[datetime | None] = mapped_column(default=None)
    tries: Mapped[int] = mapped_column(default=0)
    confirmed_at: Mapped[datetime | None] = mapped_column(default=None)
    failures: Mapped[int] = mapped_column(default=0)
    """How often in a row a mail with news could not be sent."""
    due_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    """No mail with news is tried before."""


class CodeAsked(OwnedByCitizen, Row, kw_only=True):
    """That a code was asked for: counted, so that nobody can flood a mailbox through us."""

    __tablename__ = "code_asked"
    __table_args__ = (Index(None, "citizen_id", "at"), Index(None, "at"))

    at: Mapped[datetime] = mapped_column(default_factory=clock.now)


class Told(OwnedByCitizen, Row, kw_only=True):
    """One piece of news, as a keyed hash: it cannot be read from it what the news was."""

    __tablename__ = "told"
    __table_args__ = (UniqueConstraint("citizen_id", "blind"), Index(None, "told_at"))

    blind: Mapped[str]
    kind: Mapped[NewsKind] = mapped_column(server_default=NewsKind.ACCESS)
    noted_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    told_at: Mapped[datetime | None] = mapped_column(default=None)
    """When the mail for it went out; none while it waits for the next one."""
