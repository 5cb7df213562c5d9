"""The mailbox that a citizen named as safe, how they want to be told, and what they were told."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from citizen_portal import clock
from citizen_portal.db import Base, OwnedByCitizen, Row

LOOKS = text("looks")


class ChannelState(StrEnum):
    """How far a mailbox can be used. Only a confirmed one gets news."""

    WAITING = "waiting"
    """Until the code that was mailed to it is typed on the page."""
    CONFIRMED = "confirmed"
    NOT_WORKING = "not_working"
    """Its mail server says that it takes no mail for this address."""
    STOPPED = "stopped"
    """Whoever reads it stopped the mails, by the link that each one has."""


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


class Rhythm(StrEnum):
    """How soon news of a kind are mailed."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"
    NONE = "none"


BETWEEN_MAILS = {
    Rhythm.AT_ONCE: timedelta(hours=1),
    Rhythm.DAILY: timedelta(days=1),
    Rhythm.WEEKLY: timedelta(weeks=1),
}
"""How long after one mail the next may go out, by the most pressing news that wait for it."""
CALM = {
    NewsKind.INCIDENT: Rhythm.AT_ONCE,
    NewsKind.ANSWER: Rhythm.AT_ONCE,
    NewsKind.ACCESS: Rhythm.DAILY,
    NewsKind.NEW_BODY: Rhythm.DAILY,
    NewsKind.CHOICE: Rhythm.DAILY,
    NewsKind.COPY: Rhythm.DAILY,
    NewsKind.AGREEMENT: Rhythm.WEEKLY,
}
"""What holds for somebody who chose nothing; in the order in which they are asked about."""


class SafeChannel(OwnedByCitizen, Row, kw_only=True):
    """The one mailbox of a citizen. Naming another makes a new row, so that what was begun for
    the former address ends with it."""

    __tablename__ = "safe_channel"
    __table_args__ = (UniqueConstraint("citizen_id"), Index(None, "stop_digest", unique=True))

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
    mails: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many mails with news went out to it."""
    stop_digest: Mapped[str | None] = mapped_column(default=None)
    """Finds it by the link in its mails; the link itself is kept nowhere."""


class CodeAsked(OwnedByCitizen, Row, kw_only=True):
    """That a code was asked for: counted, so that nobody can flood a mailbox through us."""

    __tablename__ = "code_asked"
    __table_args__ = (Index(None, "citizen_id", "at"), Index(None, "at"))

    at: Mapped[datetime] = mapped_column(default_factory=clock.now)


class Told(OwnedByCitizen, Row, kw_only=True):
    """One piece of news, as a keyed hash: it cannot be read from it what the news was."""

    __tablename__ = "told"
    __table_args__ = (
        UniqueConstraint("citizen_id", "blind"),
        Index(None, "told_at"),
        Index(None, "citizen_id", "noted_at"),
    )

    blind: Mapped[str]
    kind: Mapped[NewsKind] = mapped_column(server_default=NewsKind.ACCESS)
    rhythm: Mapped[Rhythm] = mapped_column(default=Rhythm.DAILY, server_default=Rhythm.DAILY)
    """How soon it is mailed; none: it is not, as it was noted for the feed alone."""
    noted_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    told_at: Mapped[datetime | None] = mapped_column(default=None)
    """When the mail for it went out; none while it waits for the next one."""


class NewsWish(OwnedByCitizen, Row, kw_only=True):
    """What a citizen wants to be told, and how; one row each, once they chose anything."""

    __tablename__ = "news_wish"
    __table_args__ = (
        UniqueConstraint("citizen_id"),
        Index(None, "feed_digest", unique=True),
        Index(None, "looked_at", "citizen_id", sqlite_where=LOOKS, postgresql_where=LOOKS),
    )

    rhythms: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    """By kind, where it was chosen."""
    looks: Mapped[bool] = mapped_column(default=False)
    """Whether bodies that tell only when they are asked are asked without them being there."""
    looks_since: Mapped[datetime | None] = mapped_column(default=None)
    looked_at: Mapped[datetime | None] = mapped_column(default=None)
    feed_digest: Mapped[str | None] = mapped_column(default=None)
    """Finds the feed by its secret address, which is kept nowhere."""
    feed_made_at: Mapped[datetime | None] = mapped_column(default=None)

    def rhythm(self, kind: NewsKind) -> Rhythm:
        return Rhythm(self.rhythms.get(kind, CALM[kind]))


class NewsFollowed(Base, kw_only=True):
    """Up to which version of an agreement citizens were told that it changed."""

    __tablename__ = "news_followed"

    agreement: Mapped[str] = mapped_column(primary_key=True)
    """Its reference."""
    version: Mapped[int]
    """The number of the version in force; 0 while none is."""
