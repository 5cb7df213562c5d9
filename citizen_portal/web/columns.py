"""Columns of tables of open data: where each takes its value from, and what it says of itself."""

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from citizen_portal.web import cells

Kind = Literal["string", "number", "integer", "boolean", "date", "datetime"]
Take = Callable[[Any], object]
"""Takes a cell's value out of what a row is made of."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column; ``about`` is its description in the data package."""

    name: str
    take: Take
    about: str
    kind: Kind = "string"
    needed: bool = False


def at(path: str) -> Take:
    """Takes what a document holds at a path such as ``opt_out.reason.en``."""
    steps = path.split(".")

    def take(document: Any) -> object:
        for step in steps:
            document = document.get(step) if isinstance(document, Mapping) else None
        return document

    return take


def listed(path: str) -> Take:
    """The same for a list of texts, joined in one cell."""
    take = at(path)

    def join(document: Any) -> object:
        items = take(document)
        return cells.joined(items) if isinstance(items, Iterable) else None

    return join


def text(path: str, about: str, **given: Any) -> Column:
    return Column(path.replace(".", "_"), at(path), about, **given)


def words(path: str, about: str, *, needed: bool = False) -> tuple[Column, Column]:
    """Two columns: English, and Welsh where there is one."""
    return (
        text(f"{path}.en", f"{about}, in English", needed=needed),
        text(f"{path}.cy", f"{about}, in Welsh"),
    )


def flat(columns: Iterable[Column | tuple[Column, ...]]) -> tuple[Column, ...]:
    """Columns and groups of columns as one row of columns."""
    groups = (each if isinstance(each, tuple) else (each,) for each in columns)
    return tuple(column for group in groups for column in group)


def table(columns: Sequence[Column], rows: Iterable[object]) -> str:
    """The rows as CSV, under the names of the columns."""
    into = io.StringIO(newline="")
    writer = cells.writer(into)
    writer.writerow(column.name for column in columns)
    for row in rows:
        writer.writerow(cells.cell(column.take(row)) for column in columns)
    return into.getvalue()


def field(column: Column) -> dict[str, Any]:
    """The column as a field of a Table Schema."""
    said: dict[str, Any] = {
        "name": column.name,
        "type": column.kind,
        "description": column.about,
    }
    if column.needed:
        said["constraints"] = {"required": True}
    return said
