"""From a question that was answered, or not in time, to its case file in one step."""

import io
import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from citizen_portal.audit import AuditEntry
from citizen_portal.exports.verify import check
from citizen_portal.identity.models import Citizen, SignIn
from citizen_portal.questions.models import Outcome, Question
from tests.exports import reading
from tests.pages import Page
from tests.questions.asking import Asker, Desk

HOSTILE = "=1+1 <b>why</b>"


@pytest.fixture
def asker(app: Flask, signed_in: Callable[[Citizen], FlaskClient]) -> Asker:
    app.config["WTF_CSRF_ENABLED"] = False
    desk = Desk(app)
    citizen, _ = desk.pushing.person("clinic", "council")
    return Asker(desk, citizen.id, signed_in(citizen))


def test_a_case_file_has_the_question_its_days_and_its_letters(app: Flask, asker: Asker) -> None:
    question = asker.ask(asker.looked(), words=HOSTILE)
    path = f"/my/questions/{question.id.hex}"
    take = f"{path}/case"
    assert asker.browser.get(take).status_code == 409  # the body still has time
    assert take not in Page.get(asker.browser, path).links()
    asker.desk.answer(question, Outcome.NOT_JUSTIFIED, "It was a mistake.")
    assert take in Page.get(asker.browser, path).links()
    page = Page.get(asker.browser, take)
    assert "Information Commissioner" in page.main

    sent = asker.browser.post(take)
    assert (sent.status_code, sent.content_type) == (200, "application/zip")
    assert sent.headers["Cache-Control"] == "no-store"
    found = check(io.BytesIO(sent.data), pinned=list(app.extensions["signer"].keys.keys))
    assert (found.case, found.trusted) == (True, True)
    said = json.loads(reading.files(sent.data)["case.json"])
    assert said["question"] == {
        "reference": question.reference,
        "kind": "why",
        "about": "event",
        "state": "Answered: access not justified",
    }
    assert said["body"]["subject"] == question.subject
    words = [(one["who"], one["words"]) for one in said["correspondence"]]
    assert words == [("you", HOSTILE), ("body", "It was a mistake.")]
    days = [one["day"] for one in said["timeline"]]
    assert days == sorted(days)
    (clock,) = [one for one in said["timeline"] if one["who"] == "clock"]
    assert clock["day"] == question.due_on.isoformat()


def test_it_is_for_its_citizen_alone_who_signed_in_just_now(
    app: Flask, asker: Asker, signed_in: Callable[[Citizen], FlaskClient]
) -> None:
    question = asker.ask(asker.looked())
    asker.desk.answer(question, Outcome.EXPLAINED)
    take = f"/my/questions/{question.id.hex}/case"
    assert asker.browser.post(take).status_code == 200
    with app.extensions["sessions"].reading() as session:
        tags = session.scalars(select(AuditEntry.tag).where(AuditEntry.actor_id == asker.me)).all()
    assert tags.count("case:made") == 1
    stranger = signed_in(Citizen())
    assert stranger.get(take).status_code == 404
    assert stranger.post(take).status_code == 404
    _long_ago(app)
    again = asker.browser.post(take)
    assert again.status_code == 302
    assert "step-up=1" in again.headers["Location"]


def test_a_clock_that_ran_out_makes_a_case_of_a_complaint(app: Flask, asker: Asker) -> None:
    question = asker.ask(asker.looked(), kind="complaint", words="This was not right.")
    take = f"/my/questions/{question.id.hex}/case"
    assert asker.browser.get(take).status_code == 409
    with app.extensions["sessions"].writing() as session:
        early = asker.desk.today() - timedelta(days=1)
        session.execute(update(Question).values(acknowledge_by=early))
    assert take in asker.open(question).links()
    sent = asker.browser.post(take)
    said = json.loads(reading.files(sent.data)["case.json"])
    laws = {one["what"]: one["law"] for one in said["timeline"] if one["who"] == "clock"}
    assert "section 164A(3)" in laws["Last day to say that it arrived"]
    assert set(laws) == {"Last day to say that it arrived", "Last day for the answer"}


def _long_ago(app: Flask) -> None:
    with app.extensions["sessions"].writing() as session:
        for place in session.scalars(select(SignIn)):
            place.auth_time -= timedelta(days=1)
