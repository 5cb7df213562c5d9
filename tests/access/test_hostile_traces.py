"""Spans that are wrong, large or no spans at all: each is refused by itself, or the batch is."""

import gzip
import json
import time
from typing import Any

import pytest
from flask import Flask
from google.protobuf.internal import encoder
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from citizen_portal.access.models import Received, Refusal
from tests.access.pushing import Pushing
from tests.access.spanning import (
    JSON,
    NOW,
    PROTOBUF,
    SUBJECT,
    attributes,
    batch,
    faulty,
    refused,
    rejected,
    send,
    span,
    written,
)

BOTH = pytest.mark.parametrize("kind", [JSON, PROTOBUF])


@pytest.fixture(scope="module")
def shared(shared_app: Flask) -> Pushing:
    return Pushing(shared_app, "clinic", "council")


BAD: list[tuple[str, dict[str, Any]]] = [
    ("trace_id", {"traceId": "0" * 32}),
    ("trace_id", {"traceId": "ab" * 15}),
    ("trace_id", {"traceId": "ab" * 17}),
    ("trace_id", {"traceId": None}),
    ("span_id", {"spanId": "0" * 16}),
    ("span_id", {"spanId": "ab" * 7}),
    ("span_id", {"spanId": None}),
    ("occurred", {"startTimeUnixNano": None}),
    ("occurred", {"startTimeUnixNano": str(NOW + 10**15)}),
    ("occurred", {"startTimeUnixNano": str(2**64 - 1)}),
    ("recorded", {"endTimeUnixNano": str(2**64 - 1)}),
    ("action", {"name": None}),
    ("action", {"name": "x" * 501}),
    ("action", {"name": "two\nlines"}),
    ("action", {"name": "turned \u202e round"}),
    ("subject", {"said": {SUBJECT: ""}}),
    ("subject", {"said": {SUBJECT: 7}}),
    ("subject", {"said": {"dpl.core.data_subject_id_type": "BSN"}}),
    ("subject", {"said": {"dpl.core.data_subject_id_type": 1}}),
    ("agreement", {"said": {"dpl.core.processing_activity_id": 4}}),
    ("source", {"said": {"portal.source": "council-log"}}),
    ("source", {"said": {"portal.source": ""}}),
    ("categories", {"said": {"portal.categories": [["Name"]]}}),
    ("categories", {"said": {"portal.categories": ["x"] * 10_000}}),
    ("categories", {"said": {"portal.categories": {"a": "b"}}}),
    ("emergency", {"said": {"portal.emergency": "true"}}),
    ("emergency", {"said": {"portal.emergency": 1}}),
    ("role", {"said": {"portal.role": "boss"}}),
    ("processor", {"said": {"portal.processor": 1.5}}),
    ("attributes", {"attributes": attributes({"a": "1"}) * 2}),
    ("attributes", {"attributes": attributes({f"a{n}": None for n in range(1_001)})}),
    ("attributes", {"attributes": attributes({SUBJECT: "p"}) * 2}),
]


@BOTH
@pytest.mark.parametrize(("field", "changed"), BAD)
def test_a_bad_span_is_reported_and_the_good_ones_stay(
    shared: Pushing, kind: str, field: str, changed: dict[str, Any]
) -> None:
    me, mine = shared.person()
    bad = span(mine["clinic"], 2, **{**changed, "said": dict(changed.get("said", {}))})

    answer = send(shared, batch(span(mine["clinic"]), bad, span(mine["clinic"], 3)), kind)

    assert rejected(answer)[0] == 1
    assert faulty(shared, answer) == {(2, field)}
    assert len(shared.kept(me)) == 2
    assert refused(send(shared, batch(bad), kind))


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("trace_id", {"traceId": "g" * 32}),
        ("trace_id", {"traceId": "\u0661" * 32}),
        ("trace_id", {"traceId": 7}),
        ("span_id", {"spanId": ["a"]}),
        ("occurred", {"startTimeUnixNano": "soon"}),
        ("occurred", {"startTimeUnixNano": -1}),
        ("occurred", {"startTimeUnixNano": 1.5}),
        ("occurred", {"startTimeUnixNano": True}),
        ("occurred", {"startTimeUnixNano": 10**30}),
        ("recorded", {"endTimeUnixNano": "9" * 21}),
        ("action", {"name": 7}),
        ("attributes", {"attributes": [{"value": {"stringValue": "p"}}]}),
        ("attributes", {"attributes": [{"key": 7}]}),
        ("subject", {"attributes": [{"key": SUBJECT, "value": {"stringValue": 7}}]}),
        ("subject", {"attributes": [{"key": SUBJECT, "value": "p"}]}),
        (
            "subject",
            {"attributes": [{"key": SUBJECT, "value": {"stringValue": "p", "boolValue": True}}]},
        ),
    ],
)
def test_what_only_json_can_get_wrong_is_reported_alike(
    shared: Pushing, field: str, changed: dict[str, Any]
) -> None:
    me, mine = shared.person()
    sent = batch(span(mine["clinic"]), span(mine["clinic"], 2, **changed))
    answer = send(shared, sent, JSON)
    assert rejected(answer)[0] == 1
    assert faulty(shared, answer) == {(2, field)}
    assert len(shared.kept(me)) == 1


@BOTH
def test_a_resource_that_is_wrong_spoils_its_own_spans_alone(shared: Pushing, kind: str) -> None:
    me, mine = shared.person()
    sent = batch(span(mine["clinic"]), span(mine["clinic"], 2))
    sent["resourceSpans"][0]["resource"]["attributes"] *= 2
    sent["resourceSpans"] += batch(span(mine["clinic"], 3))["resourceSpans"]

    answer = send(shared, sent, kind)
    assert rejected(answer)[0] == 2
    assert faulty(shared, answer) == {(1, "resource"), (2, "resource")}
    assert len(shared.kept(me)) == 1


UNREADABLE: list[tuple[str, bytes, str]] = [
    ("no object", b"[]", JSON),
    ("null", b"null", JSON),
    ("no JSON", b"{", JSON),
    ("nothing", b"", JSON),
    ("NaN", b'{"resourceSpans":[{"scopeSpans":[{"spans":[{"startTimeUnixNano":NaN}]}]}]}', JSON),
    ("NUL", b'{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"\\u0000"}]}]}]}', JSON),
    ("surrogate", b'{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"\\ud800"}]}]}]}', JSON),
    ("UTF-8", b'{"a":"\xff"}', JSON),
    ("field twice", b'{"resourceSpans":[],"resourceSpans":[]}', JSON),
    ("depth", b'{"a":' + b"[" * 100_000, JSON),
    ("no list", b'{"resourceSpans":{}}', JSON),
    ("no objects", b'{"resourceSpans":[7]}', JSON),
    ("no scopes", b'{"resourceSpans":[{"scopeSpans":7}]}', JSON),
    ("no spans", b'{"resourceSpans":[{"scopeSpans":[{"spans":["a"]}]}]}', JSON),
    ("no resource", b'{"resourceSpans":[{"resource":[]}]}', JSON),
    ("no attributes", b'{"resourceSpans":[{"resource":{"attributes":{}}}]}', JSON),
    ("random", b"\xff\xff\xff\xff", PROTOBUF),
    ("JSON", b'{"resourceSpans":[]}', PROTOBUF),
    ("truncated", written(batch(span("p")), PROTOBUF)[:-3], PROTOBUF),
    (
        "UTF-8",
        written(batch(span("p", name="????")), PROTOBUF).replace(b"??", b"\xff\xfe"),
        PROTOBUF,
    ),
    ("resources", b"\x0a\x00" * 10_001, PROTOBUF),
]


@pytest.mark.parametrize(
    ("name", "raw", "kind"), UNREADABLE, ids=[f"{kind[12:]} {name}" for name, _, kind in UNREADABLE]
)
def test_what_cannot_be_read_is_refused_whole(
    shared: Pushing, name: str, raw: bytes, kind: str
) -> None:
    before = shared.count(Received), shared.count(Refusal)
    assert refused(send(shared, raw, kind)).startswith("What was sent ")
    assert (shared.count(Received), shared.count(Refusal)) == before


def wrapped(field: int, raw: bytes) -> bytes:
    size: bytes = encoder._VarintBytes(len(raw))  # type: ignore[attr-defined]
    return bytes([field << 3 | 2]) + size + raw


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_a_great_many_empty_things_are_refused_in_no_time(shared: Pushing, depth: int) -> None:
    raw = {1: b"\x0a\x00", 2: b"\x12\x00", 3: b"\x12\x00"}[depth] * 1_000_000
    for field in [(), (1,), (2, 1)][depth - 1]:
        raw = wrapped(field, raw)
    began = time.monotonic()
    assert refused(send(shared, raw, PROTOBUF)) == "What was sent holds more than 10000 spans."
    assert time.monotonic() - began < 5


@BOTH
def test_a_great_many_attributes_are_refused_in_no_time(shared: Pushing, kind: str) -> None:
    if kind == JSON:
        sent = span("p", attributes=None)
        raw = json.dumps(batch(sent)).replace(
            '"name"', '"attributes": [' + "{}," * 400_000 + '{}], "name"'
        )
        answer = send(shared, raw.encode(), kind)
    else:
        one = ExportTraceServiceRequest.FromString(written(batch(span("p")), kind))
        inner = one.resource_spans[0].scope_spans[0].spans[0].SerializeToString()
        many = wrapped(1, wrapped(2, wrapped(2, inner + b"\x4a\x00" * 400_000)))
        answer = send(shared, many, kind)
    assert faulty(shared, answer) == {(1, "attributes")}


def test_a_span_or_resource_of_more_than_a_megabyte_is_refused_alone(shared: Pushing) -> None:
    me, mine = shared.person()
    long = batch(span(mine["clinic"], name="x" * 1_000_001), span(mine["clinic"], 2))
    far = batch(span(mine["clinic"], 3))
    far["resourceSpans"][0]["resource"]["attributes"] += attributes({"a": "x" * 1_000_001})
    long["resourceSpans"] += far["resourceSpans"]
    answer = send(shared, long, PROTOBUF)
    assert faulty(shared, answer) == {(1, "row"), (3, "resource")}
    assert len(shared.kept(me)) == 1


def test_fields_that_we_do_not_know_are_passed_over_and_counted(shared: Pushing) -> None:
    me, mine = shared.person()
    strange = b"\x78\x05" + b"\x79" + b"8" * 8 + b"\x7d" + b"4" * 4 + wrapped(15, b"?")
    raw = strange + written(batch(span(mine["clinic"])), PROTOBUF) + strange
    assert rejected(send(shared, raw, PROTOBUF)) == (0, "")
    assert len(shared.kept(me)) == 1
    assert refused(send(shared, b"\x78\x05" * 200_000, PROTOBUF)).startswith("What was sent holds")


def test_bytes_are_counted_packed_and_unpacked(shared: Pushing) -> None:
    me, mine = shared.person()
    packed = {"Content-Encoding": "gzip"}
    good = written(batch(span(mine["clinic"])), PROTOBUF)

    assert rejected(send(shared, gzip.compress(good), PROTOBUF, **packed)) == (0, "")
    assert len(shared.kept(me)) == 1
    for raw, kind, headers, status in [
        (gzip.compress(b"\x0a\x00" * 20_000_000), PROTOBUF, packed, 413),
        (b"x" * 8_000_001, PROTOBUF, {}, 413),
        (good, PROTOBUF, packed, 400),
        (good, PROTOBUF, {"Content-Encoding": "br"}, 415),
        (good, "application/protobuf", {}, 415),
        (b"", "application/x-ndjson", {}, 415),
    ]:
        assert send(shared, raw, kind, **headers).status_code == status
