"""Mails with news are stopped by the link that each of them has, and turned on again."""

from uuid import UUID

from sqlalchemy.orm import Session

from citizen_portal import audit, jobs
from citizen_portal.errors import WrongState
from citizen_portal.news import queries
from citizen_portal.news.models import ChannelState
from citizen_portal.sealing import Index


def stop_token(index: Index, citizen_id: UUID, channel_id: UUID) -> str:
    """The same in each mail to one mailbox, so that an old mail stops them too. Kept nowhere."""
    return index.blind("news stop", str(citizen_id), str(channel_id))


def digest_of(index: Index, token: str) -> str:
    """What is kept of the token of a link, to find whose it is."""
    return index.blind("news token", token)


def stop(session: Session, citizen_id: UUID) -> None:
    """Mail nothing more to their mailbox; again changes nothing.

    A copy that waits does so anew, as when a mailbox is removed.
    """
    channel = queries.held(session, citizen_id)
    if channel is not None and channel.state is ChannelState.CONFIRMED:
        channel.state = ChannelState.STOPPED
        jobs.enqueue(session, "exports.hold_back", citizen=str(citizen_id))
        audit.record(session, "channel:stopped", actor=citizen_id)


def go_on(session: Session, citizen_id: UUID) -> None:
    """Mail news again to the mailbox for which they were stopped."""
    channel = queries.held(session, citizen_id)
    if channel is None or channel.state is not ChannelState.STOPPED:
        raise WrongState("There is no address here whose mails were stopped.")
    channel.state = ChannelState.CONFIRMED
    audit.record(session, "channel:resumed", actor=citizen_id)
