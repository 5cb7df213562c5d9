"""What can be asked about a citizen's safe mailbox, and whose news wait for a mail."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from citizen_portal import clock
from citizen_portal.news.models import ChannelState, SafeChannel, Told

BETWEEN_MAILS = timedelta(days=1)
"""A citizen gets at most one mail with news in so long."""
CODE_SHOULD_BE_SENT = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Channel:
    """A citizen's mailbox as it stands."""

    id: UUID
    sealed_address: bytes
    state: ChannelState
    asked_at: datetime
    code_sent_at: datetime | None
    confirmed_at: datetime | None

    @property
    def late(self) -> bool:
        """Whether the code should have been sent long ago."""
        return self.code_sent_at is None and clock.now() - self.asked_at > CODE_SHOULD_BE_SENT


def channel(session: Session, citizen_id: UUID) -> Channel | None:
    row = session.execute(
        select(
            SafeChannel.id,
            SafeChannel.sealed_address,
            SafeChannel.state,
            SafeChannel.asked_at,
            SafeChannel.code_sent_at,
            SafeChannel.confirmed_at,
        ).where(SafeChannel.citizen_id == citizen_id)
    ).one_or_none()
    return Channel(*row) if row else None


def told_lately(session: Session, citizen_id: UUID) -> bool:
    """Whether a mail with news went out within the time in which only one may."""
    since = clock.now() - BETWEEN_MAILS
    lately = exists().where(Told.citizen_id == citizen_id, Told.told_at > since)
    return bool(session.scalar(select(lately)))


def due(session: Session, *, most: int) -> list[UUID]:
    """Citizens whose news may be mailed now, the longest waiting first: for the worker alone."""
    now, other = clock.now(), Told.__table__.alias()
    told_lately = exists().where(
        other.c.citizen_id == Told.citizen_id, other.c.told_at > now - BETWEEN_MAILS
    )
    return list(
        session.scalars(
            select(Told.citizen_id)
            .join(SafeChannel, SafeChannel.citizen_id == Told.citizen_id)
            .where(
                Told.told_at.is_(None),
                SafeChannel.state == ChannelState.CONFIRMED,
                SafeChannel.due_at <= now,
                ~told_lately,
            )
            .group_by(Told.citizen_id, SafeChannel.due_at)
            .order_by(SafeChannel.due_at, Told.citizen_id)
            .limit(most)
        )
    )
