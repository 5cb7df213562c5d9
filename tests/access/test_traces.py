"""Bodies send spans: each stands on a page or in the report, whichever way it is written."""

from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from citizen_portal.access.models import Refusal
from citizen_portal.access.schemas import traces
from citizen_portal.bodies.models import Organisation, Protocol
from tests import make
from tests.access.pushing import Pushing
from tests.access.spanning import (
    JSON,
    NOW,
    PROTOBUF,
    SUBJECT,
    batch,
    faulty,
    reasons,
    refused,
    rejected,
    send,
    span,
    value,
    written,
)
from tests.thorough import times

BOTH = pytest.mark.parametrize("kind", [JSON, PROTOBUF])


@pytest.fixture
def pushing(app: Flask) -> Pushing:
    return Pushing(app, "clinic", "council")


@pytest.fixture(scope="module")
def shared(shared_app: Flask) -> Pushing:
    return Pushing(shared_app, "clinic", "council")


@BOTH
def test_a_span_becomes_an_event(shared: Pushing, kind: str) -> None:
    me, mine = shared.person()
    other, _ = shared.person()
    said = {
        "dpl.core.data_subject_id_type": "urn:citizen-portal:link",
        "dpl.core.processing_activity_id": "https://portal.example/register/DSA-0004",
        "dpl.core.foreign_operation.processor": "https://machines.example",
        "portal.receiver_code": "Y03456",
        "portal.receiver_name": "Harbour Street Surgery",
        "portal.legal_power": "An Act, section 1",
        "portal.categories": ["Name", "Address"],
        "portal.actor_kind": "person",
        "portal.actor_handle": "u-7f3a",
        "portal.trigger": "duty",
        "portal.outcome": "given",
        "portal.emergency": True,
        "http.status": 200,
        "deep": [[["unknown"]], {"a": 1}],
    }

    sent = span(mine["clinic"], said=said)
    answer = send(shared, batch(sent), kind)

    assert rejected(answer) == (0, "")
    (event,) = shared.kept(me)
    assert event.source_ref == f"{sent['traceId'].lower()}-0000000000000001"
    assert event.action == "Looked at the record before a visit"
    assert event.occurred_at.timestamp() * 10**9 == NOW - 10**12
    assert event.recorded_at is not None
    assert (event.receiver_code, event.receiver_name) == ("Y03456", "Harbour Street Surgery")
    assert (event.system, event.agreement) == ("Front desk", "DSA-0004")
    assert (event.legal_power, event.processor) == ("An Act, section 1", "https://machines.example")
    assert event.categories == ["Name", "Address"]
    assert (event.actor, event.actor_handle) == ("person", "u-7f3a")
    assert (event.trigger, event.result, event.emergency) == ("duty", "given", True)
    assert event.trace_id == sent["traceId"].lower()
    assert shared.kept(other) == []


def test_the_same_span_in_the_other_encoding_changes_nothing(shared: Pushing) -> None:
    me, mine = shared.person()
    sent = span(mine["clinic"])
    for kind in (JSON, PROTOBUF, JSON):
        assert rejected(send(shared, batch(sent), kind)) == (0, "")
    assert len(shared.kept(me)) == 1
    answer = send(shared, batch({**sent, "name": "Something else"}), PROTOBUF)
    told = reasons(shared, answer)
    assert told == [(1, "source_ref", "was received before with other content")]


HOUSE = traces.House("B0001", frozenset({"clinic-log"}))
TWO = traces.House("B0001", frozenset({"clinic-log", "lab-log"}))


def row(sent: dict[str, Any], house: traces.House = HOUSE) -> dict[str, Any]:
    (found,), faults = traces.rows(written(sent, PROTOBUF), PROTOBUF, house)
    assert faults == []
    return dict(found[1])


@pytest.mark.parametrize(
    ("on_resource", "on_span", "house", "wanted"),
    [
        ({}, {}, HOUSE, "clinic-log"),
        ({}, {}, TWO, None),
        ({"service.name": "lab-log"}, {}, TWO, "lab-log"),
        ({"service.name": "no such"}, {}, TWO, None),
        ({"portal.source": "lab-log"}, {}, TWO, "lab-log"),
        ({"portal.source": "lab-log"}, {"portal.source": "clinic-log"}, TWO, "clinic-log"),
        ({"portal.source": "somebody-elses"}, {}, HOUSE, "somebody-elses"),
        ({}, {"service.name": "lab-log"}, TWO, None),
    ],
)
def test_the_source_is_the_one_that_is_named_or_the_only_one(
    on_resource: dict[str, Any], on_span: dict[str, Any], house: traces.House, wanted: str | None
) -> None:
    found = row(batch(span("p", said=on_span), resource=on_resource), house)
    assert found.get("source") == wanted


@pytest.mark.parametrize(
    ("activity", "agreement"),
    [
        ("https://portal.example/register/DSA-0004", "DSA-0004"),
        ("urn:example:register:DSA-0004", "DSA-0004"),
        ("DSA-0004", "DSA-0004"),
        ("https://body.example/activities/17", None),
        ("https://portal.example/register/DSA-0004/", None),
        ("https://portal.example/register/xDSA-0004", None),
        ("https://portal.example/register/DSA-0004\n", None),
    ],
)
def test_an_activity_that_is_an_agreement_of_the_register_is_that(
    activity: str, agreement: str | None
) -> None:
    said = {"dpl.core.processing_activity_id": activity}
    assert row(batch(span("p", said=said))).get("agreement") == agreement


def test_what_stands_on_the_resource_holds_for_its_spans_but_names_nobody() -> None:
    alike = {"service.name": "Lab", "portal.system": "Lab 2", "portal.receiver_code": "X1"}
    found = row(batch(span("p", said={"portal.receiver_code": "X2"}), resource=alike))
    assert (found["system"], found["receiver_code"]) == ("Lab 2", "X2")
    assert row(batch(span("p")))["receiver_code"] == "B0001"

    nobody = batch(span(None), resource={SUBJECT: "p"})
    assert traces.rows(written(nobody, JSON), JSON, HOUSE)[0] == []


def test_categories_come_as_an_array_or_with_commas() -> None:
    for said in (["Name", "Address"], "Name, Address", " Name,,Address "):
        found = row(batch(span("p", said={"portal.categories": said})))
        assert found["categories"] == ["Name", "Address"]


@BOTH
def test_spans_that_name_nobody_are_reported_and_no_fault_of_the_batch(
    shared: Pushing, kind: str
) -> None:
    answer = send(shared, batch(span(None), span(None, 2)), kind)
    assert rejected(answer)[0] == 2
    assert reasons(shared, answer) == [(n, "subject", "names no person") for n in (1, 2)]
    assert refused(send(shared, batch(span(None), span("p", name="")), kind))


def test_a_batch_holds_so_many_spans_and_an_empty_one_is_good(pushing: Pushing) -> None:
    me, mine = pushing.person()
    spans = [span(mine["clinic"], number) for number in range(1, 10_002)]
    assert refused(send(pushing, batch(*spans), JSON))
    assert rejected(send(pushing, batch(*spans[:-1]), PROTOBUF)) == (0, "")
    assert len(pushing.kept(me)) == 10_000
    for kind in (JSON, PROTOBUF):
        assert rejected(send(pushing, batch(), kind)) == (0, "")
    assert rejected(send(pushing, b"{}", JSON)) == (0, "")
    assert rejected(send(pushing, b"", PROTOBUF)) == (0, "")
    assert pushing.count(Refusal) == 0


def test_the_service_may_be_named_like_its_source(pushing: Pushing) -> None:
    with pushing.app.extensions["sessions"].writing() as session:
        body = session.get_one(Organisation, pushing.bodies["clinic"])
        session.add(make.source(body, slug="lab", protocol=Protocol.PUSH))
    me, mine = pushing.person()
    named = batch(span(mine["clinic"]), resource={"service.name": "lab"})
    assert rejected(send(pushing, named, JSON)) == (0, "")
    other = send(pushing, batch(span(mine["clinic"], 2)), JSON)
    assert faulty(pushing, other) == {(1, "source")}
    (event,) = pushing.kept(me)
    assert event.system == "lab"


NAMES = [
    SUBJECT,
    "dpl.core.data_subject_id_type",
    "dpl.core.processing_activity_id",
    "dpl.core.foreign_operation.processor",
    "service.name",
    *(f"portal.{name}" for name in ("source", "system", "categories", "emergency", "role")),
    "else",
]
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
LEAVES = st.none() | st.booleans() | st.integers(-9, 9) | st.just(1.5) | TEXTS
VALUES = LEAVES | st.lists(LEAVES, max_size=3) | st.dictionaries(TEXTS, LEAVES, max_size=2)
PAIRS = st.lists(st.tuples(st.sampled_from(NAMES), VALUES), max_size=6).map(
    lambda pairs: [{"key": name, "value": value(said)} for name, said in pairs]
)
TIMES = st.none() | st.integers(0, 2**64 - 1).map(str) | st.integers(0, 2**64 - 1)


@st.composite
def spans(draw: st.DrawFn) -> dict[str, Any]:
    made = {
        "traceId": draw(st.binary(min_size=15, max_size=17)).hex(),
        "spanId": draw(st.binary(min_size=8, max_size=8)).hex().upper(),
        "name": draw(st.none() | TEXTS),
        "startTimeUnixNano": draw(TIMES),
        "endTimeUnixNano": draw(TIMES),
        "attributes": draw(PAIRS),
        "unheardOf": draw(st.none() | st.just({"a": [1]})),
    }
    return {name: said for name, said in made.items() if said is not None}


@settings(max_examples=times(60, 150))
@given(groups=st.lists(st.tuples(PAIRS, st.lists(spans(), max_size=3)), max_size=3))
def test_both_encodings_say_the_same(groups: list[tuple[Any, list[Any]]]) -> None:
    sent = {
        "resourceSpans": [
            {"resource": {"attributes": about}, "scopeSpans": [{"spans": each}]}
            for about, each in groups
        ]
    }
    said = [traces.rows(written(sent, kind), kind, HOUSE) for kind in (JSON, PROTOBUF)]
    assert said[0] == said[1]
    numbers = sorted([number for number, _ in said[0][0]] + [one.number for one in said[0][1]])
    assert numbers == list(range(1, len([one for _, each in groups for one in each]) + 1))
