"""What spans say of accesses, as events; and how what became of them is told.

The attributes are those of the standard "Logboek dataverwerkingen", and our own for what it has no
words for; docs/api.md lists them.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from google.protobuf import json_format
from google.protobuf.message import Message
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTracePartialSuccess,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Status
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from citizen_portal.access.actions.receiving import RowFault
from citizen_portal.access.schemas import batches
from citizen_portal.access.schemas.json_spans import of_json
from citizen_portal.access.schemas.protobuf_spans import of_protobuf
from citizen_portal.access.schemas.pushed import Numbered
from citizen_portal.access.schemas.spans import (
    ACTIVITY,
    OURS,
    PROCESSOR,
    SERVICE,
    SUBJECT,
    SUBJECT_TYPE,
    Span,
    Value,
)

JSON, PROTOBUF = "application/json", "application/x-protobuf"
READERS = {JSON: of_json, PROTOBUF: of_protobuf}
SUBJECT_KIND = "urn:citizen-portal:link"
"""The kind of id by which we mean a person to a body. By no other kind can we find them."""
REFERENCE = re.compile(r"(?:^|[/:#])([A-Z][A-Z0-9]{1,7}-[0-9]{4,8})\Z")
NAMES_NOBODY = "names no person"
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
ALIKE = (
    "receiver_name",
    "legal_power",
    "actor_kind",
    "actor_handle",
    "role",
    "trigger",
    "outcome",
    "emergency",
)
"""Members of an event that stand in an attribute of the same name."""


@dataclass(frozen=True, slots=True)
class House:
    """The body that sends: its own code, and its sources that send events, by slug."""

    code: str
    sources: frozenset[str]


def rows(raw: bytes, media_type: str, house: House) -> batches.Read:
    """The spans of a batch as rows of events; raises ``NoBatch``."""
    spans, faults = READERS[media_type](raw)
    found: list[Numbered] = []
    for span in spans:
        row = _row(span, house)
        if isinstance(row, RowFault):
            faults.append(row)
        else:
            found.append((span.number, row))
    return found, faults


def _row(span: Span, house: House) -> dict[str, Any] | RowFault:
    said = {**span.resource, **span.attributes}
    if SUBJECT not in said:
        return RowFault(span.number, "subject", NAMES_NOBODY)
    if said.get(SUBJECT_TYPE, SUBJECT_KIND) != SUBJECT_KIND:
        return RowFault(span.number, "subject", f"is not of the type {SUBJECT_KIND}")
    row = {
        "source": said.get(f"{OURS}source", _source(said.get(SERVICE), house)),
        "source_ref": f"{span.trace_id}-{span.span_id}",
        "subject": said[SUBJECT],
        "occurred": _moment(span.start),
        "recorded": _moment(span.end),
        "action": span.name,
        "receiver_code": said.get(f"{OURS}receiver_code", house.code),
        "system": said.get(f"{OURS}system", said.get(SERVICE)),
        "agreement": _agreement(said.get(ACTIVITY)),
        "categories": _list(said.get(f"{OURS}categories")),
        "processor": said.get(f"{OURS}processor", said.get(PROCESSOR)),
        "trace_id": span.trace_id,
        **{name: said.get(OURS + name) for name in ALIKE},
    }
    return {name: value for name, value in row.items() if value is not None}


def _source(service: Value, house: House) -> Value:
    """The source that the service is named like, or else the only one that there is."""
    if isinstance(service, str) and service in house.sources:
        return service
    return next(iter(house.sources)) if len(house.sources) == 1 else None


def _moment(nanoseconds: int) -> str | None:
    if not nanoseconds:
        return None
    return (BEGINNING + timedelta(microseconds=nanoseconds // 1000)).isoformat()


def _agreement(activity: Value) -> Value:
    """The agreement that an activity's address ends in; any other activity, our rules explain."""
    if not isinstance(activity, str):
        return activity
    found = REFERENCE.search(activity)
    return found[1] if found else None


def _list(said: Value) -> Value:
    """A list may come as an array, or as one text with commas."""
    if not isinstance(said, str):
        return said
    return [entry for entry in (part.strip() for part in said.split(",")) if entry]


def stored(refused: int = 0, said: str = "") -> Message:
    """What is answered when spans were taken, or named nobody."""
    if not refused:
        return ExportTraceServiceResponse()
    partial = ExportTracePartialSuccess(rejected_spans=refused, error_message=said)
    return ExportTraceServiceResponse(partial_success=partial)


def refused(said: str) -> Message:
    """A ``google.rpc.Status`` without its code, which OTLP lets us leave out.

    The status of a span has its message under the same name and number.
    """
    return Status(message=said)


def written(message: Message, media_type: str) -> bytes:
    if media_type == PROTOBUF:
        return message.SerializeToString()
    return json_format.MessageToJson(message, indent=None).encode()


CAMEL = ConfigDict(alias_generator=to_camel, extra="allow")


class TraceBatch(BaseModel):
    """An ``ExportTraceServiceRequest`` (OTLP 1). Members that we do not know are passed over."""

    model_config = CAMEL

    resource_spans: list[dict[str, Any]] | None = None


class PartialSuccess(BaseModel):
    model_config = CAMEL

    rejected_spans: str
    """A number, written as protobuf writes 64 bits in JSON."""
    error_message: str
    """Says where to read which spans were refused, and why."""


class TracesAnswer(BaseModel):
    """An ``ExportTraceServiceResponse``; empty where every span was taken."""

    model_config = CAMEL

    partial_success: PartialSuccess | None = None


class TracesRefused(BaseModel):
    """A ``google.rpc.Status``."""

    message: str = Field(description="Why nothing was taken.")
