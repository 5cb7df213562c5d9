"""A question stands beside the look that it is about: its clock, who has it, and what was found."""

from datetime import timedelta

import pytest
from playwright.sync_api import Browser
from sqlalchemy import update

from citizen_portal.questions.models import Outcome, Question
from citizen_portal.questions.models.counts import AnswerCount
from tests.agreements.files import statements
from tests.dashboard.test_entry import WORDS
from tests.pages import Page, said
from tests.preferences.drawing import wrong
from tests.questions.asking import LIST, Asker

LED = "main .govuk-body-l"


def counted(me: Asker, *, at: str = "council", month: int = 7, middle: int) -> None:
    """The numbers of a body's answers in a quarter that is over."""
    first = me.desk.today().replace(month=1, day=1) - timedelta(days=1)
    with me.desk.sessions.writing() as session:
        session.add(
            AnswerCount(
                organisation_id=me.desk.bodies[at],
                quarter=first.replace(month=month, day=1),
                counted_on=me.desk.today(),
                median_days=middle,
            )
        )


def beside(page: Page) -> str:
    return said(page.section("question"))


def test_the_clock_of_a_question_is_seen_first_on_the_page_of_its_look(me: Asker) -> None:
    look = me.looked()
    assert "Your question" not in Page.get(me.browser, look).main
    counted(me, middle=11)
    counted(me, at="clinic", month=10, middle=40)
    question = me.ask(look, request="y")
    asked = question.asked_at - timedelta(days=5)
    with me.desk.sessions.writing() as session:
        due_on = (asked + timedelta(days=30)).date()
        session.execute(update(Question).values(asked_at=asked, due_on=due_on))

    page = Page.get(me.browser, look)
    box = beside(page)
    assert "Day 5 of 30" in box
    assert ": 25 days left." in box
    assert "They must answer: People who do thing" in box
    assert "Half of the answers came within 11 days." in box
    assert page.soup.select_one("section progress[value='5'][max='30']")
    assert f"{LIST}/{question.id.hex}" in page.links("question")
    main = page.main
    assert main.index("Your question") < main.index("What happened"), "where it can be seen"
    assert "Ask again about this" in main


def test_a_clock_that_stands_still_or_ran_out_counts_no_days(me: Asker) -> None:
    look = me.looked()
    question = me.ask(look)
    me.desk.do("ask_back", question, "Which year?", today=me.desk.today())
    waiting = beside(Page.get(me.browser, look))
    assert "The clock stands still since" in waiting
    assert "Day " not in waiting

    me.ask(look, kind="complaint")
    with me.desk.sessions.writing() as session:
        session.execute(update(Question).values(due_on=me.desk.today() - timedelta(days=3)))
    late = beside(Page.get(me.browser, look))
    assert "3 days late." in late
    assert "They are late. You can go to the regulator: Information Commissioner’s Office." in late
    assert "Day " not in late
    assert "Half of" not in late, "nothing was counted of them"


def test_a_finding_stands_first_whatever_was_asked_after_it(me: Asker) -> None:
    look = me.looked(agreement="DSA-0009")
    question = me.ask(look)
    me.desk.answer(question, Outcome.NOT_JUSTIFIED)
    page = Page.get(me.browser, look)
    first, then = (said(one) for one in page.soup.select(LED))
    assert first.startswith("On ")
    assert "the body said: this look was not justified." in first
    assert then.startswith("Not explained")
    assert f"{LIST}/{question.id.hex}" in {one["href"] for one in page.soup.select(f"{LED} a")}
    assert "Read the answer" in beside(page)

    again = me.ask(look, kind="complaint")
    me.desk.answer(again, Outcome.EXPLAINED)
    page = Page.get(me.browser, look)
    assert said(page.soup.select(LED)[0]) == first
    assert "Answered: explained" in beside(page)
    assert f"{LIST}/{again.id.hex}" in page.links("question")


def test_the_page_stays_short_and_costs_as_much_with_questions_as_without(me: Asker) -> None:
    look = me.looked()

    def asked() -> int:
        Page.get(me.browser, look)
        with statements(me.desk.sessions.engine) as seen:
            Page.get(me.browser, look)
        return len(seen)

    before = asked()
    for _ in range(3):
        counted_once = me.ask(look)
        me.desk.answer(counted_once, Outcome.NOT_JUSTIFIED)
    me.ask(look)
    assert asked() == before

    page = Page.get(me.browser, look)
    for folded in page.soup.select("details > :not(summary)"):
        folded.decompose()
    assert len(said(page.soup.select_one("main")).split()) <= WORDS


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 1280])
def test_the_page_fits_its_window(me: Asker, browser: Browser, width: int) -> None:
    look = me.looked()
    me.desk.answer(me.ask(look), Outcome.NOT_JUSTIFIED)
    me.ask(look)
    assert wrong(browser, me.browser, look, width) == []
