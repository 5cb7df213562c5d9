"""Writing a copy against reading and formatting its rows: `python -m tests.benchmarks.package`.

The limit reads the same rows from the same database and formats them by the standard library, once
as CSV and once as JSON lines, and keeps nothing: no page, no zip, no hash. Both are run in turn.
How much the memory grows is measured in a process of its own, over one that only reads.
"""

import csv
import json
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
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
from tests.exports import copies

SIZES = (1_000, 10_000, 100_000)
ROUNDS = {1_000: 15, 10_000: 9, 100_000: 5}
BAR, MOST_GROWTH = 1.6, 50
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


def main() -> int:
    held = []
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            url = f"sqlite:///{folder}/{size}.db"
            _fill(url, size)
            held += [compared(url, size), grown(url, size)]
    return 0 if all(held) else 1


def compared(url: str, size: int) -> bool:
    times: dict[Callable[[str], object], list[float]] = {written: [], formatted: []}
    for _ in range(ROUNDS[size]):
        for work, taken in times.items():
            start = time.perf_counter()
            work(url)
            taken.append((time.perf_counter() - start) * 1000)
    mine, limit = (statistics.median(taken) for taken in times.values())
    print(
        f"{size:7,} rows: copy {mine:,.0f} ms, read and formatted {limit:,.0f} ms, "
        f"{mine / limit:.2f}x (bar at {SIZES[-1]:,}: {BAR}x)",
        flush=True,
    )
    return size < SIZES[-1] or mine / limit <= BAR


def grown(url: str, size: int) -> bool:
    growth = _peak(written, url) - _peak(read_only, url)
    print(f"{size:7,} rows: memory grows by {growth:.0f} MB (bar: {MOST_GROWTH} MB)", flush=True)
    return growth <= MOST_GROWTH


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
    lines = Path("/proc/self/status").read_text().splitlines()
    [peak] = [line.split()[1] for line in lines if line.startswith("VmHWM:")]
    to.send(int(peak) / 1024)


def _fill(url: str, size: int) -> None:
    engine = create_engine(url)
    ROW.metadata.create_all(engine)
    started = datetime(2026, 11, 17, 14, 15)  # noqa: DTZ001  (as SQLite keeps it)
    with engine.begin() as connection:
        for first in range(0, size, 10_000):
            count = min(10_000, size - first)
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


if __name__ == "__main__":
    sys.exit(main())
