"""Bodies send events: each is taken once, for whom it names, and what is refused is told."""

import gzip
import json
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from citizen_portal.access.models import PushedEvent, Received, Refusal
from tests.access.pushing import NOW, PATH, Pushing, row, rows, stamp
from tests.thorough import times


@pytest.fixture
def pushing(app: Flask) -> Pushing:
    return Pushing(app, "clinic", "council")


def said(response: Any, status: int = 200) -> dict[str, Any]:
    assert response.status_code == status, response.text
    return dict(response.json)


def test_an_event_is_kept_for_the_one_it_names(pushing: Pushing) -> None:
    me, mine = pushing.person()
    other, _ = pushing.person()

    answer = said(pushing.send(row(mine["clinic"], categories=["Name"], actor_kind="person")))

    assert (answer["accepted"], answer["new"], answer["refused"]) == (1, 1, 0)
    (event,) = pushing.kept(me)
    assert event.action == "Looked at the record before a visit"
    assert event.occurred_at == NOW - timedelta(days=1)
    assert event.categories == ["Name"]
    assert event.actor == "person"
    assert pushing.kept(other) == []


def test_the_same_again_changes_nothing_and_other_content_is_refused(pushing: Pushing) -> None:
    me, mine = pushing.person()
    first = row(mine["clinic"])
    said(pushing.send(first))

    again = said(
        pushing.lines(first, {**first, "occurred": first["occurred"].replace("Z", "+00:00")})
    )
    changed = said(pushing.send({**first, "action": "Something else"}), 422)

    assert (again["accepted"], again["new"]) == (2, 0)
    assert changed["errors"] == [
        {"row": 1, "field": "source_ref", "reason": "was received before with other content"}
    ]
    twice = said(
        pushing.send(*[{**first, "action": "Something else"}] * 2, row(mine["clinic"], "o"))
    )
    assert (twice["accepted"], twice["refused"]) == (1, 2)
    assert first["action"] in {event.action for event in pushing.kept(me)}
    assert [(one["row"], one["field"]) for one in pushing.refused()] == [
        (1, "source_ref"),
        (1, "source_ref"),
        (2, "source_ref"),
    ]


def test_nobody_can_tell_whether_somebody_is_linked(pushing: Pushing) -> None:
    stranger = pushing.pairwise(pushing.person("council")[0].id, "clinic")
    linked, mine = pushing.person()
    answers = []
    for subject in (mine["clinic"], stranger, "0" * 64):
        first = said(pushing.send(*rows(subject, [f"{subject[:6]}-{n}" for n in range(3)])))
        again = said(pushing.send(*rows(subject, [f"{subject[:6]}-{n}" for n in range(3)])))
        answers.append([{**one, "batch": None} for one in (first, again)])

    assert answers[0] == answers[1] == answers[2]
    assert len(pushing.kept()) == 3
    assert pushing.count(Received) == 9


def test_what_came_before_the_link_is_kept_when_it_is_sent_again(pushing: Pushing) -> None:
    me, _ = pushing.person("council")
    subject = pushing.pairwise(me.id, "clinic")
    said(pushing.send(*rows(subject, ["a", "b"])))
    with pushing.app.extensions["sessions"].writing() as session:
        pushing.link(session, me.id, "clinic")

    answer = said(pushing.send(*rows(subject, ["b", "a", "c"])))
    again = said(pushing.send(*rows(subject, ["a", "b", "c"])))

    assert (answer["accepted"], answer["new"]) == (3, 1)
    assert (again["accepted"], again["new"]) == (3, 0)
    assert {event.source_ref for event in pushing.kept(me)} == {"a", "b", "c"}


WAVES = count()

BAD: list[tuple[str, dict[str, Any]]] = [
    ("source", {"source": "somebody-elses"}),
    ("source", {"source": "council-log"}),
    ("source_ref", {"source_ref": ""}),
    ("source_ref", {"source_ref": "a" * 201}),
    ("source_ref", {"source_ref": None}),
    ("subject", {"subject": None}),
    ("subject", {"subject": 7}),
    ("occurred", {"occurred": "yesterday"}),
    ("occurred", {"occurred": "2026-01-01T00:00:00"}),
    ("occurred", {"occurred": stamp(NOW + timedelta(days=1))}),
    ("occurred", {"occurred": stamp(NOW - timedelta(days=3 * 366 + 2))}),
    ("recorded", {"recorded": "later"}),
    ("recorded", {"recorded": "2200-12-31T23:59:59Z"}),
    ("action", {"action": "x" * 501}),
    ("action", {"action": "turned \u202e round"}),
    ("action", {"action": "two\nlines"}),
    ("categories", {"categories": ["x"] * 51}),
    ("categories", {"categories": "Name"}),
    ("actor_kind", {"actor_kind": "ghost"}),
    ("role", {"role": "boss"}),
    ("outcome", {"outcome": "not_stated"}),
    ("emergency", {"emergency": 1}),
    ("row", {"nonsense": True}),
    ("row", {f"field-{n}": n for n in range(50)}),
    ("withheld.until", {"withheld": {"basis": "x", "protects": "person", "approvers": ["a", "b"]}}),
]


@pytest.mark.parametrize(("field", "changed"), BAD)
def test_a_bad_row_is_reported_and_the_good_ones_stay(
    pushing: Pushing, field: str, changed: dict[str, Any]
) -> None:
    me, mine = pushing.person()
    bad = row(mine["clinic"], "bad", **changed)

    answer = said(pushing.send(row(mine["clinic"], "first"), bad, row(mine["clinic"], "third")))

    assert (answer["accepted"], answer["refused"]) == (2, 1)
    assert {(one["row"], one["field"]) for one in answer["errors"]} == {(2, field)}
    assert {event.source_ref for event in pushing.kept(me)} == {"first", "third"}
    kept = pushing.refused(batch=answer["batch"])
    assert [(one["row"], one["field"]) for one in kept] == [(2, field)]
    for value in changed.values():
        assert not isinstance(value, str) or len(value) < 3 or value not in json.dumps(kept)


HOSTILE = [
    ("NUL", '"a\\u0000b"', "holds a NUL character"),
    ("surrogate", '"\\ud800"', "holds half a character (a lone surrogate)"),
    ("NaN", "NaN", "holds NaN or an infinity, which are not JSON"),
    ("infinity", "-Infinity", "holds NaN or an infinity, which are not JSON"),
    ("large number", "1e999", "holds a number that is too large"),
    ("depth", "[" * 40 + "]" * 40, "is nested too deeply"),
    ("deep", "[" * 100_000, "is nested too deeply"),
    ("twice", '1,"action":2', "holds the same field twice"),
    ("no JSON", "{", "is not JSON from line 1 on"),
]


@pytest.mark.parametrize(("name", "value", "reason"), HOSTILE, ids=[one[0] for one in HOSTILE])
def test_what_json_cannot_say_is_refused_alike(
    pushing: Pushing, name: str, value: str, reason: str
) -> None:
    me, mine = pushing.person()
    bad = json.dumps(row(mine["clinic"], action="?")).replace('"?"', value)

    answer = said(pushing.lines(row(mine["clinic"], "good"), bad))
    whole = pushing.post(f'{{"events": [{bad}]}}', "application/json")

    assert answer["errors"] == [{"row": 2, "field": "row", "reason": reason}]
    assert said(whole, 400)["errors"] == [{"field": "body", "reason": reason}]
    assert [event.source_ref for event in pushing.kept(me)] == ["good"]


def test_what_is_no_batch_is_refused_whole(pushing: Pushing) -> None:
    for body, kind, status in [
        ("[]", "application/json", 400),
        ("{}", "application/json", 400),
        ('{"events": 1}', "application/json", 400),
        ('{"events": []}', "application/json", 400),
        ('{"events": [], "more": 1}', "application/json", 400),
        ("\n\n", "application/x-ndjson", 400),
        ("{}\n" * 10_001, "application/x-ndjson", 400),
        ("x" * 8_000_001, "application/x-ndjson", 413),
        ("a=b", "application/x-www-form-urlencoded", 415),
    ]:
        assert pushing.post(body, kind).status_code == status, body[:20]
    assert (pushing.count(Received), pushing.count(Refusal)) == (0, 0)


def test_gzip_is_unpacked_up_to_a_limit(pushing: Pushing) -> None:
    me, mine = pushing.person()
    packed = {"Content-Encoding": "gzip"}
    good = gzip.compress(json.dumps({"events": [row(mine["clinic"])]}).encode())
    bomb = gzip.compress(b" " * 200_000_000)

    for name in ("gzip", "GZIP", "Gzip"):
        packed["Content-Encoding"] = name
        assert pushing.post(good, "application/json", **packed).status_code == 200
    assert pushing.post(bomb, "application/json", **packed).status_code == 413
    assert pushing.post(b"not gzip", "application/json", **packed).status_code == 400
    assert pushing.post(good, "application/json", **{"Content-Encoding": "br"}).status_code == 415
    assert len(pushing.kept(me)) == 1


def test_no_body_can_speak_for_another(pushing: Pushing) -> None:
    me, mine = pushing.person()

    said(pushing.send(row(mine["council"]), by="council"), 422)
    answer = said(pushing.send(row(mine["council"])))

    assert answer["accepted"] == 1
    assert pushing.kept() == []
    assert pushing.refused(by="clinic") == []
    assert len(pushing.refused(by="council")) == 1


def test_of_a_matter_of_somebody_elses_little_is_kept(
    pushing: Pushing,
) -> None:
    me, mine = pushing.person()
    told: dict[str, Any] = {
        "actor_kind": "person",
        "actor_handle": "desk-7",
        "categories": ["Name"],
        "trigger": "duty",
        "trace_id": "0af7",
        "legal_power": "An Act, section 1",
        "emergency": True,
    }
    said(pushing.send(row(mine["clinic"], role="parent", **told)))

    (event,) = pushing.kept(me)
    assert (event.role, event.receiver_code, event.legal_power) == (
        "parent",
        "B0001",
        "An Act, section 1",
    )
    assert (event.categories, event.actor_handle, event.processor) == ([], None, None)
    assert (event.actor, event.trigger, event.emergency, event.trace_id) == (
        "not_stated",
        "not_stated",
        False,
        None,
    )


def test_refusals_are_read_page_by_page(pushing: Pushing) -> None:
    _, mine = pushing.person()
    said(pushing.send(*[row(mine["clinic"], f"r{n}", occurred="?") for n in range(1500)]), 422)
    client, headers = pushing.app.test_client(use_cookies=False), pushing.headers["clinic"]

    first = said(client.get(f"{PATH}/refusals", headers=headers))
    second = said(client.get(f"{PATH}/refusals?after={first['next']}", headers=headers))

    numbers = [one["row"] for page in (first, second) for one in page["refusals"]]
    assert numbers == list(range(1, 1501))
    assert second["next"] is None
    bad = client.get(f"{PATH}/refusals?after=zzz", headers=headers)
    assert bad.status_code == 400


@settings(
    max_examples=times(12, 25),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_whatever_order_and_repetition_each_stands_once(
    shared_pushing: tuple[Pushing, str], data: st.DataObject
) -> None:
    pushing, subject = shared_pushing
    wave = next(WAVES)
    refs = [f"{wave}-{n}" for n in range(8)]
    sent = data.draw(st.lists(st.lists(st.sampled_from(refs), max_size=10), max_size=6))

    for batch in sent:
        if batch:
            said(pushing.send(*rows(subject, batch)))

    kept = [each.source_ref for each in pushing.kept() if each.source_ref.startswith(f"{wave}-")]
    assert sorted(kept) == sorted({ref for batch in sent for ref in batch})


@pytest.fixture(scope="module")
def shared_pushing(shared_app: Flask) -> tuple[Pushing, str]:
    pushing = Pushing(shared_app)
    return pushing, pushing.person()[1]["clinic"]


def test_an_id_tells_neither_time_nor_order(pushing: Pushing) -> None:
    _, mine = pushing.person()
    said(pushing.send(*rows(mine["clinic"], [str(n) for n in range(50)])))

    ids = [event.id for event in sorted(pushing.kept(), key=lambda each: int(each.source_ref))]
    assert len(set(ids)) == 50
    assert ids != sorted(ids)
    assert pushing.count(PushedEvent) == 50
