"""Writing a copy against reading and formatting its rows.

The limit reads the same rows from the same database and formats them by the standard library, once
as CSV and once as JSON lines, and keeps nothing: no page, no zip, no hash. How much the memory
grows is measured in a process of its own, over one that only reads.
"""

import csv
import json
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    select,
)

from citizen_portal.exports import package
from tests.benchmarks.processes import peak_mb
from tests.benchmarks.rows import Case, Place
from tests.benchmarks.sizes import size
from tests.exports import copies

ROWS = size(100_000, 1_000)
KINDS: dict[str, Any] = {
    "string": String,
    "datetime": DateTime,
    "boolean": Boolean,
    "date": Date,
    "integer": Integer,
    "number": Float,
}
TEXTS = ("system", "code", "categories", "agreement", "stands_out", "trigger")
COLUMNS = (*copies.LOOKS, *(package.Column(name, "string", name.title()) for name in TEXTS))
ROW = Table("look", MetaData(), *(Column(each.name, KINDS[each.type]) for each in COLUMNS))
MOMENTS = [at for at, column in enumerate(COLUMNS) if column.type == "datetime"]


@contextmanager
def copy(place: Place) -> Iterator[list[Case]]:
    _fill(place.url)
    yield [Case(_timed(written, place.url), _timed(formatted, place.url), rounds=7)]


@contextmanager
def growth(place: Place) -> Iterator[list[Case]]:
    _fill(place.url)

    def grown() -> float:
        return _peak(written, place.url) - _peak(read_only, place.url)

    yield [Case(grown, rounds=3, warm=0, here=False)]


def _timed(work: Callable[[str], None], url: str) -> Callable[[], float]:
    def way() -> float:
        start = time.perf_counter()
        work(url)
        return (time.perf_counter() - start) * 1000

    return way


def written(url: str) -> None:
    signer = copies.signer()
    what = copies.contents(copies.table(rows(url), columns=COLUMNS))
    with Path(os.devnull).open("wb") as out:
        package.write(out, what, signer=signer, beat=lambda _: None)


def formatted(url: str) -> None:
    names = [column.name for column in COLUMNS]
    with Path(os.devnull).open("w") as out:
        table = csv.writer(out)
        for row in rows(url):
            table.writerow(row)
            out.write(json.dumps(dict(zip(names, row, strict=True)), default=str))
            out.write("\n")


def read_only(url: str) -> None:
    for _ in rows(url):
        pass


def rows(url: str) -> Iterator[tuple[Any, ...]]:
    engine = create_engine(url)
    with engine.connect() as connection:
        for row in connection.execution_options(yield_per=1_000).execute(select(ROW)):
            values = list(row)
            for at in MOMENTS:
                values[at] = values[at].replace(tzinfo=UTC)
            yield tuple(values)
    engine.dispose()


def _peak(work: Callable[[str], object], url: str) -> float:
    """The most memory that a new process had while it worked, in MB."""
    context = multiprocessing.get_context("spawn")
    mine, theirs = context.Pipe()
    process = context.Process(target=_measured, args=(work, url, theirs))
    process.start()
    peak = float(mine.recv())
    process.join()
    return peak


def _measured(work: Callable[[str], object], url: str, to: Any) -> None:
    work(url)
    to.send(peak_mb())


def _fill(url: str) -> None:
    engine = create_engine(url)
    ROW.metadata.create_all(engine)
    started = datetime(2026, 11, 17, 14, 15)  # noqa: DTZ001  (as SQLite keeps it)
    with engine.begin() as connection:
        for first in range(0, ROWS, 10_000):
            count = min(10_000, ROWS - first)
            made = [_row(number, started) for number in range(first, first + count)]
            connection.execute(ROW.insert(), made)
    engine.dispose()


def _row(number: int, started: datetime) -> dict[str, object]:
    return {
        "id": f"{number * 7919:032x}",
        "occurred": started - timedelta(minutes=7 * number),
        "held_by": f"Agency number {number % 40} of invented people",
        "action": f"Looked at the record before visit {number}",
        "outcome": "given" if number % 3 else "refused",
        "emergency": number % 50 == 0,
        "shown_from": date(2026, 1, 1) if number % 2 else None,
        "times": number,
        "share": number / 8 if number % 5 else None,
        "system": f"Front desk {number % 11}",
        "code": f"B{number % 900:04}",
        "categories": "Name; HouseAddress; Income",
        "agreement": f"DSA-{number % 60:04}" if number % 9 else None,
        "stands_out": "=new" if number % 100 == 0 else None,
        "trigger": "duty",
    }
