"""Each bar has a program, what misses it is known, and the page says what bounds it."""

import re
from pathlib import Path

import pytest

from tests.benchmarks.programs import PROGRAMS
from tests.benchmarks.report import Gap, known_gaps, table, written
from tests.benchmarks.rows import Row, bars

ROWS = bars()
PAGE = (Path(__file__).parents[2] / "docs/performance.md").read_text()


def test_each_row_has_a_program_and_each_program_a_bar() -> None:
    assert list(PROGRAMS) == list(ROWS)


@pytest.mark.parametrize("row", ROWS.values(), ids=list(ROWS))
def test_a_row_names_its_limit_where_its_bar_is_set_against_one(row: Row) -> None:
    assert bool(row.limit) == (row.how in {"times", "share", "added"})
    assert row.aim is None or all(row.reaches(row.aim, bar) for bar in row.bars.values())


@pytest.mark.parametrize("gap", known_gaps(), ids=lambda gap: f"{gap.row}-{gap.database}")
def test_a_known_gap_is_of_a_row_misses_its_bar_and_says_where_it_goes(gap: Gap) -> None:
    row = ROWS[gap.row]
    assert not row.reaches(gap.measured, row.bars[gap.database])
    assert len(gap.why.split()) >= 8


def test_no_gap_is_told_twice() -> None:
    places = [(gap.row, gap.database, gap.case) for gap in known_gaps()]
    assert len(places) == len(set(places))


def test_the_page_says_what_bounds_each_row() -> None:
    told = re.findall(r"^\* `([a-z-]+)`", PAGE, re.MULTILINE)
    assert told == list(ROWS)


def test_the_table_of_the_page_holds_each_bar_as_it_is_now() -> None:
    made = table(ROWS, [], known_gaps())
    heads = [_head(line) for line in made.splitlines()]
    shown = {_head(line) for line in PAGE.splitlines() if line.startswith("|")}
    assert [head for head in heads if head not in shown] == []


def test_the_table_alone_is_made_anew() -> None:
    page = "# Title\n\n<!-- figures -->\n\nold\n\n<!-- end of figures -->\n\nafter\n"
    made = written(page, "new")
    assert made == page.replace("old", "new")
    assert written(made, "old") == page


def _head(line: str) -> tuple[str, ...]:
    """Row and database, bar and aim; a case stands between the first two."""
    cells = line.split("|")
    where = re.sub(r"^( `[a-z-]+`)[^,]*", r"\1", cells[1])
    return (where, *cells[2:4])
