"""Officers find what people asked their body, and answer it, as people do."""

from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser

from citizen_portal.questions.models import Author, Kind, Outcome, State, Wrote
from tests.agreements.files import statements
from tests.pages import Page
from tests.preferences.drawing import wrong
from tests.questions.asking_bodies import (
    UK,
    WHY,
    Clinic,
    SignIn,
    act,
    path_of,
    seen_on,
    send,
)

ONE = timedelta(days=1)
MOST_STATEMENTS = 8
"""Of one page of the desk, with who looks at it and what the register says."""


@pytest.fixture
def clinic(app: Flask, officer_in: SignIn) -> Clinic:
    return Clinic(app, officer_in)


def test_the_queue_has_what_is_late_first_and_can_be_narrowed(clinic: Clinic) -> None:
    fresh, late = clinic.ask(Kind.COMPLAINT), clinic.ask(Kind.CORRECTION, ago=60)
    waiting, over = clinic.ask(ago=5), clinic.ask(ago=10)
    ada, ben = clinic.officer("Ada"), clinic.officer("Ben")
    assert act(ada, waiting, "ask_back", words="Which day?").status_code == 303
    assert act(ada, over, "answer", outcome="explained", words="By law.").status_code == 303
    page = Page.get(ada, "/desk/questions")
    home = Page.get(ada, "/desk").main
    assert "2 questions wait for an answer. 1 is late." in home
    rows = page.soup.select("#list li")
    assert [
        question.reference in row.text
        for question, row in zip((late, fresh, waiting), rows, strict=True)
    ] == [True] * 3
    assert "Late" in rows[0].text
    assert "cp-lifted" in rows[0]["class"]
    assert "stands still" in rows[2].text
    assert page.soup.select_one("nav a[href='/desk/questions']")
    mine = Page.get(ada, path_of(fresh)).soup.select_one("select[name=assign-to] option")
    assert mine is not None
    assert mine.text == "Ada (you)"
    assert act(ada, fresh, "assign", to=str(mine["value"])).status_code == 303

    def listed(browser: object, show: str) -> list[str]:
        found = Page.get(browser, f"/desk/questions?show={show}")  # type: ignore[arg-type]
        return [
            one.reference for one in (fresh, late, waiting, over) if one.reference in found.main
        ]

    assert listed(ada, "mine") == [fresh.reference]
    assert listed(ben, "mine") == []
    assert listed(ben, "unassigned") == [late.reference, waiting.reference]
    assert listed(ben, "answered") == [over.reference]
    assert listed(ben, "nonsense") == listed(ben, "open")


def test_an_officer_sees_the_facts_the_register_and_the_words_but_not_who_asks(
    clinic: Clinic,
) -> None:
    question = clinic.ask()
    page = Page.get(clinic.officer(), path_of(question))
    for words in (
        WHY,
        question.reference,
        clinic.town.known_as(clinic.me, "clinic"),
        "Address <i>looked up</i>",
        "3 November 2026",
        "Title of DSA-0001",
        "your own target",
    ):
        assert words in page.main
    assert str(clinic.me) not in page.response.text
    assert clinic.me.hex not in page.response.text
    filled = Page.get(clinic.officer("Ben"), f"{path_of(question)}?words=agreement")
    box = filled.soup.select_one("textarea[name=answer-words]")
    assert box is not None
    assert "under the agreement “Title of DSA-0001” (DSA-0001)" in box.text


def test_a_question_is_found_by_case_workers_of_its_body_only(clinic: Clinic) -> None:
    question = clinic.ask()
    other = clinic.officer("Eve", "council")
    assert other.get(path_of(question)).status_code == 404
    assert send(other, question, "answer", "1", outcome="explained", words="x").status_code == 404
    assert question.reference not in Page.get(other, "/desk/questions").main
    author = clinic.officer("Kim", "clinic", "author")
    assert author.get("/desk/questions").status_code == 403
    assert clinic.case(question).case.state is State.ASKED


def test_a_case_goes_its_way_from_arrival_to_answer(clinic: Clinic) -> None:
    question, ada = clinic.ask(Kind.CORRECTION, ago=5), clinic.officer()
    due, today = question.due_on, UK.today()
    assert act(ada, question, "acknowledge").status_code == 303
    day = today + 9 * ONE
    boxes = {"next_on-day": day.day, "next_on-month": day.month, "next_on-year": day.year}
    fields = {name: str(value) for name, value in boxes.items()}
    assert act(ada, question, "note_progress", words="We look.", **fields).status_code == 303
    assert clinic.case(question).case.progress_on == day
    assert act(ada, question, "ask_back", words="Which address?").status_code == 303
    page = Page.get(ada, path_of(question))
    assert "Waits for the person" in page.main
    assert not page.soup.select("form[action$=extend]")
    clinic.add(question, "The one of May.")
    assert clinic.case(question).case.due_on == due
    assert act(ada, question, "extend", words="It is in an archive.").status_code == 303
    assert clinic.case(question).case.due_on > due
    assert not Page.get(ada, path_of(question)).soup.select("form[action$=extend]")
    answered = act(ada, question, "answer", outcome="corrected", words="It is right now.")
    assert answered.status_code == 303
    seen = clinic.case(question)
    assert (seen.case.state, seen.case.outcome) == (State.ANSWERED, Outcome.CORRECTED)
    assert [said.wrote for said in seen.messages][1:] == [
        Wrote.ACKNOWLEDGEMENT,
        Wrote.PROGRESS,
        Wrote.ASK_BACK,
        Wrote.WORDS,
        Wrote.EXTENSION,
        Wrote.ANSWER,
    ]
    assert seen.messages[-1].author is Author.OFFICER
    assert not Page.get(ada, path_of(question)).soup.select("main form")
    done = Page.get(ada, "/desk/audit").main
    assert "question" in done.casefold()


def test_what_is_lacking_is_said_at_its_box_and_nothing_is_lost(clinic: Clinic) -> None:
    question, ada = clinic.ask(), clinic.officer()
    tried = (
        ("answer", {"words": "Kept words"}, "Say what came of it"),
        ("answer", {"outcome": "corrected", "words": "Kept words"}, "Say what came of it"),
        ("answer", {"outcome": "explained"}, "Write what the person will read"),
        ("ask_back", {"words": ""}, "Write what the person will read"),
        ("note_progress", {"words": "Kept words"}, "Write a day to come"),
        ("assign", {"to": "0" * 32}, "Choose somebody who answers questions"),
        ("acknowledge", {"words": "x" * 4_001}, "at most 4,000 characters"),
    )
    for move, fields, fault in tried:
        response = act(ada, question, move, **fields)
        page = Page.of(response, ada)
        assert response.status_code == 422, move
        (summary,) = page.soup.select(".govuk-error-summary")
        assert fault in summary.text
        (link,) = summary.select("a")
        assert page.soup.select(str(link["href"])), move
        assert fields.get("words", "") in page.response.text
    assert send(ada, question, "withdraw", "1").status_code == 404
    assert clinic.case(question).messages_so_far == 1


def test_the_second_of_two_officers_is_told_and_loses_no_word(clinic: Clinic) -> None:
    question, ada, ben = clinic.ask(), clinic.officer("Ada"), clinic.officer("Ben")
    seen = seen_on(Page.get(ben, path_of(question)))
    assert act(ada, question, "ask_back", words="Which day?").status_code == 303
    response = send(ben, question, "answer", seen, outcome="explained", words="Ben’s answer")
    page = Page.of(response, ben)
    assert response.status_code == 412
    assert "changed while you wrote" in page.main
    assert "Which day?" in page.main
    box = page.soup.select_one("textarea[name=answer-words]")
    assert box is not None
    assert "Ben’s answer" in box.text
    assert seen_on(page) != seen
    clinic.add(question, "On Monday.")
    again = send(ben, question, "answer", seen_on(page), outcome="explained", words="Ben’s answer")
    assert "On Monday." in Page.of(again, ben).main
    assert (
        act(ada, question, "answer", outcome="explained", words="Ada’s answer").status_code == 303
    )
    last = send(ben, question, "answer", seen, outcome="not_justified", words="Ben’s answer")
    over = Page.of(last, ben)
    assert last.status_code == 412
    unsent = over.soup.select_one("#unsent")
    assert unsent is not None
    assert unsent.text == "Ben’s answer"
    assert clinic.case(question).texts[-1] == "Ada’s answer"


def test_a_wrongful_access_is_kept_on_the_question(clinic: Clinic) -> None:
    question = clinic.ask()
    said = {"outcome": "not_justified", "words": "Our officer had no reason."}
    assert act(clinic.officer(), question, "answer", **said).status_code == 303
    assert clinic.case(question).case.outcome is Outcome.NOT_JUSTIFIED


def test_no_row_and_no_message_costs_a_statement_of_its_own(clinic: Clinic) -> None:
    first, ada = clinic.ask(Kind.CORRECTION), clinic.officer()
    engine = clinic.town.sessions.engine

    def asked(path: str) -> int:
        ada.get(path)
        with statements(engine) as seen:
            assert ada.get(path).status_code == 200
        return len(seen)

    before = asked("/desk/questions"), asked(path_of(first))
    for _ in range(3):
        clinic.ask()
        clinic.add(first, "And this.")
    assert (asked("/desk/questions"), asked(path_of(first))) == before
    assert max(before) <= MOST_STATEMENTS


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 1280])
def test_the_pages_fit_their_window(clinic: Clinic, browser: Browser, width: int) -> None:
    question, ada = clinic.ask(Kind.CORRECTION, ago=60), clinic.officer()
    act(ada, question, "acknowledge", words="w" * 200)
    assert wrong(browser, ada, "/desk/questions", width) == []
    assert wrong(browser, ada, path_of(question), width) == []
