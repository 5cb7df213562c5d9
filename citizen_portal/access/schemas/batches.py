"""A batch of events as it comes over the wire: rows with their numbers, or why a row is none."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from citizen_portal.access.actions.receiving import RowFault
from citizen_portal.access.schemas.pushed import MOST_ROWS, Numbered
from citizen_portal.fetch import documents

MOST_VALUES = 1_000_000
"""More than a batch of any use has: in memory each value takes many times what it takes here."""
Read = tuple[list[Numbered], list[RowFault]]


class NoBatch(ValueError):
    """Why this is no batch at all, in words that hold none of it."""


def of_json(raw: bytes) -> Read:
    """The rows of ``{"events": […]}``; raises ``NoBatch``."""
    said = document(raw)
    rows = said.get("events") if isinstance(said, dict) and len(said) == 1 else None
    if not isinstance(rows, list):
        raise NoBatch('must be an object with the one field "events", a list')
    _check_count(len(rows))
    return list(enumerate(rows, 1)), []


def document(raw: bytes) -> Any:
    """The JSON document that is a batch; raises ``NoBatch``."""
    _check_values(raw)
    try:
        return documents.parse(raw)
    except documents.Unreadable as error:
        raise NoBatch(str(error)) from None


def of_lines(raw: bytes) -> Read:
    """The rows of NDJSON, numbered by their lines; raises ``NoBatch``.

    Line by line: a list of all would take far more memory than what was sent.
    """
    _check_values(raw)
    _check_count(sum(1 for _ in _said(raw)))
    rows, faults = [], []
    for number, line in _said(raw):
        try:
            rows.append((number, documents.parse(line)))
        except documents.Unreadable as error:
            faults.append(RowFault(number, "row", str(error)))
    return rows, faults


def _said(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """Lines that hold something. An empty one at the end is no row."""
    return ((number, line) for number, line in enumerate(BytesIO(raw), 1) if line.strip())


def _check_values(raw: bytes) -> None:
    """Before anything is made of them; commas and brackets in texts count too, but are few."""
    if sum(map(raw.count, (b",", b"[", b"{"))) > MOST_VALUES:
        raise NoBatch(f"holds more than {MOST_VALUES} values")


def _check_count(count: int) -> None:
    if count == 0:
        raise NoBatch("holds no event")
    if count > MOST_ROWS:
        raise NoBatch(f"holds more than {MOST_ROWS} events")
