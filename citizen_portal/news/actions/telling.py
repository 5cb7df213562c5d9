"""News are noted once each, and go out together in one mail."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from citizen_portal import clock
from citizen_portal.news import queries
from citizen_portal.news.models import ChannelState, NewsKind, SafeChannel, Told
from citizen_portal.sealing import Index

FIRST_PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Due:
    """One mail that is to be tried now, and the news it is for."""

    channel_id: UUID
    sealed_address: bytes
    until: UUID
    """The newest of the news that it is for."""


def note_news(
    session: Session, index: Index, citizen_id: UUID, keys: Iterable[str], kind: NewsKind
) -> None:
    """Note what a citizen is to be told, each key once; nothing without a confirmed mailbox."""
    if _confirmed(session, citizen_id) is None:
        return
    known = set(session.scalars(select(Told.blind).where(Told.citizen_id == citizen_id)))
    blinds = {index.blind("told", str(citizen_id), key) for key in keys}
    new = sorted(blinds - known)
    session.add_all(Told(citizen_id=citizen_id, blind=blind, kind=kind) for blind in new)


def begin_mail(session: Session, citizen_id: UUID, *, at_once: bool = False) -> Due | None:
    """The mail that may be tried now, if one may; nobody else tries it for a while.

    Without ``at_once`` a day lies between two mails.

    The pause before the next try is set before this one is made, longer after each failure, so
    that a worker that dies on the way neither blocks the mail nor repeats it at once.
    """
    channel = _confirmed(session, citizen_id)
    if channel is None or channel.due_at > clock.now():
        return None
    waiting = select(Told.id).where(Told.citizen_id == citizen_id, Told.told_at.is_(None))
    newest = session.scalar(waiting.order_by(Told.id.desc()).limit(1))
    if newest is None or (queries.told_lately(session, citizen_id) and not at_once):
        return None
    channel.due_at = clock.now() + min(FIRST_PAUSE * 4 ** min(channel.failures, 8), LONGEST_PAUSE)
    channel.failures += 1
    return Due(channel.id, channel.sealed_address, newest)


def note_told(session: Session, citizen_id: UUID, sent: Due) -> None:
    """The mail is out: what it was for is told."""
    now = clock.now()
    news = Told.citizen_id == citizen_id, Told.told_at.is_(None), Told.id <= sent.until
    session.execute(update(Told).where(*news).values(told_at=now))
    session.execute(
        update(SafeChannel)
        .where(SafeChannel.citizen_id == citizen_id, SafeChannel.id == sent.channel_id)
        .values(failures=0, due_at=now)
    )


def _confirmed(session: Session, citizen_id: UUID) -> SafeChannel | None:
    """The mailbox that may be used, locked: two jobs of one citizen go one after the other."""
    return session.scalars(
        select(SafeChannel)
        .where(SafeChannel.citizen_id == citizen_id, SafeChannel.state == ChannelState.CONFIRMED)
        .with_for_update()
    ).one_or_none()
