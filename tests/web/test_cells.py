"""Cells where a program splits lines at more than commas."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citizen_portal.web import cells

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0")) | st.text(";\t,\"'=\r\n x")


def written(rows: list[list[str]]) -> str:
    out = io.StringIO(newline="")
    cells.writer(out).writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize("separator", [";", "\t"])
@given(texts=st.lists(TEXTS, max_size=5))
def test_no_part_of_a_cell_is_a_cell_of_its_own(separator: str, texts: list[str]) -> None:
    """As to a spreadsheet for which comma, semicolon and tab each end a cell."""
    rows = [[str(number), cells.cell(text)] for number, text in enumerate(texts)]
    raw = written(rows)
    assert list(csv.reader(io.StringIO(raw, newline=""), strict=True)) == rows
    there = io.StringIO(raw.replace(",", separator), newline="")
    changed = [[cell.replace(",", separator) for cell in row] for row in rows]
    assert list(csv.reader(there, delimiter=separator, strict=True)) == changed


def test_only_what_needs_quotes_has_them() -> None:
    row = ["plain", "x;=1+1", "x\t=1", "", "a,b", 'say "so"', "two\r\nlines", "1.5"]
    quoted = 'plain,"x;=1+1","x\t=1",,"a,b","say ""so""","two\r\nlines",1.5\r\n'
    assert written([row]) == quoted
