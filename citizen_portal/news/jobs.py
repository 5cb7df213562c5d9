"""What the worker mails: codes that confirm a mailbox, and that there is news."""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import structlog

from citizen_portal import jobs, notices
from citizen_portal.news import actions, queries, words
from citizen_portal.news.models import ChannelState, NewsKind
from citizen_portal.notices import NoMailbox, NotSent
from citizen_portal.sealing import Sealer

LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Nothing that is taken for another: no O and 0, no I, L and 1, no U and V."""
MOST_AT_ONCE = 500

log = structlog.get_logger()


@jobs.handler("news.send_code")
def send_code(work: jobs.Work, *, citizen: str, channel: str) -> None:
    """Mail a code to a mailbox that waits for one. Each try makes another code: none is kept."""
    citizen_id, settings = UUID(citizen), work.parts["settings"]
    with work.sessions.reading() as session:
        found = queries.channel(session, citizen_id)
    if found is None or str(found.id) != channel or found.state is not ChannelState.WAITING:
        return
    if not settings.sends_mail:
        return
    code = "".join(secrets.choice(LETTERS) for _ in range(8))
    try:
        address = _address(work, citizen_id, found.sealed_address)
        notices.send(settings, words.code(code).mail, to=address)
    except NoMailbox:
        _give_up(work, citizen_id, found.id)
        return
    digest = actions.digest(work.parts["index"], citizen_id, found.id, code)
    with work.transaction() as session:
        actions.note_code_sent(session, citizen_id, found.id, digest)


@jobs.handler("news.first_notice")
def first_notice(
    work: jobs.Work,
    *,
    citizen: str,
    keys: Sequence[str],
    kind: str = NewsKind.ACCESS,
    at_once: bool = False,
) -> None:
    """Tell a citizen that there is news, if they named a mailbox: each key once, ever.

    Jobs that were kept before there were kinds are about accesses or copies; theirs is not known.

    The mail goes out now, or with the next one if there was one within a day and it need not be
    ``at_once``.
    """
    citizen_id = UUID(citizen)
    with work.transaction() as session:
        actions.note_news(session, work.parts["index"], citizen_id, keys, NewsKind(kind))
    tell(work, citizen=citizen, at_once=at_once)


@jobs.handler("news.tell")
def tell(work: jobs.Work, *, citizen: str, at_once: bool = False) -> None:
    """Mail a citizen whose news wait. Sent twice only if the worker dies after the mail server
    took the mail and before that is noted."""
    citizen_id, settings = UUID(citizen), work.parts["settings"]
    if not settings.sends_mail:
        return
    with work.transaction() as session:
        due = actions.begin_mail(session, citizen_id, at_once=at_once)
    if due is None:
        return
    try:
        address = _address(work, citizen_id, due.sealed_address)
        notices.send(settings, words.news(settings.public_url).mail, to=address)
    except NotSent as error:
        log.warning("mail.not_sent", fault=str(error))
    except NoMailbox:
        _give_up(work, citizen_id, due.channel_id)
    else:
        with work.transaction() as session:
            actions.note_told(session, citizen_id, due)


@jobs.handler("news.tell_waiting", every=timedelta(minutes=5))
def tell_waiting(work: jobs.Work) -> None:
    """Mail those whose news waited for their day, or for a mail server that was away."""
    if work.parts["settings"].sends_mail:
        with work.transaction() as session:
            for citizen_id in queries.due(session, most=MOST_AT_ONCE):
                jobs.enqueue(session, "news.tell", citizen=str(citizen_id))


@jobs.handler("news.forget_asked", every=timedelta(hours=1))
def forget_asked(work: jobs.Work) -> None:
    with work.transaction() as session:
        actions.forget_asked(session)


def _address(work: jobs.Work, citizen_id: UUID, sealed: bytes) -> str:
    sealer: Sealer = work.parts["sealer"]
    return sealer.unseal(sealed, actions.address_context(citizen_id)).decode()


def _give_up(work: jobs.Work, citizen_id: UUID, channel_id: UUID) -> None:
    with work.transaction() as session:
        actions.note_not_working(session, citizen_id, channel_id)
