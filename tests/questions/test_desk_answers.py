"""An officer reads an answer as the person will before it is sent, and corrects one by another."""

import pytest
from flask import Flask
from playwright.sync_api import Browser

from citizen_portal.questions.models import About, Outcome, State, Wrote
from citizen_portal.questions.models.counts import quarter_of
from citizen_portal.questions.queries.answers import Tally, add_answers
from tests.pages import Page, said
from tests.preferences.drawing import wrong
from tests.questions.asking_bodies import UK, Clinic, SignIn, act, path_of, seen_on

TEXT = "We looked by mistake.\r\n\r\nWe are sorry."
UNREAD = "This question was changed while you wrote"


@pytest.fixture
def clinic(app: Flask, officer_in: SignIn) -> Clinic:
    return Clinic(app, officer_in)


def test_an_answer_is_read_before_it_is_sent_and_can_be_gone_back_from(clinic: Clinic) -> None:
    question, ada = clinic.ask(), clinic.officer()
    check = f"{path_of(question)}/check"
    page = Page.get(ada, path_of(question))
    lacking = page.submit(check, **{"answer-words": TEXT})
    assert lacking.response.status_code == 422
    assert "Say what came of it" in lacking.main
    seen = page.submit(check, **{"answer-words": TEXT, "answer-outcome": "not_justified"})
    assert seen.heading == "Check the answer"
    assert "They answered Answered: access not justified" in seen.main
    assert "We looked by mistake." in said(seen.section("letter"))
    assert clinic.case(question).case.state is State.ASKED, "nothing was sent"

    form = f"{path_of(question)}/answer"
    back = Page.of(ada.post(check, data=seen.fields(form) | {"back": "1"}), ada)
    kept = back.fields(check)
    assert kept["answer-outcome"] == "not_justified"
    assert "We are sorry." in str(kept["answer-words"])
    assert not back.soup.select(".govuk-error-summary")
    sent = seen.submit(form)
    assert sent.response.status_code == 303
    answered = clinic.case(question)
    assert answered.case.outcome is Outcome.NOT_JUSTIFIED
    assert answered.texts[-1].splitlines() == TEXT.splitlines()


def test_what_was_changed_meanwhile_is_read_before_the_check(clinic: Clinic) -> None:
    question, ada = clinic.ask(), clinic.officer()
    page = Page.get(ada, path_of(question))
    clinic.add(question, "One more thing.")
    fields = {"answer-words": TEXT, "answer-outcome": "explained"}
    late = page.submit(f"{path_of(question)}/check", **fields)
    assert late.response.status_code == 412
    assert UNREAD in late.main
    assert "One more thing." in late.main
    assert "We are sorry." in str(late.fields(f"{path_of(question)}/check")["answer-words"])


def test_an_answer_is_corrected_by_a_message_that_says_so(clinic: Clinic) -> None:
    question, ada = clinic.ask(ago=5), clinic.officer()
    amend = f"{path_of(question)}/amend"
    assert ada.get(amend).status_code == 409, "there is nothing to correct yet"
    said_first = {"outcome": "not_justified", "words": "No reason."}
    assert act(ada, question, "answer", **said_first).status_code == 303
    before = clinic.case(question).case
    page = Page.get(ada, amend)
    check = f"{path_of(question)}/check"
    fields = page.fields(check)
    assert (fields["answer-outcome"], fields["answer-words"]) == ("not_justified", "No reason.")
    words = {"answer-words": "There was one.", "answer-outcome": "explained"}
    seen = page.submit(check, **words)
    assert "They corrected their answer Answered: explained" in seen.main
    assert seen.submit(amend).response.status_code == 303
    assert UNREAD in seen.submit(amend).main, "sent twice it is written once"
    assert page.submit(check, **words).response.status_code == 412

    after = clinic.case(question)
    assert [one.wrote for one in after.messages] == [Wrote.WORDS, Wrote.ANSWER, Wrote.AMENDMENT]
    assert after.texts[-2:] == ["No reason.", "There was one."]
    assert (after.case.state, after.case.outcome) == (State.ANSWERED, Outcome.EXPLAINED)
    assert after.case.answered_at == before.answered_at
    assert "Corrected the answer" in Page.get(ada, "/desk/audit").main
    ben = clinic.officer("Eve", "council")
    assert ben.get(amend).status_code == 404


def test_a_corrected_answer_counts_once_and_for_its_first_day(clinic: Clinic) -> None:
    """A clock that stood still when it was answered stood still, whatever was written later."""
    question, ada = clinic.ask(ago=60), clinic.officer()
    act(ada, question, "ask_back", words="Which day?")
    act(ada, question, "answer", outcome="explained", words="By law.")

    def told() -> Tally:
        tally = Tally()
        with clinic.town.sessions.reading() as session:
            add_answers(session, tally, question.organisation_id, quarter_of(UK.today()), UK)
        return tally

    before = told()
    assert before.in_time + before.late == 1
    page = Page.get(ada, f"{path_of(question)}/amend")
    data = {"seen": seen_on(page), "answer-words": "By another.", "answer-outcome": "explained"}
    assert ada.post(f"{path_of(question)}/amend", data=data).status_code == 303
    assert told() == before


def test_the_queue_says_what_each_question_is_about(clinic: Clinic) -> None:
    clinic.ask()
    clinic.ask(about=About.HOLDING)
    rows = Page.get(clinic.officer(), "/desk/questions").soup.select("#list li")
    assert "A look by: " in rows[0].text + rows[1].text
    assert "A set of records: " in rows[0].text + rows[1].text


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 1280])
def test_the_pages_fit_their_window(clinic: Clinic, browser: Browser, width: int) -> None:
    question, ada = clinic.ask(), clinic.officer()
    page, path = Page.get(ada, path_of(question)), f"{path_of(question)}/check"
    checked = page.submit(path, **{"answer-words": "w" * 200, "answer-outcome": "explained"})
    assert wrong(browser, ada, path, width, text=checked.response.text) == []
    act(ada, question, "answer", outcome="explained", words="By law.")
    assert wrong(browser, ada, f"{path_of(question)}/amend", width) == []
