"""Cells of a CSV file (RFC 4180): safe in a spreadsheet, and read back without loss.

A spreadsheet runs a cell that begins with ``=``, ``+``, ``-``, ``@`` (narrow or wide), a tab or a
carriage return, also after spaces and quotes. Such a cell gets an apostrophe before it, and so does
one that begins with an apostrophe itself. So whoever reads the file takes one apostrophe away where
a cell begins with one, and has the text as it was. Numbers are left as they are.

Some spreadsheets split a line at semicolons and tabs as well as commas. So a cell that holds one
stands in quotes, or what follows it there would be a cell that nobody guarded.
"""

import csv
import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Protocol

GUARD = "'"
RUNS = re.compile(r"""['\t\r\n]|[\s"'`´‘’“”]*[=+\-@\t\r＝＋－＠]""")
SEPARATOR = "; "
LINE_END, SPLIT_ELSEWHERE = "\r\n", ";\t"


class Sink(Protocol):
    def write(self, text: str, /) -> object: ...


class _Lines:
    """``csv`` puts a cell in quotes if it holds any letter of the line's end. So what others split
    at stands behind that end, and is taken off again."""

    def __init__(self, sink: Sink) -> None:
        self._write = sink.write

    def write(self, line: str) -> None:
        self._write(line.removesuffix(SPLIT_ELSEWHERE))


def writer(sink: Sink) -> Any:
    """Writes rows of cells with CRLF, as RFC 4180 has it."""
    return csv.writer(_Lines(sink), lineterminator=LINE_END + SPLIT_ELSEWHERE)


def cell(value: object) -> str:
    """A value as a cell holds it; nothing is an empty cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        return value.isoformat()
    return guarded(str(value))


def guarded(text: str) -> str:
    return GUARD + text if RUNS.match(text) else text


def joined(items: Iterable[str]) -> str:
    """Items in one cell, parted by semicolon and space. In an item, backslash and semicolon get a
    backslash before them."""
    return SEPARATOR.join(item.replace("\\", "\\\\").replace(";", "\\;") for item in items)


def _number(value: float) -> str:
    whole = isinstance(value, float) and value.is_integer() and abs(value) < 1e15
    return str(int(value)) if whole else repr(value)
