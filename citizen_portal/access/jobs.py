"""What the worker does for access: looks whether sources are well, forgets old answers."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog

from citizen_portal import clock, jobs
from citizen_portal.access import actions, remote
from citizen_portal.access.models import Question
from citizen_portal.access.queries.answers import questions
from citizen_portal.access.schemas import Window
from citizen_portal.bodies import actions as bodies
from citizen_portal.bodies.queries import Directory, directory
from citizen_portal.fetch import Fault, Fetcher

EVERY = timedelta(minutes=5)
AT_ONCE = 20

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Checked:
    source_id: UUID
    well: bool
    window: Window | None


@jobs.handler("access.forget_answers", every=EVERY)
def forget_answers(work: jobs.Work) -> None:
    with work.transaction() as session:
        actions.forget_expired(session)


@jobs.handler("access.check_sources", every=EVERY)
def check_sources(work: jobs.Work) -> None:
    """Ask each source for a sign of life and for the period that it holds. Nothing personal."""
    with work.sessions.reading() as session:
        known = directory(session)
    settings = work.parts["settings"]
    fetcher = Fetcher(settings.loopback_hosts, settings.fetch_max_bytes)
    caller = remote.Caller(fetcher, work.parts["signer"], settings.public_url)
    lines = list(_lines(known))
    checking = _check_all(caller, lines, seconds=settings.ask_seconds)
    # Rounds of so many at once, each with two questions that may take their whole time.
    rounds = len(lines) // AT_ONCE + 1
    found = fetcher.wait(checking, seconds=rounds * settings.ask_seconds * 2 + 1)
    with work.transaction() as session:
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
                bodies.note_answer(session, each.source_id, at=clock.now())
    log.info("sources.checked", count=sum(each.well for each in found))


def _lines(known: Directory) -> Iterable[tuple[UUID, remote.Line]]:
    for source in known.sources.values():
        if Question.ACCESSES in questions(source) and source.base_url is not None:
            audience = known.bodies[source.body_id].slug
            yield source.id, remote.Line(source.base_url, audience, pairwise="")


async def _check_all(
    caller: remote.Caller, lines: Iterable[tuple[UUID, remote.Line]], *, seconds: float
) -> list[Checked]:
    turn = asyncio.Semaphore(AT_ONCE)

    async def check(source_id: UUID, line: remote.Line) -> Checked:
        async with turn:
            return await _check(caller, source_id, line, seconds)

    return await asyncio.gather(*(check(source_id, line) for source_id, line in lines))


async def _check(
    caller: remote.Caller, source_id: UUID, line: remote.Line, seconds: float
) -> Checked:
    well, window = False, None
    try:
        well = await remote.heartbeat(caller, line, until=caller.fetcher.moment(seconds))
        window = await remote.usage_period(caller, line, until=caller.fetcher.moment(seconds))
    except Fault as fault:
        log.warning("source.not_well", source=str(source_id), fault=fault.kind.value)
    return Checked(source_id, well, window)
