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


class Batch:
    """Some rows, column by column; raises ``Unwritable``. What is no text is written down once."""

    def __init__(self, table: Table, rows: Sequence[Row]) -> None:
        self._columns: list[tuple[Column, Sequence[str | None]]] = []
        for column, values in zip(table.columns, zip(*rows, strict=True), strict=True):
            _check(table, column, values)
            self._columns.append((column, _plain(column, values)))

    def json_lines(self) -> str:
        """Each row as an object on a line of its own."""
        line = "{" + ",".join(f'"{column.name}":%s' for column, _ in self._columns) + "}\n"
        values = [
            ["null" if text is None else IN_JSON[column.type](text) for text in texts]
            for column, texts in self._columns
        ]
        lines = "".join([line % row for row in zip(*values, strict=True)])
        for letter, escaped in LINE_ENDS.items():
            lines = lines.replace(letter, escaped)
        return lines

    def csv_rows(self) -> Iterable[tuple[str, ...]]:
        """Each row as cells."""
        cells = [
            ["" if text is None else _cell(text) for text in texts]
            if column.type == "string"
            else [text or "" for text in texts]
            for column, texts in self._columns
        ]
        return zip(*cells, strict=True)


def moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _check(table: Table, column: Column, values: Sequence[Any]) -> None:
    """Raises ``Unwritable`` unless each value is what its column says."""
    kinds = set(map(type, values))
    if column.required and type(None) in kinds:
        raise Unwritable(f"table {table.name}, column {column.name}: nothing is said")
    if not kinds - {type(None)} <= TAKEN[column.type] or not CHECKS[column.type](values):
        raise Unwritable(f"table {table.name}, column {column.name}: no {column.type}")


def _plain(column: Column, values: Sequence[Any]) -> Sequence[str | None]:
    """Texts as they are, anything else as both forms write it but for quotes."""
    if column.type == "string":
        return values
    write = PLAIN[column.type]
    return [None if value is None else write(value) for value in values]


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
PLAIN: dict[Type, Callable[[Any], str]] = {
    "integer": str,
    "number": repr,
    "boolean": _truth,
    "date": date.isoformat,
    "datetime": moment,
}
IN_JSON: dict[Type, Callable[[str], str]] = {
    "string": encode_basestring,
    "integer": str,
    "number": str,
    "boolean": str,
    "date": _quoted,
    "datetime": _quoted,
}
