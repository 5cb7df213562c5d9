"""What can be asked about a citizen's safe mailbox, and whose news wait for a mail."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from citizen_portal import clock
from citizen_portal.identity.models import Citizen
from citizen_portal.news.models import BETWEEN_MAILS, ChannelState, SafeChannel, Told

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


def held(session: Session, citizen_id: UUID, *where: ColumnElement[bool]) -> SafeChannel | None:
    """A citizen's mailbox, where it is like this, for whoever changes it: one after the other."""
    own = select(SafeChannel).where(SafeChannel.citizen_id == citizen_id, *where)
    return session.scalars(own.with_for_update()).one_or_none()


def last_told(session: Session, citizen_id: UUID) -> datetime | None:
    """When the newest mail with news went out, to whichever mailbox."""
    return session.scalar(select(func.max(Told.told_at)).where(Told.citizen_id == citizen_id))


def stopped_by(session: Session, digest: str) -> UUID | None:
    """Whose mails the link of this digest stops. It stands in for the citizen: who has it may."""
    return session.scalar(select(SafeChannel.citizen_id).where(SafeChannel.stop_digest == digest))


def due(session: Session, *, most: int) -> list[UUID]:
    """Citizens whose news may be mailed now, the longest waiting first: for the worker alone."""
    now, other = clock.now(), aliased(Told)
    told = exists().where(other.citizen_id == Told.citizen_id)
    pressing = or_(
        *(
            and_(Told.rhythm == rhythm, ~told.where(other.told_at > now - pause))
            for rhythm, pause in BETWEEN_MAILS.items()
        )
    )
    return list(
        session.scalars(
            select(Told.citizen_id)
            .join(SafeChannel, SafeChannel.citizen_id == Told.citizen_id)
            .join(Citizen, Citizen.id == Told.citizen_id)
            .where(
                Told.told_at.is_(None),
                Citizen.closed_as.is_(None),
                SafeChannel.state == ChannelState.CONFIRMED,
                SafeChannel.due_at <= now,
                pressing,
            )
            .group_by(Told.citizen_id, SafeChannel.due_at)
            .order_by(SafeChannel.due_at, Told.citizen_id)
            .limit(most)
        )
    )
