"""A citizen names a mailbox as safe, confirms it by a code that was mailed there, or removes it."""

import hmac
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from citizen_portal import audit, clock, jobs
from citizen_portal.errors import TooMany, WrongState
from citizen_portal.identity.models import Citizen
from citizen_portal.news import queries
from citizen_portal.news.models import ChannelState, CodeAsked, Rhythm, SafeChannel, Told
from citizen_portal.sealing import Index, Sealer

VALID_FOR = timedelta(minutes=30)
MOST_TRIES = 5
MOST_CODES = 3
CODES_WITHIN = timedelta(hours=1)


def name(session: Session, sealer: Sealer, citizen_id: UUID, address: str) -> None:
    """Take a mailbox in place of the former one, and have a code mailed to it.

    News that wait stay waiting: they go to the new mailbox, once it is confirmed.
    """
    _count_code(session, citizen_id)
    former = queries.held(session, citizen_id)
    if former is not None:
        _take_away(session, former)
    sealed = sealer.seal(address.encode(), address_context(citizen_id))
    channel = SafeChannel(citizen_id=citizen_id, sealed_address=sealed)
    session.add(channel)
    _send_code(session, channel)
    audit.record(session, "channel:named", actor=citizen_id)


def ask_again(session: Session, citizen_id: UUID) -> None:
    """Have another code mailed to the mailbox that waits for one; the former code is void."""
    _count_code(session, citizen_id)
    channel = _waiting(session, citizen_id)
    channel.asked_at, channel.code_digest, channel.code_sent_at = clock.now(), None, None
    _send_code(session, channel)


def note_code_sent(session: Session, citizen_id: UUID, channel_id: UUID, digest: str) -> None:
    """Keep the digest of a code that is on its way, if its mailbox is still the one named."""
    session.execute(
        update(SafeChannel)
        .where(SafeChannel.citizen_id == citizen_id, SafeChannel.id == channel_id)
        .values(code_digest=digest, code_sent_at=clock.now(), tries=0)
    )


def note_try(session: Session, citizen_id: UUID) -> None:
    """Count a try at the code; raises ``WrongState`` or ``TooMany`` when it cannot be tried."""
    channel = _waiting(session, citizen_id)
    if channel.code_sent_at is None:
        raise WrongState("The code is not sent yet. Wait a few minutes, then look again.")
    if clock.now() - channel.code_sent_at > VALID_FOR:
        raise WrongState("This code is too old. Ask for a new one.")
    if channel.tries >= MOST_TRIES:
        raise TooMany("You have typed %(most)s wrong codes. Ask for a new one.", most=MOST_TRIES)
    channel.tries += 1


def confirm(session: Session, index: Index, citizen_id: UUID, code: str) -> bool:
    """Confirm the mailbox if this is the code that was mailed to it."""
    channel = _waiting(session, citizen_id)
    typed = digest(index, citizen_id, channel.id, code)
    if not hmac.compare_digest(channel.code_digest or "", typed):
        return False
    channel.state, channel.confirmed_at = ChannelState.CONFIRMED, clock.now()
    channel.code_digest = None
    audit.record(session, "channel:confirmed", actor=citizen_id)
    return True


def remove(session: Session, citizen_id: UUID) -> None:
    """Forget the mailbox at once, and what waited to be mailed to it."""
    channel = queries.held(session, citizen_id)
    if channel is None:
        return
    _take_away(session, channel)
    waiting = Told.citizen_id == citizen_id, Told.told_at.is_(None), Told.rhythm != Rhythm.NONE
    if queries.wishes(session, citizen_id).feed_made_at is None:
        session.execute(delete(Told).where(*waiting))
    else:  # the feed shows them still
        session.execute(update(Told).where(*waiting).values(rhythm=Rhythm.NONE))
    audit.record(session, "channel:removed", actor=citizen_id)


def note_not_working(session: Session, citizen_id: UUID, channel_id: UUID) -> None:
    """Use a mailbox no more, because its mail server takes nothing for it."""
    channel = queries.held(session, citizen_id, SafeChannel.id == channel_id)
    if channel is not None:
        channel.state, channel.code_digest = ChannelState.NOT_WORKING, None
        audit.record(session, "channel:not-working", actor=citizen_id)


def forget_asked(session: Session) -> None:
    """Delete counts that count no more. Concerns every citizen: for the worker alone."""
    session.execute(delete(CodeAsked).where(CodeAsked.at <= clock.now() - CODES_WITHIN))


def address_context(citizen_id: UUID) -> str:
    return f"safe-channel:{citizen_id}"


def digest(index: Index, citizen_id: UUID, channel_id: UUID, code: str) -> str:
    """What is kept of a code, good for this citizen and this mailbox alone."""
    return index.blind("safe channel code", str(citizen_id), str(channel_id), code)


def _take_away(session: Session, channel: SafeChannel) -> None:
    """A mailbox that was told of a copy is not told any more: what waits, waits anew."""
    if channel.state is ChannelState.CONFIRMED:
        jobs.enqueue(session, "exports.hold_back", citizen=str(channel.citizen_id))
    session.delete(channel)
    session.flush()


def _count_code(session: Session, citizen_id: UUID) -> None:
    """Codes are counted one after the other, whatever became of the mailbox since."""
    since = clock.now() - CODES_WITHIN
    session.execute(select(Citizen.id).where(Citizen.id == citizen_id).with_for_update())
    asked = select(func.count()).where(CodeAsked.citizen_id == citizen_id, CodeAsked.at > since)
    if session.scalars(asked).one() >= MOST_CODES:
        raise TooMany(
            "You have asked for %(most)s codes within an hour. Wait an hour, then ask again.",
            most=MOST_CODES,
        )
    session.add(CodeAsked(citizen_id=citizen_id))


def _send_code(session: Session, channel: SafeChannel) -> None:
    jobs.enqueue(
        session, "news.send_code", citizen=str(channel.citizen_id), channel=str(channel.id)
    )


def _waiting(session: Session, citizen_id: UUID) -> SafeChannel:
    channel = queries.held(session, citizen_id, SafeChannel.state == ChannelState.WAITING)
    if channel is None:
        raise WrongState("There is no address here that waits for a code.")
    return channel
