"""News are noted once each, and go out together in one mail."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid5

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from citizen_portal import clock
from citizen_portal.news import queries
from citizen_portal.news.actions.stopping import digest_of, stop_token
from citizen_portal.news.models import (
    BETWEEN_MAILS,
    ChannelState,
    NewsKind,
    Rhythm,
    SafeChannel,
    Told,
)
from citizen_portal.sealing import Index

FIRST_PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=12)
CONFIRMED = SafeChannel.state == ChannelState.CONFIRMED
"""Of the mailbox that may be used."""


@dataclass(frozen=True, slots=True)
class Due:
    """One mail that is to be tried now, and the news it is for."""

    channel_id: UUID
    sealed_address: bytes
    until: UUID
    """The newest of the news that it is for."""
    stop: str
    """The token of the link that stops the mails."""
    reference: UUID
    """The same at each try of one mail."""
    again: bool
    """Whether this mail was tried before."""
    before: UUID | None
    """The reference of the mail before it."""


def note_news(
    session: Session,
    index: Index,
    citizen_id: UUID,
    keys: Iterable[str],
    kind: NewsKind,
    *,
    at_once: bool = False,
) -> bool:
    """Note what a citizen is to be told, each key once, at the rhythm of its kind.

    Nothing without a mailbox or a feed, nor of kinds that they do not want to be told of.
    What is to be told ``at_once`` does not wait for its rhythm. Gives whether any was new.
    """
    mailed = queries.held(session, citizen_id, CONFIRMED) is not None
    wishes = queries.wishes(session, citizen_id)
    rhythm = wishes.rhythms[kind]
    if rhythm is Rhythm.NONE or not (mailed or wishes.feed_made_at):
        return False
    rhythm = (Rhythm.AT_ONCE if at_once else rhythm) if mailed else Rhythm.NONE
    blinds = {index.blind("told", str(citizen_id), key) for key in keys}
    mine = select(Told.blind).where(Told.citizen_id == citizen_id, Told.blind.in_(blinds))
    known = set(session.scalars(mine))
    new = sorted(blinds - known)
    session.add_all(
        Told(citizen_id=citizen_id, blind=blind, kind=kind, rhythm=rhythm) for blind in new
    )
    return bool(new)


def begin_mail(session: Session, index: Index, citizen_id: UUID) -> Due | None:
    """The mail that may be tried now, if one may; nobody else tries it for a while.

    The pause before the next try is set before this one is made, longer after each failure, so
    that a worker that dies on the way neither blocks the mail nor repeats it at once.
    """
    channel = queries.held(session, citizen_id, CONFIRMED)
    if channel is None or channel.due_at > clock.now():
        return None
    waiting = select(Told.id).where(Told.citizen_id == citizen_id, Told.told_at.is_(None))
    pressing = waiting.where(Told.rhythm.in_(_due_rhythms(session, citizen_id)))
    if session.scalar(pressing.limit(1)) is None:
        return None
    newest = session.scalars(waiting.order_by(Told.id.desc()).limit(1)).one()
    again = channel.failures > 0
    channel.due_at = clock.now() + min(FIRST_PAUSE * 4 ** min(channel.failures, 8), LONGEST_PAUSE)
    channel.failures += 1
    stop = stop_token(index, citizen_id, channel.id)
    channel.stop_digest = digest_of(index, stop)
    return Due(
        channel.id,
        channel.sealed_address,
        newest,
        stop=stop,
        reference=reference(channel.id, channel.mails),
        again=again,
        before=reference(channel.id, channel.mails - 1) if channel.mails else None,
    )


def note_told(session: Session, citizen_id: UUID, sent: Due) -> None:
    """The mail is out: what it was for is told."""
    now = clock.now()
    news = Told.citizen_id == citizen_id, Told.told_at.is_(None), Told.id <= sent.until
    mailed = Told.rhythm != Rhythm.NONE
    session.execute(update(Told).where(*news, mailed).values(told_at=now))
    session.execute(
        update(SafeChannel)
        .where(SafeChannel.citizen_id == citizen_id, SafeChannel.id == sent.channel_id)
        .values(failures=0, due_at=now, mails=SafeChannel.mails + 1)
    )


def reference(channel_id: UUID, number: int) -> UUID:
    """By which one mail is known to whoever carries it; made of what only we know."""
    return uuid5(channel_id, f"news {number}")


def _due_rhythms(session: Session, citizen_id: UUID) -> list[Rhythm]:
    """The rhythms of which the last mail is long enough ago."""
    last, now = queries.last_told(session, citizen_id), clock.now()
    return [each for each, pause in BETWEEN_MAILS.items() if last is None or last <= now - pause]
