"""Batches of spans as exporters send them, written in either encoding."""

import base64
import copy
import json
import time
from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Status
from werkzeug.test import TestResponse

from tests.access.pushing import Pushing

JSON, PROTOBUF = "application/json", "application/x-protobuf"
PATH = "/api/v1/traces"
NOW = int(time.time()) * 10**9
SUBJECT = "dpl.core.data_subject_id"


def attributes(said: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"key": name, "value": value(each)} for name, each in said.items()]


def value(said: Any) -> dict[str, Any]:
    match said:
        case None:
            return {}
        case bool():
            return {"boolValue": said}
        case int():
            return {"intValue": str(said)}
        case float():
            return {"doubleValue": said}
        case list():
            return {"arrayValue": {"values": [value(each) for each in said]}}
        case dict():
            return {"kvlistValue": {"values": attributes(said)}}
    return {"stringValue": said}


def span(subject: str | None, number: int = 1, /, **changed: Any) -> dict[str, Any]:
    """A good span of a trace of its own, but for what is changed; ``said`` are more attributes."""
    told = {SUBJECT: subject, **changed.pop("said", {})}
    usual = {
        "traceId": uuid4().hex.upper(),
        "spanId": f"{number:016x}",
        "name": "Looked at the record before a visit",
        "startTimeUnixNano": str(NOW - 10**12),
        "endTimeUnixNano": str(NOW - 10**12 + 5),
        "attributes": attributes({name: each for name, each in told.items() if each is not None}),
    }
    return {name: each for name, each in {**usual, **changed}.items() if each is not None}


def batch(*spans: dict[str, Any], resource: dict[str, Any] | None = None) -> dict[str, Any]:
    about = {"service.name": "Front desk"} if resource is None else resource
    group = {"resource": {"attributes": attributes(about)}, "scopeSpans": [{"spans": list(spans)}]}
    return {"resourceSpans": [group]}


def written(sent: dict[str, Any], kind: str) -> bytes:
    if kind == JSON:
        return json.dumps(sent).encode()
    sent = copy.deepcopy(sent)
    for each in _spans(sent):
        for name in {"traceId", "spanId"} & each.keys():
            each[name] = base64.b64encode(bytes.fromhex(each[name])).decode()
    return json_format.ParseDict(
        sent, ExportTraceServiceRequest(), ignore_unknown_fields=True
    ).SerializeToString()


def _spans(sent: dict[str, Any]) -> Iterable[dict[str, Any]]:
    for group in sent["resourceSpans"]:
        for scope in group["scopeSpans"]:
            yield from scope["spans"]


def rejected(response: TestResponse) -> tuple[int, str]:
    """How many spans an answer says were not taken, and its words; it must come as it was asked."""
    assert response.status_code == 200, response.text
    if response.request.mimetype == JSON:
        assert response.content_type == JSON
        partial = (response.json or {}).get("partialSuccess", {})
        return int(partial.get("rejectedSpans", 0)), str(partial.get("errorMessage", ""))
    assert response.content_type == PROTOBUF
    answer = ExportTraceServiceResponse.FromString(response.data).partial_success
    return answer.rejected_spans, answer.error_message


def refused(response: TestResponse) -> str:
    """The words with which a whole batch was refused."""
    assert response.status_code == 400, response.text
    assert response.content_type == response.request.mimetype
    if response.content_type == JSON:
        return str((response.json or {})["message"])
    return Status.FromString(response.data).message


def send(pushing: Pushing, sent: dict[str, Any] | bytes, kind: str, **headers: str) -> TestResponse:
    raw = sent if isinstance(sent, bytes) else written(sent, kind)
    return pushing.post(raw, kind, path=PATH, **headers)


def reasons(pushing: Pushing, answer: TestResponse) -> list[tuple[int, str, str]]:
    """What the report says of a batch; where it lies stands in the answer to the batch."""
    said = refused(answer) if answer.status_code == 400 else rejected(answer)[1]
    path, _, asked = said.removesuffix(" says why.").partition("GET ")[2].partition("?batch=")
    assert path == "/api/v1/access-events/refusals"
    return [(one["row"], one["field"], one["reason"]) for one in pushing.refused(batch=asked)]


def faulty(pushing: Pushing, answer: TestResponse) -> set[tuple[int, str]]:
    return {(number, field) for number, field, _ in reasons(pushing, answer)}
