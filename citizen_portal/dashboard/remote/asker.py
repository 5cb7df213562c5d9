"""The asker: asks outside requests, each source once at a time for a session; pages may wait."""

import asyncio
import os
import threading
import time
from collections.abc import Collection, Coroutine
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from datetime import time as of_day
from functools import partial
from typing import Any
from uuid import UUID

import structlog

from citizen_portal import clock, region
from citizen_portal.access.actions import Kept
from citizen_portal.access.models import Outcome, Question
from citizen_portal.access.queries import AccessEvent, EventKeys, Explainer, explained_events
from citizen_portal.access.queries.answers import questions
from citizen_portal.access.remote import Caller, Told, find_usage
from citizen_portal.agreements.queries import register_terms
from citizen_portal.bodies.queries import directory
from citizen_portal.dashboard.remote import asking, planning
from citizen_portal.dashboard.remote.asking import Limits, Tools, Whose
from citizen_portal.dashboard.remote.keeping import Keeper, Note
from citizen_portal.dashboard.remote.planning import Asked, Plan
from citizen_portal.dashboard.remote.runs import Run, Runs
from citizen_portal.db import Sessions
from citizen_portal.errors import Unavailable
from citizen_portal.fetch import Fault, Fetcher
from citizen_portal.reach import of_citizen
from citizen_portal.sealing import Index, Sealer
from citizen_portal.settings import Settings
from citizen_portal.signing import Signer

WINDOW_AGE = 15 * 60.0
"""Seconds after which a source is asked again which period it holds."""
NEWS_AGE = 10 * 60.0
"""Seconds after which it is news again that a source answers."""
LOOK_EVERY = 0.03
"""Seconds between two looks at what another process writes."""
A_LITTLE = 0.2
"""Seconds beyond its time after which a call that did not end by itself is let go."""
THREADS = 3

log = structlog.get_logger()


@dataclass(frozen=True)
class Here:
    """What the asker has in one process."""

    threads: ThreadPoolExecutor
    keeper: Keeper
    runs: Runs = field(default_factory=Runs)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def go(self, work: Coroutine[Any, Any, None]) -> None:
        """Run on the loop; held here, since the loop itself would let go of it."""
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)


class Asker:
    """One per app. Asks on the loop of ``fetch`` and keeps answers in groups."""

    def __init__(
        self,
        settings: Settings,
        *,
        sessions: Sessions,
        fetcher: Fetcher,
        signer: Signer,
        sealer: Sealer,
        index: Index,
    ) -> None:
        self._sessions = sessions
        self._index = index
        self._zone = region.load(settings.region).zone
        self._fetcher = fetcher
        self._tools = Tools(
            Caller(self._fetcher, signer, settings.public_url),
            sealer,
            Limits(settings.ask_seconds, settings.fetch_max_rows, settings.answers_minutes),
        )
        self._made: Here | None = None
        self._making = threading.Lock()

    def begin(self, who: Whose) -> None:
        """Ask what is missing, without waiting."""
        here = self._here()
        run = here.runs.of((who.citizen_id, who.sign_in_id))
        if here.runs.start_planning(run, though_planning=False):
            self._fetcher.start(self._ask(here, who, run, again=None))

    def again(self, who: Whose, source_id: UUID) -> None:
        """Ask one source again, and what else is missing, without waiting for answers.

        Raises ``NotFound`` for a source that cannot be asked about this citizen. One that was
        asked a moment ago is let be.
        """
        with self._of(who).reading() as session:
            planning.check_askable(session, who, source_id)
        here = self._here()
        run = here.runs.of((who.citizen_id, who.sign_in_id))
        here.runs.start_planning(run, though_planning=True)
        self._fetcher.start(self._ask(here, who, run, again=source_id))

    def covers(self, who: Whose, bodies: Collection[UUID]) -> bool:
        """Whether these bodies have been asked of late, or are being asked."""
        runs = self._here().runs
        return runs.covers(runs.of((who.citizen_id, who.sign_in_id)), bodies)

    def wait(self, who: Whose, upto: float) -> bool:
        """Ask what is missing by what is known here, and wait at most so many seconds.

        Says whether each question has its outcome by then. ``covers`` knows of bodies that were
        linked since.
        """
        here, end = self._here(), time.monotonic() + upto
        run = here.runs.of((who.citizen_id, who.sign_in_id))
        if not here.runs.covers(run, ()):
            self.begin(who)
        if not here.runs.wait(run, seconds=upto):
            return False
        if here.runs.elsewhere(run):
            if not self._settled_elsewhere(who, end):
                return False
            here.runs.settled_elsewhere(run)
        return True

    def find_one(self, who: Whose, event_id: str, *, upto: float) -> AccessEvent | None:
        """The access of that name, asked from its source for its day only.

        None if the source no longer shows it. Raises ``NotFound`` for what cannot be a name of
        this citizen's, and ``Unavailable`` when the source does not answer within
        so many seconds.
        """
        keys = EventKeys(self._index, who.citizen_id)
        where = keys.where(event_id)
        with self._of(who).reading() as session:
            asked = planning.line_of(session, who, where)
            explainer = Explainer(directory(session), register_terms(session), self._zone)
        start = datetime.combine(where.day, of_day(), UTC)
        try:
            told = self._fetcher.wait(self._one_day(asked, start, upto), seconds=upto + A_LITTLE)
        except Fault:
            raise Unavailable("The body did not answer. Try again in a minute.") from None
        named = keys.name_all(asked.source.id, told.pages)
        found = explained_events(
            (each for each in named if each[0] == event_id),
            source_id=asked.source.id,
            proven=told.proven,
            explainer=explainer,
        )
        return next(found, None)

    async def _one_day(self, asked: Asked, start: datetime, seconds: float) -> Told:
        return await find_usage(
            self._tools.caller,
            asked.line,
            until=self._fetcher.moment(seconds),
            max_rows=self._tools.limits.max_rows,
            since=start,
            before=start + timedelta(days=1),
        )

    def _of(self, who: Whose) -> Sessions:
        return self._sessions.of(of_citizen(who.citizen_id))

    def _here(self) -> Here:
        """What belongs to this process; a forked one begins anew."""
        with self._making:
            if self._made is None or self._made.runs.pid != os.getpid():
                threads = ThreadPoolExecutor(THREADS, thread_name_prefix="asker")
                self._made = Here(threads, Keeper(self._sessions, threads))
            return self._made

    async def _ask(self, here: Here, who: Whose, run: Run, *, again: UUID | None) -> None:
        loop = asyncio.get_running_loop()
        try:
            lost = here.runs.lost(run)
            plan = await loop.run_in_executor(here.threads, self._plan, who, again, lost)
            self._begin_all(here, who, run, plan, anew=lost | {again})
        except Exception as error:  # the page that waits shows them as still being asked
            log.error("asking.not_begun", fault=type(error).__name__)
        finally:
            here.runs.end_planning(run)

    def _plan(self, who: Whose, again: UUID | None, lost: Collection[UUID]) -> Plan:
        with self._of(who).reading() as session:
            return planning.plan(session, who, again=again, lost=lost)

    def _begin_all(
        self, here: Here, who: Whose, run: Run, plan: Plan, *, anew: AbstractSet[UUID | None]
    ) -> None:
        """Begin the questions to each source of the plan that is not being asked from here."""
        with here.runs.changing():
            known = run.asking.keys() | run.settled.difference(anew)
            fresh = [asked for asked in plan.ask if asked.source.id not in known]
            run.bodies = plan.bodies
            run.lost -= anew - run.asking.keys()
            run.elsewhere = not plan.under_way <= known
            later = clock.now() + timedelta(minutes=self._tools.limits.minutes)
            run.fresh_until = min(plan.fresh_until or later, later)
            run.asking.update((each.source.id, len(questions(each.source))) for each in fresh)
        keys = EventKeys(self._index, who.citizen_id)
        for asked in fresh:
            blanks = [
                asking.blank(who, asked.source.id, question, self._tools.limits)
                for question in questions(asked.source)
            ]
            here.keeper.put(Note(blanks))
            for blank in blanks:
                if blank.question is Question.ACCESSES:
                    here.go(self._accesses(here, run, blank, asked, keys))
                else:
                    here.go(self._holdings(here, run, blank, asked))

    async def _accesses(
        self, here: Here, run: Run, blank: Kept, asked: Asked, keys: EventKeys
    ) -> None:
        source_id = asked.source.id
        want = here.runs.due("window", source_id, age=WINDOW_AGE)
        kept, window = await asking.ask_accesses(
            blank, line=asked.line, keys=keys, tools=self._tools, want_window=want
        )
        news = self._is_news(here, kept)
        here.keeper.put(Note([kept], window, news, partial(here.runs.settle, run, source_id)))

    async def _holdings(self, here: Here, run: Run, blank: Kept, asked: Asked) -> None:
        kept = await asking.ask_holdings(blank, line=asked.line, tools=self._tools)
        only = Question.ACCESSES not in questions(asked.source)  # it sends accesses itself
        news = only and self._is_news(here, kept)
        then = partial(here.runs.settle, run, asked.source.id)
        here.keeper.put(Note([kept], answered=news, then=then))

    def _is_news(self, here: Here, kept: Kept) -> bool:
        """Whether a source answered that was not known a moment ago to answer."""
        answered = kept.outcome in {Outcome.ANSWERED, Outcome.EMPTY}
        return answered and here.runs.due("answer", kept.source_id, age=NEWS_AGE)

    def _settled_elsewhere(self, who: Whose, end: float) -> bool:
        """Look at what another process writes, until it is done or the time is over."""
        while True:
            with self._of(who).reading() as session:
                if not planning.still_asked(session, who):
                    return True
            if time.monotonic() + LOOK_EVERY > end:
                return False
            time.sleep(LOOK_EVERY)
