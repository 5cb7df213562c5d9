"""What the worker does for access: reviews and counts what came, removes what is old."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from citizen_portal import clock, jobs, sealing
from citizen_portal.access import actions, remote
from citizen_portal.access.actions import digesting, releasing, removing, reviewing
from citizen_portal.access.models import Actor, Question
from citizen_portal.access.queries.answers import questions
from citizen_portal.access.queries.matching import Explainer
from citizen_portal.access.schemas import Window
from citizen_portal.agreements.queries import register_terms
from citizen_portal.bodies import actions as bodies
from citizen_portal.bodies.queries import Directory, directory, reckoned
from citizen_portal.fetch import Fault
from citizen_portal.identity.models import LinkState
from citizen_portal.identity.queries import link_state

EVERY = timedelta(minutes=5)
BEAT_EVERY = 100
"""Withheld events that are released between two signs of life."""
PARTS_A_BEAT = 16
"""Parts of a day that are kept between two signs of life."""
AT_ONCE = 20
"""Sources that are asked together; what they say is kept before the next are asked."""
CITIZENS = 100
"""Citizens that are reviewed in one transaction."""
SPARE = 1.0
"""Seconds beyond the time of both questions after which a round is let go."""
Reached = tuple[UUID, remote.Line]

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Checked:
    source_id: UUID
    well: bool
    window: Window | None
    ms: int
    """How long it took to say that it is well."""


@jobs.handler("access.forget_answers", every=EVERY)
def forget_answers(work: jobs.Work) -> None:
    with work.transaction() as session:
        actions.forget_expired(session)


@jobs.handler("access.forget_session")
def forget_session(work: jobs.Work, *, citizen: str, sign_in: str) -> None:
    """Forget what bodies answered for a session that was ended."""
    with work.transaction() as session:
        actions.forget_session(session, UUID(citizen), UUID(sign_in))


@jobs.handler("access.review", every=timedelta(minutes=1))
def review(work: jobs.Work) -> None:
    """Count what came and find what stands out, some citizens at a time until none waits."""
    while True:
        with work.sessions.reading() as session:
            explainer = Explainer(directory(session), register_terms(session))
        with work.transaction() as session:
            found = reviewing.waiting(session, most=CITIZENS)
            done = 0
            for citizen_id in found:
                done += reviewing.review(
                    session, citizen_id, explainer=explainer, today=_today(work)
                )
                if done >= reviewing.AT_ONCE:
                    break  # so that nobody who writes waits long
        if not found:
            return
        work.beat()


@jobs.handler("access.remove_outdated", every=timedelta(hours=6))
def remove_outdated(work: jobs.Work) -> None:
    """Remove what is older than is kept, by source and class; say how much that was."""
    with work.sessions.reading() as session:
        sources = [one for one in directory(session).sources.values() if one.sends]
    events, hashes, today = 0, 0, _today(work)
    for source in sources:
        for actor in Actor:
            old = partial(removing.remove_outdated, source=source, actor=actor, today=today)
            events += _emptied(work, old)
        hashes += _emptied(work, partial(removing.remove_hashes, source=source, today=today))
    reports = _emptied(work, removing.remove_refusals)
    log.info("access.removed", events=events, hashes=hashes, reports=reports)


@jobs.handler("access.forget_sent")
def forget_sent(work: jobs.Work, *, citizen: str, organisation: str) -> None:
    """Remove what a body sent of a citizen whose link to it ended, unless there is a new one."""
    citizen_id, organisation_id = UUID(citizen), UUID(organisation)
    with work.sessions.reading() as session:
        source_ids = [one.id for one in directory(session).sources_of(organisation_id)]

    def some(session: Session) -> int:
        if link_state(session, citizen_id, organisation_id) is LinkState.LINKED:
            return 0
        return removing.forget_sent(session, citizen_id, source_ids=source_ids)

    _emptied(work, some)


def _emptied(work: jobs.Work, remove: Callable[[Session], int]) -> int:
    """Remove until there is nothing more to remove, a transaction for each part; how many."""
    total = 0
    while True:
        with work.transaction() as session:
            gone = remove(session)
        if not gone:
            return total
        total += gone
        work.beat()


def _today(work: jobs.Work) -> date:
    today: date = work.parts["region"].today()
    return today


@jobs.handler("access.check_sources", every=EVERY)
def check_sources(work: jobs.Work) -> None:
    """Ask each source for a sign of life and for the period that it holds. Nothing personal."""
    with work.sessions.reading() as session:
        known = directory(session)
    settings = work.parts["settings"]
    caller = remote.Caller(work.parts["fetcher"], work.parts["signer"], settings.public_url)
    lines, well = list(_lines(known)), 0
    for start in range(0, len(lines), AT_ONCE):
        found = _round(caller, lines[start : start + AT_ONCE], seconds=settings.ask_seconds)
        with work.transaction() as session:
            _keep(session, found)
        work.beat()
        well += sum(each.well for each in found)
    _reckon(work)
    log.info("sources.checked", count=well)


def _reckon(work: jobs.Work) -> None:
    """Reckon anew how sources stand: after they were asked, or silence of ours would be theirs."""
    with work.sessions.reading() as session:
        found = reckoned(session, at=clock.now())
    with work.transaction() as session:
        bodies.keep_health(session, found)


def _round(caller: remote.Caller, lines: Sequence[Reached], *, seconds: float) -> Sequence[Checked]:
    """What these sources say, asked at the same time."""
    checking = _check_all(caller, lines, seconds=seconds)
    try:
        return caller.fetcher.wait(checking, seconds=seconds * 2 + SPARE)
    except Fault as fault:
        log.error("sources.not_checked", fault=fault.kind.value, count=len(lines))
        return ()


def _keep(session: Session, found: Sequence[Checked]) -> None:
    for each in found:
        if each.window is not None:
            bodies.note_window(
                session,
                each.source_id,
                window_from=each.window.start,
                window_to=each.window.end,
                told_at=clock.now(),
            )
        if each.well:
            bodies.note_answer(session, each.source_id, at=clock.now(), ms=each.ms)


@jobs.handler("access.holds", every=EVERY)
def end_holds(work: jobs.Work) -> None:
    """Show what was withheld and is to be shown now; what waits too long goes to oversight."""
    now = clock.now()
    today = _today(work)
    with work.transaction() as session:
        sound = releasing.clock_is_sound(session, now)
        if sound:
            releasing.move_to_oversight(session, today=today)
            releasing.forget_closed(session, now=now)
        waiting = releasing.due(session, today=today if sound else None)
    if not sound:
        log.warning("holds.clock_jumped")
    if waiting:
        _release(work, waiting)


def _release(work: jobs.Work, waiting: Sequence[UUID]) -> None:
    """Each by itself: one that does not open keeps no other back."""
    file = work.parts["settings"].held_key
    if file is None:
        log.error("holds.no_key", count=len(waiting))
        return
    opener, now = sealing.load_opener(file), clock.now()
    for at, hold_id in enumerate(waiting, 1):
        try:
            with work.transaction() as session:
                releasing.release(
                    session, hold_id, opener=opener, index=work.parts["index"], now=now
                )
        except sealing.CannotOpen:
            log.error("holds.cannot_open", count=1)
        if at % BEAT_EVERY == 0:
            work.beat()


@jobs.handler("access.digest", every=EVERY)
def digest_days(work: jobs.Work) -> None:
    """Sign each day that is over and has no digest, the oldest first, also one without events."""
    with work.sessions.reading() as session:
        days = digesting.days_to_digest(session, clock.now())
    for day in days:
        _keep_parts(work, day)
        with work.transaction() as session:
            digesting.sign_day(session, day, work.parts["signer"])
        work.beat()


def _keep_parts(work: jobs.Work, day: date) -> None:
    """Reads once and writes part by part, so that no request waits long for its turn."""
    with work.sessions.reading() as reading:
        for part, leaves in digesting.leaves_by_part(reading, day):
            with work.transaction() as session:
                digesting.keep_part(session, day, part, leaves)
            if part % PARTS_A_BEAT == 0:
                work.beat()


def _lines(known: Directory) -> Iterable[Reached]:
    for source in known.sources.values():
        if Question.ACCESSES in questions(source) and source.base_url is not None:
            audience = known.bodies[source.body_id].slug
            yield source.id, remote.Line(source.base_url, audience, pairwise="")


async def _check_all(
    caller: remote.Caller, lines: Iterable[Reached], *, seconds: float
) -> list[Checked]:
    checks = (_check(caller, source_id, line, seconds) for source_id, line in lines)
    return await asyncio.gather(*checks)


async def _check(
    caller: remote.Caller, source_id: UUID, line: remote.Line, seconds: float
) -> Checked:
    well, window, ms, asked_at = False, None, 0, clock.now()
    try:
        well = await remote.heartbeat(caller, line, until=caller.fetcher.moment(seconds))
        ms = round((clock.now() - asked_at) / timedelta(milliseconds=1))
        window = await remote.usage_period(caller, line, until=caller.fetcher.moment(seconds))
    except Fault as fault:
        log.warning("source.not_well", source=str(source_id), fault=fault.kind.value)
    return Checked(source_id, well, window, ms)
