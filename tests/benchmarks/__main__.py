"""Measures what is to be fast beside its limit, in one run: `python -m tests.benchmarks [ROW …]`.

Each row has, on each database, a process of its own, so that none meets what another left behind.
What was found is printed as it comes and kept in ``.bench/report.json``. Ends well when each bar
holds or stands in ``known-gaps.toml``; with ``--report`` it always does, and the table in
``docs/performance.md`` is made anew. ``QUICK=1`` shows that each row runs, and no more than that.
"""

import argparse
import multiprocessing
import sys
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.benchmarks import report
from tests.benchmarks.measuring import Figure, measured
from tests.benchmarks.rows import Row, bars
from tests.benchmarks.sizes import QUICK

KEPT = Path(".bench") / ("quick.json" if QUICK else "report.json")
PAGE = Path("docs/performance.md")


def main(given: Sequence[str] | None = None) -> int:
    rows, gaps = bars(), report.known_gaps()
    asked = _arguments(list(rows)).parse_args(given)
    wanted = [rows[name] for name in asked.rows or rows]
    found, good = [], any(asked.database in {None, *row.bars} for row in wanted)
    for one in [] if asked.table else _figures(wanted, asked.database):
        state = report.state(rows[one.row], one, gaps)
        print(report.line(rows[one.row], one, state), flush=True)
        found.append(one)
        good = good and state.good
        report.keep(KEPT, rows, found, gaps)
    if (asked.table or asked.report) and not QUICK:
        made = report.table(rows, report.kept(KEPT), gaps)
        PAGE.write_text(report.written(PAGE.read_text(), made))
    return 0 if good or asked.report else 1


def _arguments(names: list[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument(
        "rows", nargs="*", metavar="ROW", help=", ".join(names), choices=[*names, []]
    )
    parser.add_argument("--database", choices=["sqlite", "postgresql"], help="on this one alone")
    parser.add_argument("--report", action="store_true", help="end well, and write the table")
    parser.add_argument("--table", action="store_true", help="only write the table of what is kept")
    return parser


def _figures(rows: Sequence[Row], only: str | None) -> Iterator[Figure]:
    """One row and database after another; one that breaks does not keep the next ones."""
    anew = multiprocessing.get_context("spawn")
    for row in rows:
        for database in [one for one in row.bars if only in {None, one}]:
            with ProcessPoolExecutor(1, mp_context=anew) as process:
                try:
                    yield from process.submit(measured, row, database).result()
                except Exception as error:
                    traceback.print_exception(error)
                    said = f"{type(error).__name__}: {error}".splitlines()[0]
                    yield Figure(row.name, database, error=said)


if __name__ == "__main__":
    sys.exit(main())
