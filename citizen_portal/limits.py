"""How often something may be done: counted in the database, so for every process and restart.

What is counted has no name here. A count stands under a keyed hash of what is done, who does it and
in which span of time, and is forgotten soon after that span: whoever reads the table learns neither
an address nor a person, and cannot tell who came again.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Index, Text, bindparam, delete, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from citizen_portal import clock, sealing
from citizen_portal.db import Base, UTCDateTime

PARTS = 40
"""A limit is counted in so many parts: a process asks the database once for each."""


class LimitCount(Base, kw_only=True):
    __tablename__ = "limit_count"
    __table_args__ = (Index("ix_limit_count_over", "ends_at"),)

    key: Mapped[str] = mapped_column(Text, primary_key=True)
    ends_at: Mapped[datetime]
    used: Mapped[int]


@dataclass(frozen=True, slots=True)
class Span:
    """One person's, system's or address's count, in one span of time."""

    key: str
    ends_at: datetime

    def left(self) -> int:
        """Whole seconds until the span is over, at least one."""
        return max(1, -int((clock.now() - self.ends_at).total_seconds() // 1))


@dataclass(frozen=True, slots=True)
class Limit:
    """So many of one thing within so many seconds; 0 is no limit."""

    name: str
    most: int
    seconds: int

    @property
    def share(self) -> int:
        """So many go by in one process before it tells the database.

        So what people do in a usual hour costs no statement. Each process may let one share more
        through than the limit, and small limits are exact.
        """
        return max(1, self.most // PARTS)

    def span(self, index: sealing.Index, who: str) -> Span:
        start = int(clock.now().timestamp()) // self.seconds * self.seconds
        key = index.blind("limit", self.name, who, str(start))
        return Span(key, datetime.fromtimestamp(start, UTC) + timedelta(seconds=self.seconds))


_ADD = text(
    "INSERT INTO limit_count (key, ends_at, used) VALUES (:key, :ends_at, :used)"
    " ON CONFLICT (key) DO UPDATE SET used = limit_count.used + excluded.used RETURNING used"
).bindparams(bindparam("ends_at", type_=UTCDateTime()))


def add(session: Session, span: Span, used: int) -> int:
    """Count so many more; how many there are now, in every process."""
    given = {"key": span.key, "ends_at": span.ends_at, "used": used}
    return int(session.execute(_ADD, given).scalar_one())


def forget(session: Session) -> None:
    """Delete the counts of spans that are over."""
    session.execute(delete(LimitCount).where(LimitCount.ends_at <= clock.now()))
