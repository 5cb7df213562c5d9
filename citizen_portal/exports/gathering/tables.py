"""A table of a copy, with the columns and words that the data file gives it."""

from collections.abc import Iterable
from typing import Any

from citizen_portal.exports.package import Column, Table
from citizen_portal.exports.words import in_language, table


def drawn(name: str, rows: Iterable[tuple[Any, ...]], language: str) -> Table:
    said = table(name)
    columns = tuple(
        Column(
            name=column,
            type=of["type"],
            title=in_language(of["title"], language),
            required=of.get("required", False),
        )
        for column, of in said["columns"].items()
    )
    return Table(
        name=name,
        title=in_language(said["title"], language),
        description=in_language(said["text"], language),
        columns=columns,
        rows=rows,
        key=tuple(said["key"]),
    )
