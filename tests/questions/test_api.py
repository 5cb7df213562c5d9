"""What bodies' systems read of questions and say about them, with real tokens."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from citizen_portal.bodies import actions as bodies
from citizen_portal.bodies.models import Delivery
from citizen_portal.bodies.models import Scope as May
from citizen_portal.questions.models import Author, Kind, State
from tests.bodies import systems
from tests.questions.asking_bodies import UK, WHY, Clinic, Machine, SignIn, act

KEY = "key-00000001"


@pytest.fixture
def clinic(app: Flask, officer_in: SignIn) -> Clinic:
    return Clinic(app, officer_in)


@pytest.mark.both
def test_a_system_reads_what_was_asked_in_order_and_again_when_the_person_adds(
    clinic: Clinic,
) -> None:
    first, second = clinic.ask(Kind.CORRECTION), clinic.ask()
    machine = clinic.connect()
    assert machine.list() == {"questions": [], "next": 0, "more": False}
    clinic.town.work("questions.send")
    page = machine.list()
    assert [one["id"] for one in page["questions"]] == [first.id.hex, second.id.hex]
    assert [one["number"] for one in page["questions"]] == [1, 2]
    assert (page["next"], page["more"]) == (2, False)
    one = page["questions"][0]
    assert one["subject"] == clinic.town.known_as(clinic.me, "clinic")
    assert one["due"] == first.due_on.isoformat()
    assert one["facts"][0] == {"name": "action", "value": "Address <i>looked up</i>"}
    assert [said["text"] for said in one["messages"]] == [WHY]
    assert "corrected" in one["outcomes"]
    assert str(clinic.me) not in str(page)
    assert clinic.me.hex not in str(page)
    clinic.add(first, "And the one before.")
    clinic.town.work("questions.send")
    (again,) = machine.list(after=2)["questions"]
    assert (again["id"], again["number"]) == (first.id.hex, 3)
    assert [said["text"] for said in again["messages"]] == [WHY, "And the one before."]
    assert [one["id"] for one in machine.list(after=1)["questions"]] == [
        second.id.hex,
        first.id.hex,
    ]


def test_another_bodys_system_and_one_without_the_scope_get_nothing(
    app: Flask, clinic: Clinic
) -> None:
    question = clinic.ask()
    clinic.town.work("questions.send")
    council = clinic.connect("council")
    assert council.list()["questions"] == []
    said = {"says": "answer", "outcome": "explained", "text": "Mine now."}
    assert council.say(question.id, KEY, **said).status_code == 404
    other = Machine(app, systems.connect(app, "clinic", May.PREFERENCES).headers(app))
    assert other.say(question.id, KEY, **said).status_code == 403
    assert clinic.case(question).case.state is State.ASKED


@pytest.mark.both
def test_a_system_goes_the_way_of_an_officer_and_a_key_writes_once(clinic: Clinic) -> None:
    question, machine = clinic.ask(Kind.CORRECTION), clinic.connect()
    soon = (UK.today() + timedelta(days=9)).isoformat()
    steps = (
        {"says": "acknowledgement"},
        {"says": "progress", "text": "We look.", "next": soon},
        {"says": "extension", "text": "It is in an archive."},
        {"says": "ask_back", "text": "Which address?"},
        {"says": "answer", "text": "It is right now.", "outcome": "corrected"},
    )
    states = []
    for at, said in enumerate(steps):
        answers = [machine.say(question.id, f"key-{at:08}", **said) for _ in range(2)]
        assert [one.status_code for one in answers] == [200, 200], answers[0].text
        assert answers[0].get_json() == answers[1].get_json()
        assert answers[0].get_json()["message"] == at + 2
        states.append(answers[0].get_json()["state"])
    assert states == ["acknowledged", "working", "working", "waiting", "answered"]
    seen = clinic.case(question)
    assert seen.messages_so_far == len(steps) + 1
    assert {said.author for said in seen.messages[1:]} == {Author.MACHINE}
    assert seen.texts[-1] == "It is right now."


def test_what_cannot_be_taken_is_a_problem_that_says_why(clinic: Clinic) -> None:
    question, machine = clinic.ask(), clinic.connect()
    good = {"says": "answer", "outcome": "explained", "text": "By law."}
    wrong: tuple[tuple[dict[str, Any], int, str], ...] = (
        ({}, 422, "says"),
        ({**good, "outcome": None}, 422, "outcome"),
        ({**good, "outcome": "corrected"}, 422, "outcome does not fit"),
        ({**good, "says": "progress"}, 422, "next"),
        ({**good, "says": "ask_back"}, 422, "outcome"),
        ({**good, "text": "x" * 4_001}, 422, "text"),
        ({**good, "text": "a\u202eb"}, 422, "text"),
        ({**good, "extra": 1}, 422, "extra"),
        ({**good, "version": 99}, 412, "changed"),
        ({"says": "extension", "text": "Long."}, 409, "by right"),
    )
    for said, status, words in wrong:
        answer = machine.say(question.id, KEY, **said)
        assert (answer.status_code, words in answer.text) == (status, True), answer.text
        assert answer.content_type == "application/problem+json"
    for key in ("", "short", "has space in it", "x" * 201):
        answer = machine.say(question.id, key, **good)
        assert (answer.status_code, "Idempotency-Key" in answer.text) == (400, True)
    assert clinic.case(question).messages_so_far == 1
    assert machine.say(question.id, KEY, **good, version=1).status_code == 200
    for said in ({"text": "Another."}, {"outcome": "refused"}):
        other = machine.say(question.id, KEY, **{**good, **said})
        assert (other.status_code, "Idempotency-Key" in other.text) == (422, True)
    assert machine.say(question.id, f"{KEY}-2", **good).status_code == 409


def test_a_key_stands_for_the_day_that_was_named_too(clinic: Clinic) -> None:
    question, machine = clinic.ask(), clinic.connect()
    for days, status in ((3, 200), (3, 200), (4, 422)):
        soon = (UK.today() + timedelta(days=days)).isoformat()
        said = {"says": "progress", "text": "We look.", "next": soon}
        assert machine.say(question.id, KEY, **said).status_code == status


def test_a_system_is_told_of_a_question_by_ids_and_days_alone(clinic: Clinic) -> None:
    with clinic.town.sessions.writing() as session:
        sealer = clinic.app.extensions["sealer"]
        bodies.set_webhook(session, sealer, clinic.body, "https://clinic.example/hook")
    question = clinic.ask()
    for _ in range(2):
        clinic.town.work("questions.send")
    with clinic.town.sessions.reading() as session:
        (sent,) = session.scalars(select(Delivery)).all()
    assert sent.kind == "question.asked"
    assert sent.payload == {
        "id": question.id.hex,
        "number": 1,
        "kind": "why",
        "state": "asked",
        "due": question.due_on.isoformat(),
    }


def test_an_officer_sees_what_the_system_said_and_is_told_of_it(clinic: Clinic) -> None:
    question, machine, ada = clinic.ask(), clinic.connect(), clinic.officer()
    clinic.town.work("questions.send")
    version = machine.list()["questions"][0]["version"]
    assert act(ada, question, "acknowledge").status_code == 303
    said = {"says": "answer", "outcome": "explained", "text": "By law."}
    assert machine.say(question.id, KEY, **said, version=version).status_code == 412
    assert machine.say(question.id, KEY, **said, version=version + 1).status_code == 200
    page = ada.get(f"/desk/questions/{question.id}").text
    assert "Your body’s computer system: the answer" in page
