"""Spans in protobuf, as most of OpenTelemetry's exporters send them."""

from collections.abc import Iterable
from typing import Any

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span as Sent

from citizen_portal.access.schemas.batches import NoBatch
from citizen_portal.access.schemas.spans import (
    MOST_ENTRIES,
    OTHER,
    Attributes,
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


def of_protobuf(raw: bytes) -> Read:
    """The spans of an ``ExportTraceServiceRequest``; raises ``NoBatch``."""
    try:
        request = ExportTraceServiceRequest.FromString(raw)
    except DecodeError:
        raise NoBatch("is not an ExportTraceServiceRequest in protobuf") from None
    groups = (
        (of_resource(_pairs(group.resource.attributes), _plain), group)
        for group in at_most(request.resource_spans)
    )
    scopes = at_most((resource, scope) for resource, group in groups for scope in group.scope_spans)
    spans = at_most((resource, span) for resource, scope in scopes for span in scope.spans)
    return each(spans, _span)


def _span(number: int, sent: Sent, resource: Attributes) -> Span:
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
