"""Spans in protobuf, as most of OpenTelemetry's exporters send them.

Read span by span: a whole batch made into objects takes up to ninety times what was sent.
"""

from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any

from google.protobuf.message import DecodeError
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import Span as Sent

from citizen_portal.access.schemas.batches import NoBatch
from citizen_portal.access.schemas.pushed import MOST_ROWS
from citizen_portal.access.schemas.spans import (
    MOST_ENTRIES,
    OTHER,
    Attributes,
    Bad,
    Pairs,
    Read,
    Span,
    Value,
    at_most,
    each,
    hex_id,
    of_resource,
    of_span,
)

RESOURCE_SPANS, RESOURCE, SCOPE_SPANS, SPANS = 1, 1, 2, 2
"""Numbers of the fields that lead to a span."""
VARINT, EIGHT_BYTES, SIZED, FOUR_BYTES = 0, 1, 2, 5
"""How the value of a field is written. Groups, the other way, are not used any more."""
MOST_FIELDS = 10 * MOST_ROWS
"""Fields of a batch outside its spans."""
LARGEST = 1_000_000
"""Bytes that one span or resource may have."""
TOO_LARGE = f"is larger than {LARGEST} bytes"


def of_protobuf(raw: bytes) -> Read:
    """The spans of an ``ExportTraceServiceRequest``; raises ``NoBatch``."""
    steps = count(1)
    sent = (part for name, part in _fields(memoryview(raw), steps) if name == RESOURCE_SPANS)
    groups = (_group(group, steps) for group in at_most(sent))
    scopes = at_most((resource, scope) for resource, scopes in groups for scope in scopes)
    spans = at_most(
        (resource, span)
        for resource, scope in scopes
        for name, span in _fields(scope, steps)
        if name == SPANS
    )
    try:
        return each(spans, _span)
    except (DecodeError, IndexError):
        raise NoBatch("is not an ExportTraceServiceRequest in protobuf") from None


def _group(raw: memoryview, steps: Iterator[int]) -> tuple[Attributes | Bad, list[memoryview]]:
    """What a resource says, and the scopes of its spans."""
    parts = list(_fields(raw, steps))
    resource = _resource(b"".join(part for name, part in parts if name == RESOURCE))
    return resource, [part for name, part in parts if name == SCOPE_SPANS]


def _fields(raw: memoryview, steps: Iterator[int]) -> Iterator[tuple[int, memoryview]]:
    """The fields of one message that hold bytes; raises ``NoBatch`` where there are too many."""
    at, end = 0, len(raw)
    while at < end:
        if next(steps) > MOST_FIELDS:
            raise NoBatch(f"holds more than {MOST_ROWS} spans")
        key, start = _varint(raw, at)
        at, kind = start, key & 7
        if kind == SIZED:
            size, start = _varint(raw, at)
            at = start + size
        elif kind == VARINT:
            _, at = _varint(raw, at)
        else:
            at += {EIGHT_BYTES: 8, FOUR_BYTES: 4}.get(kind, end)
        if at > end or key < 8:
            raise DecodeError
        if kind == SIZED:
            yield key >> 3, raw[start:at]


def _varint(raw: memoryview, at: int) -> tuple[int, int]:
    """A number, and where it ends; raises ``IndexError`` or ``DecodeError``."""
    found = 0
    for shift in range(0, 64, 7):
        byte, at = raw[at], at + 1
        found |= (byte & 127) << shift
        if byte < 128:
            return found, at
    raise DecodeError


def _resource(raw: bytes) -> Attributes | Bad:
    if len(raw) > LARGEST:
        return Bad("resource", TOO_LARGE)
    return of_resource(_pairs(Resource.FromString(raw).attributes), _plain)


def _span(number: int, raw: memoryview, resource: Attributes) -> Span:
    if len(raw) > LARGEST:
        raise Bad("row", TOO_LARGE)
    sent = Sent.FromString(bytes(raw))
    return Span(
        number=number,
        trace_id=hex_id("trace_id", sent.trace_id.hex(), 16),
        span_id=hex_id("span_id", sent.span_id.hex(), 8),
        name=sent.name,
        start=sent.start_time_unix_nano,
        end=sent.end_time_unix_nano,
        attributes=of_span(_pairs(sent.attributes), _plain),
        resource=resource,
    )


def _pairs(attributes: Iterable[KeyValue]) -> Pairs:
    return ((attribute.key, attribute.value) for attribute in attributes)


def _plain(value: AnyValue) -> Value:
    match value.WhichOneof("value"):
        case None:
            return None
        case "string_value":
            return value.string_value
        case "bool_value":
            return value.bool_value
        case "array_value":
            return [_entry(entry) for entry in value.array_value.values[:MOST_ENTRIES]]
    return OTHER


def _entry(value: AnyValue) -> Any:
    return value.string_value if value.WhichOneof("value") == "string_value" else OTHER
