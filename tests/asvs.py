"""``make asvs``: runs the tests that ``docs/asvs.csv`` names, and says what they stand for.

Each requirement of the OWASP ASVS 5.0.0 that is met by code names tests that would fail were it
broken. It ends with 1 where one of them did not pass, was skipped, or is not there. Given two
numbers, as ``1 2``, it takes the first of two parts of the table.
"""

import csv
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.gates import run

ROOT = Path(__file__).parents[1]
TABLE = ROOT / "docs/asvs.csv"
CODE = "code"


@dataclass(frozen=True)
class Requirement:
    """One row: its number, level from 1 to 3, how it is met, and by which tests."""

    id: str
    level: int
    met: str
    tests: tuple[str, ...]
    """``file.py::test_name``, from the folder of tests."""


def requirements() -> list[Requirement]:
    with TABLE.open(newline="", encoding="utf-8") as file:
        return [
            Requirement(row["id"], int(row["level"]), row["met"], tuple(row["tests"].split()))
            for row in csv.DictReader(file)
        ]


def passed(names: set[str]) -> set[str]:
    """Those of these tests that ran, each of them with each of its parameters, and passed."""
    wanted = sorted(f"tests/{name}" for name in names)
    print(f"{len(wanted)} tests in {len({one.partition('::')[0] for one in wanted})} files")
    seen = run(wanted)
    return seen.names(seen.good) - seen.names(seen.bad)


def main() -> int:
    part, of = map(int, sys.argv[1:] or (1, 1))
    rows = [one for one in requirements() if one.met == CODE and one.level <= 2]
    rows = rows[len(rows) * (part - 1) // of : len(rows) * part // of]
    names = {name for row in rows for name in row.tests}
    good = passed(names)
    lacking = [(row, [one for one in row.tests if one not in good]) for row in rows]
    for row, which in lacking:
        if which or not row.tests:
            print(f"V{row.id} (L{row.level}) is not shown: {', '.join(which) or 'no test'}")
    shown = Counter(row.level for row, which in lacking if not which and row.tests)
    asked = Counter(row.level for row in rows)
    for level in sorted(asked):
        print(f"Level {level}: {shown[level]} of {asked[level]} met by code are shown by tests")
    return 0 if shown == asked else 1


if __name__ == "__main__":
    sys.exit(main())
