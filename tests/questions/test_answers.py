"""How bodies answered: counted once a quarter by the worker, shown to anybody, taken away."""

import csv
import io
import itertools
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import update

from citizen_portal.counts import bounds
from citizen_portal.preferences.models import Reply as Weighed
from citizen_portal.questions.actions.counting import SETTLES, published
from citizen_portal.questions.models import Author, Kind, Message, Outcome, Question, Wrote
from citizen_portal.questions.models.corrections import Matter, Reply
from citizen_portal.questions.models.counts import following, preceding
from citizen_portal.questions.queries.answers import Tally
from tests.agreements.files import statements
from tests.pages import Page, police
from tests.questions.counting import ONE, Quarters, noon

EXPLAINED, REFUSED = (Kind.WHY, Outcome.EXPLAINED), (Kind.WHY, Outcome.REFUSED)


@pytest.fixture
def quarters(app: Flask) -> Quarters:
    return Quarters(app)


def taken(app: Flask, query: str = "") -> list[dict[str, Any]]:
    response = app.test_client().get(f"/answers.json{query}")
    assert response.status_code == 200
    found: list[dict[str, Any]] = response.get_json()["answers"]
    return found


def fill(quarters: Quarters) -> None:
    """What the clinic did in the quarter, and next to it what is not of it."""
    first, last = quarters.quarter, quarters.end - ONE
    quarters.answered("clinic", 20, after=4, on=first)
    quarters.answered("clinic", 7, after=9, on=last)
    quarters.answered("clinic", 9, after=40, outcome=Outcome.REFUSED)
    quarters.answered("clinic", 5, after=50, asked_back_after=20, kind=Kind.CORRECTION)
    quarters.answered("clinic", 3, after=50, asked_back_after=31, kind=Kind.COMPLAINT)
    quarters.answered("clinic", 50, on=first - ONE)
    quarters.answered("clinic", 50, on=quarters.end)
    quarters.answered("council", 9)
    quarters.weighed("clinic", Weighed.APPLIED, 14)
    quarters.weighed("clinic", Weighed.REFUSED, 9)
    quarters.weighed("clinic", Weighed.NOT_YET, 30)
    quarters.weighed("clinic", Weighed.APPLIED, 30, replied_at=noon(first - ONE))
    quarters.weighed("clinic", Weighed.APPLIED, 30, objection=False)
    quarters.weighed("clinic", Weighed.APPLIED, 30, may_use=True)
    quarters.put_right("clinic", 21, reply=Reply.APPLIED, told_at=noon(last))
    quarters.put_right("clinic", 8, told_at=noon(last))
    quarters.put_right("clinic", 3, told_on=last)
    quarters.put_right("clinic", 9)
    quarters.put_right("clinic", 40, made_at=noon(first - ONE))
    quarters.put_right("clinic", 40, matter=Matter.DISPUTED)


def answer(whose: UUID, question_id: UUID, *, number: int) -> Message:
    return Message(
        citizen_id=whose,
        question_id=question_id,
        number=number,
        author=Author.OFFICER,
        wrote=Wrote.ANSWER,
    )


def test_a_quarter_is_counted_truly(quarters: Quarters, app: Flask) -> None:
    fill(quarters)
    quarters.count(quarters.end + SETTLES)
    clinic, council = sorted(taken(app), key=lambda row: str(row["body"]))
    assert (clinic["median_days"], clinic["p90_days"]) == (9, 50)
    # 20 + 7 in time and 5 whose clock stood still; 9 late and 3 asked back when it was late already
    assert clinic["answered"] == {"in_time": 30, "late": 10}
    assert clinic["share_in_time"] == {"least": 75, "most": 75}
    told = {(kind, name): n for kind, of in clinic["outcomes"].items() for name, n in of.items()}
    assert {key: n for key, n in told.items() if n} == {("why", "explained"): 25}
    assert clinic["objections"] == {"granted": 15, "refused": None}
    assert clinic["corrections"] == {"acknowledged": 20, "told": 10, "not_told": None}
    assert (clinic["first_day"], clinic["last_day"]) == (
        quarters.quarter.isoformat(),
        (quarters.end - ONE).isoformat(),
    )
    nothing = ("median_days", "p90_days", "share_in_time")
    assert [council[name] for name in nothing] == [None] * 3
    assert council["answered"] == {"in_time": None, "late": None}


def test_no_number_is_told_that_is_of_a_few_people(quarters: Quarters, app: Flask) -> None:
    """However many questions one person asks, and however many got the data of one."""
    quarters.answered("council", 9)
    quarters.one = quarters.person()
    quarters.answered("council", 30, outcome=Outcome.REFUSED, after=40)
    quarters.weighed("council", Weighed.REFUSED, 12)
    quarters.put_right("council", 12, reply=Reply.APPLIED, told_at=noon(quarters.quarter))
    quarters.answered("clinic", 9, kind=Kind.COMPLAINT)
    quarters.one = None
    quarters.answered("clinic", 1, kind=Kind.COMPLAINT)
    quarters.answered("clinic", 20)
    quarters.count(quarters.end + SETTLES)
    rows = quarters.rows()
    clinic, council = (rows[slug, quarters.quarter] for slug in ("clinic", "council"))
    assert (council.outcomes, council.in_time, council.late) == ({}, None, None)
    assert (council.refused, council.acknowledged) == (None, None)
    assert council.median_days == 40, "ten people had an answer"
    assert clinic.outcomes == {"why.explained": 20}
    assert (clinic.in_time, clinic.late) == (None, None), "the nine could be worked out"


def test_a_clock_stood_still_for_those_alone_of_whom_the_body_asked_back(
    quarters: Quarters, app: Flask
) -> None:
    """A question and its messages are one citizen's, whatever another's is called."""
    asked_back = quarters.answered("clinic", 20, after=50, asked_back_after=20)
    others = quarters.answered("clinic", 20, after=50)
    with quarters.sessions.writing() as session:
        for n, (one, other) in enumerate(zip(asked_back, others, strict=True)):
            named = update(Question).where(Question.id == other).values(id=one)
            whose = session.scalars(named.returning(Question.citizen_id)).one()
            if n < 10:
                session.add(answer(whose, one, number=5))
    quarters.count(quarters.end + SETTLES)
    clinic = next(row for row in taken(app) if row["body"] == "clinic")
    assert clinic["answered"] == {"in_time": 20, "late": 20}


def test_it_is_told_on_pages_and_as_a_table(quarters: Quarters, app: Flask) -> None:
    browser = app.test_client()
    assert "No quarter has been counted yet." in Page.get(browser, "/answers").main
    fill(quarters)
    quarters.count(quarters.end + SETTLES)
    page = Page.get(browser, "/answers")
    for words in (
        "Half of the answers came within 9 days. Nine in ten came within 50 days.",
        "About 75% of the answers.",
        "Questions: explained 25",
        "Others: fewer than 10 each",
        "Granted: 15",
        "Refused: fewer than 10",
        "Told, and they answered: 20",
    ):
        assert words in page.main
    assert page.links("quiet") == ["/bodies/council"]
    police(page.response.text, private=False)
    police(browser.get("/answers/clinic").text, private=False)
    assert "Too few to tell" in Page.get(browser, "/answers/council").main
    assert "25" not in Page.get(browser, "/answers/council").main, "it is another body's"
    assert "/answers/clinic" in Page.get(browser, "/bodies/clinic").links()
    for address in ("/answers?quarter=x&page=0", "/answers?quarter=2026-13", "/answers?page=99"):
        assert "About 75%" in Page.get(browser, address).main
    assert browser.get("/answers/none").status_code == 404

    text = browser.get("/answers.csv").text
    rows = {row["body"]: row for row in csv.DictReader(io.StringIO(text, newline=""), strict=True)}
    assert rows["clinic"]["outcomes_why_explained"] == "25"
    assert rows["clinic"]["outcomes_why_refused"] == ""
    assert rows["council"]["answered_in_time"] == ""
    assert len(taken(app, "?items=1")) == len(taken(app, "?items=1&page=2")) == 1


def test_a_quarter_once_counted_stays_whatever_is_erased(quarters: Quarters, app: Flask) -> None:
    fill(quarters)
    quarters.count(quarters.end + SETTLES - ONE)
    assert quarters.quarter not in {quarter for _, quarter in quarters.rows()}
    quarters.count(quarters.end + SETTLES)
    before, tag = taken(app), app.test_client().get("/answers.json").headers["ETag"]
    quarters.leave()
    quarters.count(quarters.end + SETTLES + ONE)
    assert taken(app) == before
    again = app.test_client().get("/answers.json", headers={"If-None-Match": tag})
    assert again.status_code == 304


def test_a_worker_that_was_away_or_died_misses_no_quarter(quarters: Quarters) -> None:
    older = preceding(preceding(quarters.quarter))
    quarters.count(following(older) + SETTLES)
    assert {quarter for _, quarter in quarters.rows()} == {older}
    quarters.answered("clinic", 12)
    with quarters.sessions.writing() as session:  # it died before it had counted the council
        session.delete(quarters.rows()["council", older])
    quarters.count(quarters.end + SETTLES + 60 * ONE)
    wanted = (older, following(older), quarters.quarter)
    assert set(quarters.rows()) == set(itertools.product(("clinic", "council"), wanted))
    assert quarters.rows()["clinic", quarters.quarter].outcomes == {"why.explained": 10}
    assert not quarters.rows()["clinic", older].tells


def test_pages_ask_as_little_for_many_bodies_as_for_few(app: Flask) -> None:
    quarters = Quarters(app, *(f"body-{n}" for n in range(25)))
    for slug in quarters.bodies:
        quarters.answered(slug, 12)
    quarters.count(quarters.end + SETTLES)
    browser = app.test_client()
    browser.get("/answers")
    for address, most in (("/answers", 3), ("/answers?page=2", 3), ("/answers/body-1", 2)):
        with statements(quarters.sessions.engine) as seen:
            assert browser.get(address).status_code == 200
        assert len(seen) <= most, seen
    assert "Page 2 of 2" in Page.get(browser, "/answers?page=2").main


def consistent(row: dict[str, Any]) -> list[Tally]:
    """Each exact table of two outcomes that would be told as this one is."""
    told = row["outcomes"]["why"]
    found = []
    ends = [bounds(told[name]) for name in ("explained", "refused")]
    for one, two in itertools.product(*(range(low, high + 1) for low, high in ends)):
        for in_time in range(one + two + 1):
            guess = Tally(in_time=in_time, late=one + two - in_time)
            guess.outcomes.update({EXPLAINED: one, REFUSED: two})
            made = published(guess)
            if {"in_time": made["in_time"], "late": made["late"]} == row["answered"]:
                found.append(guess)
    return found


def test_thirty_days_of_publications_pin_no_small_number(quarters: Quarters, app: Flask) -> None:
    """Each day something is answered or erased, and each day somebody takes away what is told."""
    made = quarters.answered("clinic", 14) + quarters.answered(
        "clinic", 4, outcome=Outcome.REFUSED, after=40
    )
    quarters.answered("clinic", 15, outcome=Outcome.EXPLAINED, on=quarters.quarter - 40 * ONE)
    days: list[date] = [quarters.end + n * ONE for n in range(-10, 20)]
    told: list[list[dict[str, Any]]] = []
    for day in days:
        if day < quarters.end:
            quarters.answered("clinic", on=day)
        else:
            quarters.erase(made.pop())
        quarters.count(day)
        with quarters.at(day):
            told.append(taken(app))
        if not made:
            made = quarters.answered("clinic", 3)
    every = {str(row): row for of in told for row in of}.values()
    named = [(row["body"], row["first_day"]) for row in every]
    assert len(named) == len(set(named)), "a quarter was told in two ways"
    assert ("clinic", quarters.quarter.isoformat()) in named
    for row in every:
        guesses = consistent(row)
        numbers = {
            "explained": {one.outcomes[EXPLAINED] for one in guesses},
            "refused": {one.outcomes[REFUSED] for one in guesses},
            "in time": {one.in_time for one in guesses},
            "late": {one.late for one in guesses},
        }
        for name, values in numbers.items():
            assert len(values) > 1 or min(values) >= 10, (name, row)
