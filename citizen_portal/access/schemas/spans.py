"""Spans as OpenTelemetry's exporters send them, whichever way they are written.

``protobuf_spans.py`` and ``json_spans.py`` read them into the same plain values, so that a span
means the same in both. Of attributes only those are read that mean something here.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from citizen_portal.access.actions.receiving import RowFault
from citizen_portal.access.schemas.batches import NoBatch
from citizen_portal.access.schemas.pushed import MOST_ROWS

T = TypeVar("T")
HEX = re.compile(r"[0-9a-fA-F]+")
MOST_ATTRIBUTES = 1_000
"""Attributes that one span or resource may have."""
MOST_ENTRIES = 100
"""So many entries of an array are read; more than that no attribute of ours may have."""
SUBJECT = "dpl.core.data_subject_id"
SUBJECT_TYPE = "dpl.core.data_subject_id_type"
ACTIVITY = "dpl.core.processing_activity_id"
PROCESSOR = "dpl.core.foreign_operation.processor"
SERVICE = "service.name"
OURS = "portal."
"""Begins the names of our own, on a span or on the resource for all of its spans."""
ON_SPANS = (SUBJECT, SUBJECT_TYPE, ACTIVITY, PROCESSOR)
OTHER = object()
"""Stands for a value of a kind that no attribute of ours has: a number, bytes, a map."""

Value = object
"""A text, true or false, a list of texts, or ``OTHER``."""
Pairs = Iterable[tuple[Any, Any]]
"""Names of attributes, and what is said under each."""


@dataclass(frozen=True, slots=True)
class Span:
    """One span, with its place in the batch counted from 1."""

    number: int
    trace_id: str
    """In lower case hex."""
    span_id: str
    name: Value
    start: int
    """Nanoseconds since 1970; 0 where it is not told."""
    end: int
    attributes: Mapping[str, Value]
    resource: Mapping[str, Value]


class Bad(Exception):
    """Why a span cannot be taken: the field, and a reason that repeats no value."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field, self.reason = field, reason


Attributes = dict[str, Value]
Read = tuple[list[Span], list[RowFault]]


def at_most(things: Iterable[T]) -> Iterator[T]:
    """These things; raises ``NoBatch`` where there are more than a batch may hold."""
    for count, thing in enumerate(things):
        if count == MOST_ROWS:
            raise NoBatch(f"holds more than {MOST_ROWS} spans")
        yield thing


def each(
    spans: Iterable[tuple[Attributes | Bad, T]], read: Callable[[int, T, Attributes], Span]
) -> Read:
    """The spans that can be read, and what is wrong with the others."""
    found: list[Span] = []
    faults: list[RowFault] = []
    for number, (resource, sent) in enumerate(spans, 1):
        try:
            if isinstance(resource, Bad):
                raise resource
            found.append(read(number, sent, resource))
        except Bad as bad:
            faults.append(RowFault(number, bad.field, bad.reason))
    return found, faults


def hex_id(field: str, written: Any, size: int) -> str:
    """This id of so many bytes, from its hex; raises ``Bad``."""
    good = isinstance(written, str) and len(written) == 2 * size and HEX.fullmatch(written)
    if not good or not written.strip("0"):
        raise Bad(field, f"must be {size} bytes, not all zero")
    return str(written).lower()


def of_span(pairs: Pairs, plain: Callable[[Any], Value]) -> Attributes:
    """What the attributes of a span say here; raises ``Bad``."""
    return _attributes(pairs, plain, ON_SPANS)


def of_resource(pairs: Pairs, plain: Callable[[Any], Value]) -> Attributes | Bad:
    """What those of a resource say, or why none of its spans can be taken."""
    try:
        return _attributes(pairs, plain, (SERVICE,))
    except Bad as bad:
        return Bad("resource", bad.reason)


def _attributes(pairs: Pairs, plain: Callable[[Any], Value], named: Iterable[str]) -> Attributes:
    names: set[str] = set()
    found: Attributes = {}
    for name, value in pairs:
        if not isinstance(name, str) or name in names:
            raise Bad("attributes", "must each have a name of its own")
        names.add(name)
        if len(names) > MOST_ATTRIBUTES:
            raise Bad("attributes", f"are more than {MOST_ATTRIBUTES}")
        if name in named or name.startswith(OURS):
            found[name] = plain(value)
    return {name: value for name, value in found.items() if value is not None}
