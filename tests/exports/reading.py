"""A package as somebody reads it who has only stock tools and the rule for cells."""

import csv
import io
import json
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from citizen_portal.exports.package import Column

READ: dict[str, Callable[[str], Any]] = {
    "string": lambda cell: cell.removeprefix("'"),
    "integer": int,
    "number": float,
    "boolean": {"true": True, "false": False}.__getitem__,
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
}


def files(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        assert opened.testzip() is None
        return {name: opened.read(name) for name in opened.namelist()}


def unpacked(package: bytes, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        opened.extractall(folder)
    return folder


def from_csv(raw: bytes, columns: tuple[Column, ...]) -> list[tuple[Any, ...]]:
    """Each row as values, by the stock module and the one-line rule."""
    head, *rows = csv.reader(io.StringIO(raw.decode(), newline=""), strict=True)
    assert head == [column.name for column in columns]
    return [
        tuple(
            READ[column.type](cell) if cell else None
            for cell, column in zip(row, columns, strict=True)
        )
        for row in rows
    ]


def from_lines(raw: bytes, columns: tuple[Column, ...]) -> list[tuple[Any, ...]]:
    """The same from JSON lines; days and moments are texts there."""
    rows = []
    for line in raw.decode().splitlines():
        said = json.loads(line)
        assert list(said) == [column.name for column in columns]
        rows.append(tuple(_value(said[column.name], column.type) for column in columns))
    return rows


def _value(said: Any, kind: str) -> Any:
    return READ[kind](said) if kind in {"date", "datetime"} and said is not None else said


def zipped(files: dict[str, bytes]) -> bytes:
    """Zipped again by a stock tool."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as into:
        for name, content in files.items():
            into.writestr(name, content)
    return out.getvalue()
