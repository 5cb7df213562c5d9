"""Asks each source for a sign of life, and reckons how it stands."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from citizen_portal import clock, jobs
from citizen_portal.access import remote
from citizen_portal.access.models import Question
from citizen_portal.access.queries.answers import questions
from citizen_portal.access.schemas import Window
from citizen_portal.bodies import actions as bodies
from citizen_portal.bodies.queries import Directory, directory, reckoned
from citizen_portal.fetch import Fault

EVERY = timedelta(minutes=5)
AT_ONCE = 20
"""Sources that are asked together; what they say is kept before the next are asked."""
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
