"""Both ways of a case in turn, so that they meet the same noise; what each took and cost."""

import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from tests import postgres
from tests.benchmarks.processes import cpu_ms, pss_mb
from tests.benchmarks.programs import PROGRAMS
from tests.benchmarks.rows import Case, How, Place, Row
from tests.benchmarks.sizes import QUICK

FEW = 2
"""Rounds of a quick run."""


@dataclass(frozen=True)
class Figure:
    """One line of the report. Medians; ``low`` to ``high`` is the middle half of the rounds."""

    row: str
    database: str
    case: str = ""
    figure: float = 0.0
    low: float = 0.0
    high: float = 0.0
    ours: float = 0.0
    limit: float | None = None
    cpu_ours: float = 0.0
    cpu_limit: float | None = None
    """Milliseconds of a core, for one round."""
    memory: float | None = None
    """Megabytes (PSS) of the server, or of the process that does the work, after the last round."""
    rounds: int = 0
    seconds: float = 0.0
    load: float = 0.0
    """Of the machine, over the minute before."""
    at: str = ""
    error: str = ""
    """Why there is no figure."""


@dataclass
class Side:
    """One of both ways: what its rounds gave, and what they cost."""

    way: Callable[[], float]
    server: int | None
    took: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def run(self, *, kept: bool) -> None:
        before = cpu_ms(self.server)
        took = self.way()
        if kept:
            self.took.append(took)
            self.cpu.append(cpu_ms(self.server) - before)


def measured(row: Row, database: str) -> list[Figure]:
    """Every case of a row on one database; where it cannot be, why."""
    try:
        with _place(row, database) as place, PROGRAMS[row.name](place) as cases:
            return [of_case(row, database, case) for case in cases]
    except postgres.AbsentError as error:
        return [Figure(row.name, database, error=str(error))]


@contextmanager
def _place(row: Row, database: str) -> Iterator[Place]:
    with TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if database == "postgresql":
            with postgres.started(postgres.DURABLE if row.durable else postgres.QUICK) as at:
                yield Place(database, f"postgresql+psycopg://portal@/postgres?host={at}", folder)
        else:
            yield Place(database, f"sqlite:///{folder}/bench.db", folder)


def of_case(row: Row, database: str, case: Case) -> Figure:
    start, load = time.perf_counter(), os.getloadavg()[0]
    ours = Side(case.ours, case.server)
    limit = Side(case.limit, case.limit_server) if case.limit else None
    for turn in range(case.warm + rounds(case)):
        for side in (limit, ours):
            if side is not None:
                side.run(kept=turn >= case.warm)
    found = [
        _figure(row.how, mine, theirs)
        for mine, theirs in zip(ours.took, limit.took if limit else ours.took, strict=True)
    ]
    low, figure, high = spread(found)
    return Figure(
        row.name,
        database,
        case.name,
        figure,
        low,
        high,
        ours=statistics.median(ours.took),
        limit=statistics.median(limit.took) if limit else None,
        cpu_ours=statistics.median(ours.cpu),
        cpu_limit=statistics.median(limit.cpu) if limit else None,
        memory=pss_mb(case.server) if case.here or case.server else None,
        rounds=len(found),
        seconds=time.perf_counter() - start,
        load=load,
        at=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def rounds(case: Case) -> int:
    return min(case.rounds, FEW) if QUICK else case.rounds


def _figure(how: How, ours: float, limit: float) -> float:
    """Of one round."""
    return {
        How.TIMES: lambda: ours / limit,
        How.SHARE: lambda: limit / ours,
        How.ADDED: lambda: ours - limit,
        How.MOST: lambda: ours,
        How.LEAST: lambda: ours,
    }[how]()


def spread(found: Sequence[float]) -> tuple[float, float, float]:
    """The median, and the quarters on both sides of it."""
    if len(found) == 1:
        return found[0], found[0], found[0]
    low, middle, high = statistics.quantiles(found, n=4, method="inclusive")
    return low, middle, high
