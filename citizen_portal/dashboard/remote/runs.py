"""What one process is asking for each session, and how threads wait for it to end."""

import os
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from citizen_portal import clock

MANY = 500
Key = tuple[UUID, UUID]
"""A citizen and a session of theirs."""


@dataclass
class Run:
    """What is being asked for one session."""

    planning: int = 0
    asking: dict[UUID, int] = field(default_factory=dict)
    """How many questions each source has yet to answer."""
    settled: set[UUID] = field(default_factory=set)
    """Sources that were settled since the planning began, which cannot know of it."""
    lost: set[UUID] = field(default_factory=set)
    """Sources whose outcome could not be kept. They are to be asked again."""
    bodies: frozenset[UUID] = frozenset()
    fresh_until: datetime | None = None
    elsewhere: bool = False
    """Whether another process was asking when this one looked."""

    @property
    def idle(self) -> bool:
        return not self.planning and not self.asking

    @property
    def fresh(self) -> bool:
        """Whether what was asked for has been answered of late, or is being asked."""
        return not self.lost and self.fresh_until is not None and clock.now() < self.fresh_until


@dataclass
class Runs:
    """The runs of one process. Safe to use from every thread; made anew after a fork."""

    pid: int = field(default_factory=os.getpid)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _runs: dict[Key, Run] = field(default_factory=dict)
    _told: dict[tuple[str, UUID], float] = field(default_factory=dict)

    def of(self, key: Key) -> Run:
        with self._changed:
            if len(self._runs) > MANY:
                self._forget_old()
            return self._runs.setdefault(key, Run())

    def start_planning(self, run: Run, *, though_planning: bool) -> bool:
        """Note that a plan is being made; not beside another one unless told to."""
        with self.changing():
            if run.planning and not though_planning:
                return False
            if not run.planning:
                run.settled.clear()
            run.planning += 1
            return True

    def end_planning(self, run: Run) -> None:
        with self.changing():
            run.planning -= 1

    def covers(self, run: Run, bodies: Collection[UUID]) -> bool:
        """Whether these bodies have been asked of late, or are being asked."""
        with self._changed:
            return run.fresh and run.bodies.issuperset(bodies)

    def lost(self, run: Run) -> frozenset[UUID]:
        with self._changed:
            return frozenset(run.lost)

    def elsewhere(self, run: Run) -> bool:
        with self._changed:
            return run.elsewhere

    def settled_elsewhere(self, run: Run) -> None:
        """What another process was asking has its outcome."""
        with self.changing():
            run.elsewhere = False

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Change a run; whoever waits looks again."""
        with self._changed:
            yield
            self._changed.notify_all()

    def wait(self, run: Run, *, seconds: float) -> bool:
        """Whether the run had nothing left to ask within this time, and all of it was kept."""
        with self._changed:
            return self._changed.wait_for(lambda: run.idle, timeout=seconds) and not run.lost

    def settle(self, run: Run, source_id: UUID, kept: bool) -> None:
        """One question to a source has its outcome, and that was kept or is lost."""
        with self.changing():
            if not kept:
                run.lost.add(source_id)
            left = run.asking.get(source_id, 0) - 1
            if left > 0:
                run.asking[source_id] = left
            else:
                run.asking.pop(source_id, None)
                if source_id not in run.lost:
                    run.settled.add(source_id)

    def due(self, what: str, source_id: UUID, *, age: float) -> bool:
        """Whether this was last done for the source longer ago than ``age``; now it is done."""
        now = time.monotonic()
        with self._changed:
            last = self._told.get((what, source_id))
            if last is not None and now - last < age:
                return False
            self._told[what, source_id] = now
            return True

    def _forget_old(self) -> None:
        for key, run in list(self._runs.items()):
            if run.idle and not run.fresh:
                del self._runs[key]
