"""What bodies' systems read of choices and say about them, with real tokens."""

import json
from base64 import urlsafe_b64decode
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from werkzeug.test import TestResponse

from citizen_portal.audit import AuditEntry
from citizen_portal.bodies.models import Delivery
from citizen_portal.bodies.models import Scope as May
from citizen_portal.jobs import Job
from citizen_portal.preferences import actions
from citizen_portal.preferences.models import Answer, Choice, Effect, Feed, Reply, Standing, Status
from tests.agreements.files import statements
from tests.bodies import systems
from tests.preferences.town import DUE, TODAY, Town, about

LIST, STATEMENTS = "/api/v1/preference-changes", "/api/v1/preference-statements"
DIGEST = "/api/v1/preference-digest"
FROM = {"state": "applied", "from": "2026-11-21"}


class Caller:
    def __init__(self, app: Flask, slug: str) -> None:
        self.headers = systems.connect(app, slug, May.PREFERENCES).headers(app)
        self.client = app.test_client()

    def get(self, path: str) -> TestResponse:
        return self.client.get(path, headers=self.headers)

    def post(self, path: str, said: Any) -> TestResponse:
        return self.client.post(path, json=said, headers=self.headers)

    def changes(self, after: int = 0) -> dict[str, Any]:
        answer = self.get(f"{LIST}?after={after}")
        assert answer.status_code == 200, answer.text
        return dict[str, Any](answer.get_json())


@pytest.fixture
def clinic(app: Flask, town: Town) -> Caller:
    return Caller(app, "clinic")


@pytest.fixture
def chosen(town: Town) -> UUID:
    """Somebody who said no to two agreements, of which bodies were told."""
    me = town.person("clinic", "council")
    town.choose(me, about("DSA-0001"))
    town.choose(me, about("DSA-0002"))
    town.work("preferences.send")
    return me


@pytest.mark.both
def test_a_body_reads_its_list_and_says_so_by_reading_on(
    town: Town, clinic: Caller, chosen: UUID
) -> None:
    page = clinic.changes()
    assert [each["agreement"] for each in page["changes"]] == ["DSA-0001", "DSA-0002"]
    assert {each["subject"] for each in page["changes"]} == {town.known_as(chosen, "clinic")}
    assert (page["next"], page["last"], page["more"]) == (2, 2, False)
    first = town.effects(chosen)[0]
    assert first.status(TODAY) is Status.RECORDED

    assert clinic.changes(after=2)["changes"] == []
    assert {each.told_at is None for each in town.effects(chosen)[::2]} == {False}


def test_what_is_for_another_body_is_not_in_the_list(app: Flask, town: Town, chosen: UUID) -> None:
    assert Caller(app, "university").changes()["changes"] == []


@pytest.mark.parametrize("after", ["-1", "x", "1.5", "", "9" * 17, "%00"])
def test_a_number_that_is_none_is_refused(clinic: Caller, after: str) -> None:
    assert clinic.get(f"{LIST}?after={after}").status_code == 400


def test_a_number_that_cannot_have_been_given_changes_nothing(clinic: Caller, chosen: UUID) -> None:
    assert clinic.get(f"{LIST}?after=9999999999999999").status_code == 422
    assert len(clinic.changes()["changes"]) == 2


@pytest.mark.both
def test_an_answer_stands_and_the_same_again_changes_nothing(
    town: Town, clinic: Caller, chosen: UUID
) -> None:
    change = clinic.changes()["changes"][0]
    path = f"{LIST}/{change['id']}/acknowledgement"
    said = {"state": "refused", "reason": "We must keep it for a claim."}
    assert clinic.post(path, said).get_json() == {"id": change["id"], "state": "refused"}
    before = town.effects(chosen)[0]
    assert clinic.post(path, said).status_code == 200
    after = town.effects(chosen)[0]
    assert (after.reply, after.replied_at) == (Reply.REFUSED, before.replied_at)
    assert clinic.post(path, FROM).status_code == 200
    assert town.effects(chosen)[0].reply is Reply.APPLIED
    with town.sessions.reading() as session:
        told = session.scalars(select(Job.arguments).where(Job.name == "news.first_notice")).all()
        noted = [one for one in session.scalars(select(AuditEntry.about)) if "reply" in one]
    assert [(one["citizen"], one["kind"]) for one in told] == [(str(chosen), "choice")] * 2
    assert ["client" in one for one in noted] == [True, True]
    assert told[0]["keys"] != told[1]["keys"], "each answer is news once"


def test_where_an_answer_does_not_open_any_more_the_same_again_takes_its_place(
    app: Flask, town: Town, clinic: Caller, chosen: UUID
) -> None:
    change = clinic.changes()["changes"][0]
    path = f"{LIST}/{change['id']}/acknowledgement"
    said = {"state": "refused", "reason": "We must keep it for a claim."}
    assert clinic.post(path, said).status_code == 200
    with town.sessions.writing() as session:
        session.execute(update(Effect).values(sealed_reason=b"its key is gone"))

    assert clinic.post(path, said).status_code == 200
    effect = town.effects(chosen)[0]
    context = actions.reason_context(effect.id)
    assert app.extensions["sealer"].text(effect.sealed_reason, context) == said["reason"]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({}, "state"),
        ({"state": "done"}, "state"),
        ({"state": "applied"}, "body"),
        ({"state": "refused"}, "body"),
        ({"state": "not_yet"}, "body"),
        ({"state": "not_yet", "until": "2999-01-01"}, "body"),
        ({"state": "not_yet", "until": "2026-11-21", "from": "2026-11-21"}, "body"),
        ({"state": "applied", "from": 1795000000}, "from"),
        ({"state": "applied", "from": "2026-02-30"}, "from"),
        ({"state": "refused", "reason": "a\u202eb"}, "reason"),
        ({"state": "refused", "reason": " "}, "reason"),
        ({"state": "refused", "reason": "x" * 4001}, "reason"),
        ({**FROM, "person": "x"}, "person"),
        ([], "body"),
    ],
)
def test_half_an_answer_is_refused_with_its_field(
    town: Town, clinic: Caller, chosen: UUID, said: Any, field: str
) -> None:
    change = clinic.changes()["changes"][0]
    answer = clinic.post(f"{LIST}/{change['id']}/acknowledgement", said)
    assert answer.status_code == 422
    assert [each["field"] for each in answer.get_json()["errors"]] == [field]
    assert town.effects(chosen)[0].reply is Reply.NONE


def test_another_bodys_change_is_none_at_all(app: Flask, clinic: Caller, chosen: UUID) -> None:
    theirs = Caller(app, "council").changes()["changes"][0]["id"]
    mine = clinic.changes()["changes"][0]["id"]
    otherwise = (f"{{{mine}}}", f"urn:uuid:{mine}", f"{mine[:8]}-{mine[8:]}")
    answers = [
        clinic.post(f"{LIST}/{id_}/acknowledgement", FROM)
        for id_ in (theirs, "0" * 32, "x", *otherwise)
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1


def test_the_digest_says_all_that_stands_and_is_signed(
    app: Flask, town: Town, clinic: Caller, chosen: UUID
) -> None:
    town.choose(chosen, about("DSA-0002"), Answer.AS_BEFORE)
    town.work("preferences.send")
    signed = clinic.get(DIGEST).get_json()
    compact = f"{signed['protected']}.{signed['payload']}.{signed['signature']}"
    kind = "citizen-portal-preference-digest"
    said = app.extensions["signer"].opened(compact, kind=kind)
    assert said is not None
    assert (said["body"], said["last"], said["next"]) == ("clinic", 3, None)
    assert {(each["agreement"], each["may_use"]) for each in said["current"]} == {
        ("DSA-0001", False),
        ("DSA-0002", True),
    }


def test_the_digest_goes_on_page_by_page(
    monkeypatch: pytest.MonkeyPatch, clinic: Caller, chosen: UUID
) -> None:
    monkeypatch.setattr("citizen_portal.preferences.api.changes.MOST_LINES", 1)
    met, after = [], ""
    for _ in range(3):
        payload = clinic.get(DIGEST + after).get_json()["payload"]
        page = json.loads(urlsafe_b64decode(payload + "=="))
        met += [each["agreement"] for each in page["current"]]
        after = f"?after={page['next']}"
    assert (met, page["next"]) == (["DSA-0001", "DSA-0002"], None)


@pytest.mark.both
def test_a_number_ahead_of_ours_shows_that_data_was_lost(
    town: Town, clinic: Caller, chosen: UUID
) -> None:
    answer = clinic.get(f"{LIST}?after=7")
    assert answer.status_code == 409
    assert "preference-statements" in answer.get_json()["detail"]
    assert clinic.get(LIST).status_code == 409

    done = {"statements": [], "done": True, "read_to": 7}
    assert clinic.post(STATEMENTS, done).get_json()["recovering"] is False
    town.work("preferences.send")
    again = clinic.changes(after=7)["changes"]
    assert [each["agreement"] for each in again] == ["DSA-0001", "DSA-0002"]


@pytest.mark.both
def test_a_choice_that_was_lost_is_found_again_as_it_was_made(
    app: Flask, town: Town, clinic: Caller
) -> None:
    me = town.person()
    held = lose(town, me, clinic)

    answer = clinic.post(STATEMENTS, {"statements": held, "done": True, "read_to": 1})
    assert answer.get_json() == {"accepted": 1, "found": 1, "errors": [], "recovering": False}
    assert town.told(me)["DSA-0002", "clinic"] is False
    assert town.told(me)["DSA-0002", "university"] is False
    again = clinic.post(STATEMENTS, {"statements": held})
    assert again.get_json()["found"] == 0


def test_a_restore_gives_a_body_no_more_time(town: Town, clinic: Caller) -> None:
    me = town.person("clinic")
    held = lose(town, me, clinic, "DSA-0001")
    clinic.post(STATEMENTS, {"statements": held, "done": True, "read_to": 1})
    [effect] = town.effects(me)
    assert (effect.due_on, effect.extended_to) == (DUE.objection, DUE.objection_extended)


def lose(town: Town, me: UUID, clinic: Caller, reference: str = "DSA-0002") -> list[str]:
    """What the clinic holds of a choice that is no longer here."""
    town.choose(me, about(reference))
    town.work("preferences.send")
    statements = [each["statement"] for each in clinic.changes()["changes"]]
    with town.sessions.writing() as session:
        for table in (Delivery, Effect, Standing, Choice, Feed):
            session.execute(delete(table))
        actions.begin(session)
    return statements


def test_what_is_not_ours_or_not_theirs_is_reported_by_its_number(
    app: Flask, town: Town, clinic: Caller, chosen: UUID
) -> None:
    mine = clinic.changes()["changes"][0]["statement"]
    theirs = Caller(app, "council").changes()["changes"][0]["statement"]
    head, body, seal = mine.split(".")
    forged = f"{head}.{body[:-4]}AAAA.{seal}"
    token = clinic.headers["Authorization"].removeprefix("Bearer ")
    sent = [mine, theirs, forged, "", "x.y.z", token]
    answer = clinic.post(STATEMENTS, {"statements": sent}).get_json()
    assert (answer["accepted"], answer["found"]) == (1, 0)
    assert [each["row"] for each in answer["errors"]] == [2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"statements": "x"},
        {"statements": [1]},
        {"statements": [], "done": "yes"},
        {"statements": [], "read_to": -1},
        {"statements": [], "read_to": True},
        {"statements": [], "read_to": 10**16},
        {"statements": [""] * 501},
        {"statements": [], "more": 1},
    ],
)
def test_what_is_not_written_so_is_refused(clinic: Caller, said: Any) -> None:
    assert clinic.post(STATEMENTS, said).status_code == 422


def test_all_that_a_body_holds_is_noted_by_one_statement(
    town: Town, clinic: Caller, chosen: UUID
) -> None:
    held = [each["statement"] for each in clinic.changes()["changes"]]
    with statements(town.sessions.engine) as seen:
        assert clinic.post(STATEMENTS, {"statements": held}).get_json()["accepted"] == 2
    assert sum("SET held_at" in each for each in seen) == 1
    held_at = {each.agreement: each.held_at for each in town.effects(chosen)[::2]}
    assert [at is None for at in held_at.values()] == [False, False]


def test_an_old_statement_makes_nothing_go_back(town: Town, clinic: Caller, chosen: UUID) -> None:
    old = [each["statement"] for each in clinic.changes()["changes"]]
    town.choose(chosen, about("DSA-0001"), Answer.AS_BEFORE)
    with town.sessions.writing() as session:
        actions.begin(session)
    sent = {"statements": old, "done": True, "read_to": 2}
    assert clinic.post(STATEMENTS, sent).get_json()["found"] == 0
    assert town.told(chosen)["DSA-0001", "clinic"] is True
