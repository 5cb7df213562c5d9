"""What a body reports: once, in pages of ids, kept up to date; and who is told of it."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from citizen_portal.audit import AuditEntry
from citizen_portal.bodies.models import Scope
from citizen_portal.incidents import jobs as incident_jobs
from citizen_portal.incidents.actions import MOST_UPDATES
from citizen_portal.incidents.models import Incident, IncidentBatch
from tests.agreements.calling import faults
from tests.bodies import systems
from tests.incidents.reporting import EARLIER, YESTERDAY, Reporting, incident

NOBODY = "0" * 63 + "1"


def answer(response: Any, status: int = 200) -> dict[str, Any]:
    assert response.status_code == status, response.text
    return dict(response.json)


@pytest.mark.both
def test_those_whom_a_body_names_are_told_once_and_no_others(reporting: Reporting) -> None:
    one, other, third = (reporting.person("clinic", "council") for _ in range(3))
    first = answer(reporting.report(one), 201)
    assert (first["received"], first["known"], first["unknown"]) == (1, 1, 0)
    named = [reporting.known_as(other, "clinic"), NOBODY, reporting.known_as(third, "council")]
    further = answer(reporting.report(subjects=[*named, named[0]]))
    assert (further["received"], further["known"], further["unknown"]) == (3, 1, 2)
    assert NOBODY not in str(further)

    reporting.tell()
    assert reporting.who_was_told() == {one, other}, "an id of another body means nobody here"
    assert {who for who, _ in reporting.notices()} == {str(one), str(other)}
    answer(reporting.report(one, other))
    reporting.tell()
    assert len(reporting.notices()) == 2, "told once"
    assert reporting.batches() == [], "who was named is kept nowhere but with themselves"


@pytest.mark.both
def test_sent_four_times_in_one_moment_it_is_reported_once(reporting: Reporting) -> None:
    people = [reporting.person("clinic") for _ in range(4)]
    reporting.headers("clinic")
    for n in range(5):
        named = {"reference": f"INC-{n}"}
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda one: reporting.report(one, **named), people))  # noqa: B023
        assert sorted(one.status_code for one in answers) == [200, 200, 200, 201]
    reporting.tell()
    assert reporting.who_was_told() == set(people)
    assert len(reporting.notices()) == 20


def test_so_much_is_added_and_no_more(reporting: Reporting) -> None:
    answer(reporting.report(), 201)
    with reporting.sessions.writing() as session:
        kept = session.scalars(select(Incident)).one()
        kept.updates = [{"on": YESTERDAY, "text": {"en": str(n)}} for n in range(MOST_UPDATES - 1)]
    last, more = ({"en": text} for text in ("The last.", "One more."))
    answer(reporting.put(update=last))
    refused = reporting.put(update=more)
    assert (refused.status_code, "Enough was added" in refused.text) == (409, True)
    assert answer(reporting.put(update=last, closed=True))["status"] == "closed"


def test_whoever_is_linked_can_be_told(
    reporting: Reporting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incident_jobs, "AT_ONCE", 2)
    people = {reporting.person("clinic") for _ in range(5)}
    reporting.person("council")
    answer(reporting.report(everyone=True, subjects=None), 201)
    reporting.tell()
    assert reporting.who_was_told() == people


def test_the_ids_wait_sealed(reporting: Reporting) -> None:
    one = reporting.person("clinic")
    answer(reporting.report(one), 201)
    (batch,) = reporting.batches()
    assert batch.sealed is not None
    assert bytes.fromhex(reporting.known_as(one, "clinic")) not in batch.sealed


def test_a_batch_that_cannot_be_opened_keeps_no_other_waiting(reporting: Reporting) -> None:
    one, other = reporting.person("clinic"), reporting.person("clinic")
    answer(reporting.report(one), 201)
    with reporting.sessions.writing() as session:
        session.scalars(select(IncidentBatch)).one().sealed = b"broken"
    answer(reporting.report(other))
    reporting.tell()
    assert reporting.who_was_told() == {other}
    assert len(reporting.batches()) == 1


def test_the_same_reference_says_the_same_or_is_refused(reporting: Reporting) -> None:
    answer(reporting.report(), 201)
    answer(reporting.report())
    assert reporting.report(affected=99).status_code == 409
    answer(reporting.report(by="council", affected=99), 201)
    with reporting.sessions.reading() as session:
        kept = session.scalars(select(Incident.affected).order_by(Incident.id)).all()
        noted = session.scalars(select(AuditEntry).where(AuditEntry.tag == "incident:reported"))
        about = [entry.about for entry in noted]
    assert kept == [1_235, 100], "no exact number is kept"
    assert [entry["count"] for entry in about] == [0, 0], "the same again is not noted"


def test_what_is_told_is_brought_up_to_date_and_closed(reporting: Reporting) -> None:
    one = reporting.person("clinic")
    answer(reporting.report(one), 201)
    reporting.tell()
    assert answer(reporting.put())["revision"] == 1, "the same changes nothing"
    update = {"en": "They deleted it."}
    changed = answer(reporting.put(update=update, closed=True, tell=True))
    assert (changed["status"], changed["revision"]) == ("closed", 2)
    assert answer(reporting.put(update=update, closed=True, tell=True))["revision"] == 2
    reporting.work("incidents.tell_again")
    assert [key.count(":") for _, key in reporting.notices()] == [1, 2]
    assert answer(reporting.put(affected=9))["status"] == "open"
    assert reporting.put("INC-8").status_code == 404
    assert reporting.put(by="council").status_code == 404, "another body's is not found"


WRONG: dict[str, dict[str, Any]] = {
    "reference": {"reference": "a b"},
    "what": {"what": None},
    "what.en": {"what": {"en": "x" * 1_501}},
    "advice.en": {"advice": {"en": "a\u202eb"}},
    "subjects[1]": {"subjects": ["0" * 64, "Z" * 64]},
    "body": {"subjects": ["0" * 64], "everyone": True},
    "found_on": {"found_on": "2999-01-01"},
    "affected": {"affected": 0},
    "categories": {"categories": []},
    "colour": {"colour": "blue"},
}


@pytest.mark.parametrize(("field", "said"), WRONG.items())
def test_what_has_faults_is_refused_by_field(
    shared_reporting: Reporting, field: str, said: dict[str, Any]
) -> None:
    found = faults(shared_reporting.post(incident(**said)))
    assert list(found) == [field]


def test_days_must_follow_each_other(shared_reporting: Reporting) -> None:
    for said in ({"happened_to": "2020-01-01"}, {"found_on": EARLIER, "happened_from": YESTERDAY}):
        assert list(faults(shared_reporting.post(incident(**said)))) == ["body"]


def test_the_scope_is_its_own(shared_reporting: Reporting) -> None:
    app = shared_reporting.app
    others = [scope for scope in Scope if scope is not Scope.INCIDENTS]
    headers = systems.connect(app, "hermit", *others).headers(app)
    client = app.test_client(use_cookies=False)
    assert client.post("/api/v1/incidents", headers=headers, json={}).status_code == 403


def test_a_hundred_thousand_ids_are_taken_and_one_more_is_not(shared_reporting: Reporting) -> None:
    ids = [f"{n:064x}" for n in range(100_001)]
    assert answer(shared_reporting.report(subjects=ids[1:]), 201)["unknown"] == 100_000
    refused = shared_reporting.report(subjects=ids, reference="INC-9")
    assert list(faults(refused)) == ["subjects"]


def test_nobody_is_told_by_an_incident_of_nobody(reporting: Reporting) -> None:
    who: UUID = reporting.person("clinic")
    answer(reporting.report(), 201)
    reporting.tell()
    assert who not in reporting.who_was_told()
