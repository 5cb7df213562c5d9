"""Values as texts, a whole column of some rows at once: for CSV and for JSON.

In CSV an empty cell is "not said". A text's cell that begins with an apostrophe holds the text
without that one (see ``web/cells.py``); so a text of no letters is a lone apostrophe.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from json.encoder import encode_basestring
from typing import Any

from citizen_portal.exports.package.contents import Column, Table, Type
from citizen_portal.web import cells

Row = tuple[Any, ...]
TAKEN: dict[Type, set[type]] = {
    "string": {str},
    "integer": {int},
    "number": {int, float},
    "boolean": {bool},
    "date": {date},
    "datetime": {datetime},
}
LINE_ENDS = {"\u2028": "\\u2028", "\u2029": "\\u2029", "\x85": "\\u0085"}
"""What some programs take for the end of a line of JSON lines, or of a script."""


class Unwritable(Exception):
    """A value that is not what its column says; names the place, never the value."""


def json_lines(table: Table, rows: Sequence[Row]) -> str:
    """Each row as an object on a line of its own."""
    line = "{" + ",".join(f'"{column.name}":%s' for column in table.columns) + "}\n"
    return "".join([line % row for row in _written(table, rows, IN_JSON, "null")])


def csv_rows(table: Table, rows: Sequence[Row]) -> Iterable[tuple[str, ...]]:
    """Each row as cells."""
    return _written(table, rows, IN_CSV, "")


def safe_in_lines(text: str) -> str:
    for letter, escaped in LINE_ENDS.items():
        text = text.replace(letter, escaped)
    return text


def check(table: Table, rows: Sequence[Row]) -> None:
    """Raises ``Unwritable`` unless each value is what its column says."""
    for column, values in _turned(table, rows):
        kinds = set(map(type, values))
        nothing = type(None) in kinds
        if column.required and nothing:
            raise Unwritable(f"table {table.name}, column {column.name}: nothing is said")
        if not kinds - {type(None)} <= TAKEN[column.type] or not CHECKS[column.type](values):
            raise Unwritable(f"table {table.name}, column {column.name}: no {column.type}")


def moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _turned(table: Table, rows: Sequence[Row]) -> Iterable[tuple[Column, tuple[Any, ...]]]:
    return zip(table.columns, zip(*rows, strict=True), strict=True)


def _written(
    table: Table, rows: Sequence[Row], write: dict[Type, Callable[[Any], str]], nothing: str
) -> Iterable[tuple[str, ...]]:
    """The columns, each written in one go, turned back into rows."""
    columns = []
    for column, values in _turned(table, rows):
        one = write[column.type]
        columns.append([nothing if value is None else one(value) for value in values])
    return zip(*columns, strict=True)


def _cell(text: str) -> str:
    if text[:1].isalnum():  # what most begin with needs no closer look
        return text
    return cells.guarded(text) or cells.GUARD


def _quoted(text: str) -> str:
    return f'"{text}"'


def _truth(value: bool) -> str:
    return "true" if value else "false"


def _no_nul(texts: Iterable[str | None]) -> bool:
    whole = "".join([text for text in texts if text])
    try:
        whole.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in whole


def _finite(numbers: Iterable[float | None]) -> bool:
    return all(math.isfinite(number) for number in numbers if number is not None)


def _placed(moments: Iterable[datetime | None]) -> bool:
    """Whether each says how far from UTC it is."""
    return all(at.tzinfo is not None for at in moments if at is not None)


def _any(_: Iterable[object]) -> bool:
    return True


CHECKS: dict[Type, Callable[[Iterable[Any]], bool]] = {
    "string": _no_nul,
    "integer": _any,
    "number": _finite,
    "boolean": _any,
    "date": _any,
    "datetime": _placed,
}
IN_CSV: dict[Type, Callable[[Any], str]] = {
    "string": _cell,
    "integer": str,
    "number": repr,
    "boolean": _truth,
    "date": date.isoformat,
    "datetime": moment,
}
IN_JSON: dict[Type, Callable[[Any], str]] = {
    **IN_CSV,
    "string": encode_basestring,
    "date": lambda day: _quoted(day.isoformat()),
    "datetime": lambda at: _quoted(moment(at)),
}
