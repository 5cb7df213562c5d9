"""Spans in JSON, as OpenTelemetry's exporters for JavaScript send them: ids are written in hex."""

import re
from typing import Any

from citizen_portal.access.schemas.batches import NoBatch, document
from citizen_portal.access.schemas.pushed import OTHERWISE
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

DIGITS = re.compile(r"[0-9]{1,20}")
LATEST = 2**64 - 1
"""Nanoseconds are 64 bits in protobuf, and so here."""
NOT_ONE = "is not an ExportTraceServiceRequest in JSON"
KINDS = (
    "stringValue",
    "boolValue",
    "intValue",
    "doubleValue",
    "arrayValue",
    "kvlistValue",
    "bytesValue",
)


def of_json(raw: bytes) -> Read:
    """The spans of an ``ExportTraceServiceRequest`` in JSON; raises ``NoBatch``."""
    request = document(raw)
    if request is None:
        raise NoBatch(NOT_ONE)
    groups = (
        (of_resource(_pairs(_object(group.get("resource"))), _plain), group)
        for group in at_most(_objects(_object(request), "resourceSpans"))
    )
    scopes = at_most(
        (resource, scope) for resource, group in groups for scope in _objects(group, "scopeSpans")
    )
    spans = at_most(
        (resource, span) for resource, scope in scopes for span in _objects(scope, "spans")
    )
    return each(spans, _span)


def _span(number: int, sent: dict[str, Any], resource: Attributes) -> Span:
    name = sent.get("name")
    return Span(
        number=number,
        trace_id=hex_id("trace_id", sent.get("traceId"), 16),
        span_id=hex_id("span_id", sent.get("spanId"), 8),
        name="" if name is None else name,
        start=_time("occurred", sent.get("startTimeUnixNano")),
        end=_time("recorded", sent.get("endTimeUnixNano")),
        attributes=of_span(_pairs(sent), _plain),
        resource=resource,
    )


def _time(field: str, value: Any) -> int:
    """Nanoseconds, sent as a number or as its digits; raises ``Bad``."""
    if value is None:
        return 0
    if isinstance(value, str) and DIGITS.fullmatch(value):
        value = int(value)
    if type(value) is not int or not 0 <= value <= LATEST:
        raise Bad(field, OTHERWISE)
    return value


def _object(value: Any) -> dict[str, Any]:
    """This object; what is left out is an empty one (proto3's mapping to JSON)."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise NoBatch(NOT_ONE)
    return value


def _objects(holder: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = holder.get(name)
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise NoBatch(NOT_ONE)
    return found


def _pairs(holder: dict[str, Any]) -> Pairs:
    return (
        (attribute.get("key"), attribute.get("value"))
        for attribute in _objects(holder, "attributes")
    )


def _plain(value: Any) -> Value:
    if value is None:
        return None
    if not isinstance(value, dict):
        return OTHER
    said = [(kind, value[kind]) for kind in KINDS if value.get(kind) is not None]
    match said:
        case []:
            return None
        case [("stringValue", str() as found)] | [("boolValue", bool() as found)]:
            return found
        case [("arrayValue", {"values": list() as found})]:
            return [_entry(entry) for entry in found[:MOST_ENTRIES]]
        case [("arrayValue", dict() as found)] if found.get("values") is None:
            return []
    return OTHER


def _entry(value: Any) -> Any:
    found = _plain(value)
    return found if isinstance(found, str) else OTHER
