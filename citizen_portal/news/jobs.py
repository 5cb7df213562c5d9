"""What the worker does for news: mails codes and that there is news, and looks for what is new."""

import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from uuid import UUID, uuid4

import structlog

from citizen_portal import codes, jobs, notices
from citizen_portal.agreements.queries import register_terms
from citizen_portal.news import actions, queries, remote, words
from citizen_portal.news.actions import following
from citizen_portal.news.models import ChannelState, NewsKind
from citizen_portal.news.queries.following import Change, changed, covered
from citizen_portal.notices import NoMailbox, NotSent, Stamp
from citizen_portal.reach import Kind
from citizen_portal.sealing import CannotOpen, Sealer

MOST_AT_ONCE = 500
AWAY_AFTER = 3
"""Mails in a row of which none could be handed over: then the server is away, for everybody."""
BEAT_EVERY = 20.0
LOOK_FOR = 60.0
"""Seconds of one round of looks: mails and copies do not wait longer for it."""
CITIZENS_AT_ONCE = 200
"""Of one transaction, so that no writer waits long."""

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
    code = codes.drawn()
    try:
        address = _address(work, citizen_id, found.sealed_address)
        _sender(work).send(words.code(code).mail, to=address, stamp=Stamp(uuid4()))
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
    """Note that there is news, if a citizen wants to be told: each key once, ever.

    The mail goes out at the rhythm that they chose for this kind, or, where it cannot wait,
    within the hour. Jobs that were kept before there were kinds are about accesses or copies.
    """
    with work.transaction() as session:
        noted = actions.note_news(
            session, work.parts["index"], UUID(citizen), keys, NewsKind(kind), at_once=at_once
        )
        if noted:
            jobs.enqueue_once(session, "news.tell_waiting")


@jobs.handler("news.tell_waiting", every=timedelta(minutes=5), long=True, path=Kind.TELLING)
def tell_waiting(work: jobs.Work) -> None:
    """Mail those whose news may go out now, one after the other.

    Where the mail server is away for several in a row, the others wait for the next round.
    """
    if not work.parts["settings"].sends_mail:
        return
    with work.sessions.reading() as session:
        waiting = queries.due(session, most=MOST_AT_ONCE)
    failed, beat = 0, _beating(work)
    for citizen_id in waiting:
        failed = 0 if _tell(work, citizen_id) else failed + 1
        if failed >= AWAY_AFTER:
            log.warning("mail.server_away")
            return
        beat()
    if len(waiting) == MOST_AT_ONCE:
        with work.transaction() as session:
            jobs.enqueue_once(session, "news.tell_waiting")


def _tell(work: jobs.Work, citizen_id: UUID) -> bool:
    """Mail a citizen whose news wait; false where the mail server is away.

    Sent twice only if the worker dies, or the connection, after the mail server took the mail and
    before that is noted. One whose address cannot be opened keeps no other waiting.
    """
    with work.transaction() as session:
        due = actions.begin_mail(session, work.parts["index"], citizen_id)
    if due is None:
        return True
    letter = words.news(work.parts["settings"].public_url, due.stop)
    stamp = Stamp(due.reference, due.again, due.before)
    try:
        address = _address(work, citizen_id, due.sealed_address)
        _sender(work).send(letter.mail, to=address, stamp=stamp)
    except NotSent as error:
        log.warning("mail.not_sent", fault=str(error))
        return not error.away
    except CannotOpen:
        log.error("mail.not_sent", fault="CannotOpen")
    except NoMailbox:
        _give_up(work, citizen_id, due.channel_id)
    else:
        with work.transaction() as session:
            actions.note_told(session, citizen_id, due)
    return True


@jobs.handler("news.follow_register", every=timedelta(minutes=15), long=True, path=Kind.TELLING)
def follow_register(work: jobs.Work) -> None:
    """Those whom an agreement covers hear that it is new, changed or over."""
    today = work.parts["region"].today()
    with work.sessions.reading() as reading:
        found = changed(reading, register_terms(reading), today)
    for change in found:
        _follow(work, change)
        with work.transaction() as session:
            following.note_followed(session, change)
            jobs.enqueue_once(session, "news.tell_waiting")


def _follow(work: jobs.Work, change: Change) -> None:
    after: UUID | None = None
    while change.is_news:
        with work.sessions.reading() as reading:
            citizens = covered(reading, change, after=after, most=CITIZENS_AT_ONCE)
        if not citizens:
            return
        with work.transaction() as session:
            following.tell(session, work.parts["index"], citizens, change)
        after = citizens[-1]
        work.beat()


@jobs.handler("news.look", every=timedelta(minutes=5), long=True, path=Kind.TELLING)
def look(work: jobs.Work) -> None:
    """Ask the bodies that tell only when asked, for those who want it, each at most once a day.

    So many as there is time for; who had no turn has it in a later round. A body that does not
    answer is not asked again in this one.
    """
    end, silent, beat = time.monotonic() + LOOK_FOR, set[UUID](), _beating(work)
    with work.sessions.reading() as session:
        waiting = queries.to_look(session, most=MOST_AT_ONCE)
    for citizen_id in waiting:
        if time.monotonic() > end:
            return
        with work.transaction() as session:
            actions.begin_look(session, citizen_id)
        _look(work, citizen_id, silent)
        beat()


def _look(work: jobs.Work, citizen_id: UUID, silent: set[UUID]) -> None:
    """Whether the citizen wants it, and is linked, is looked at before each call and after it.
    Of what is told nothing is kept but marks of what is news."""
    with work.sessions.reading() as session:
        asked = remote.to_ask(session, citizen_id)
    for one in asked:
        with work.sessions.reading() as session:
            since = remote.may_ask(session, citizen_id, one)
        if since is None or one.source.id in silent:
            continue
        keys = remote.ask(work, citizen_id, one, since=since)
        if keys is None:
            silent.add(one.source.id)
            continue
        with work.transaction() as session:
            if keys and remote.may_ask(session, citizen_id, one):
                index = work.parts["index"]
                if actions.note_news(session, index, citizen_id, keys, NewsKind.ACCESS):
                    jobs.enqueue_once(session, "news.tell_waiting")


@jobs.handler("news.forget_asked", every=timedelta(hours=1), path=Kind.RETENTION)
def forget_asked(work: jobs.Work) -> None:
    with work.transaction() as session:
        actions.forget_asked(session)


def _sender(work: jobs.Work) -> notices.Sender:
    return notices.sender(work.parts["settings"], work.parts["fetcher"])


def _beating(work: jobs.Work) -> Callable[[], None]:
    """Says that the work goes on, not each time."""
    last = time.monotonic()

    def beat() -> None:
        nonlocal last
        if time.monotonic() - last > BEAT_EVERY:
            work.beat()
            last = time.monotonic()

    return beat


def _address(work: jobs.Work, citizen_id: UUID, sealed: bytes) -> str:
    sealer: Sealer = work.parts["sealer"]
    return sealer.unseal(sealed, actions.address_context(citizen_id)).decode()


def _give_up(work: jobs.Work, citizen_id: UUID, channel_id: UUID) -> None:
    with work.transaction() as session:
        actions.note_not_working(session, citizen_id, channel_id)
