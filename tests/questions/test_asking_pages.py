"""A citizen asks about a look, and reads where it stands: by forms and links."""

import base64
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import update

from citizen_portal.bodies.models import Client
from citizen_portal.identity.models import Officer
from citizen_portal.questions.actions import telling
from citizen_portal.questions.actions.asking import MOST_OPEN
from citizen_portal.questions.models import Author, Kind, Outcome, Question, State, Wrote
from tests.agreements.files import statements
from tests.pages import Page, said
from tests.questions.asking import LIST, Asker, Desk, action

LISTED = 4
"""Statements of the list of questions, however many there are."""
HOSTILE = "<script>alert(1)</script> \u202eevil\u202c {{ 7*7 }} %(day)s\r\nO’Ŵyr 🏴󠁧󠁢󠁷󠁬󠁳󠁿"


def test_it_is_asked_in_one_step_and_says_who_must_answer_by_when(me: Asker) -> None:
    look = me.looked()
    form = me.form(look)
    assert form.heading == "Ask about this look"
    assert "They must answer: People who do thing" in form.main
    assert "By law they must answer by" in form.main
    sent = form.submit(action(form), kind="why", words=HOSTILE)
    after = Page.get(me.browser, sent.response.headers["Location"])

    (question,) = me.questions()
    assert question.organisation_id == me.desk.bodies["council"]
    assert question.subject == me.desk.pushing.pairwise(me.me, "council")
    assert (question.kind, question.state) == (Kind.WHY, State.ASKED)
    assert question.reference in after.main
    assert after.heading == "It was sent"
    assert "Sign in from time to time." in after.main, "this portal sends no mail"
    assert "It is the body’s own target. No law sets a day." in after.main
    (first,) = me.messages(question)
    assert (first.author, first.wrote, first.number) == (Author.CITIZEN, Wrote.WORDS, 1)
    shown = me.open(question)
    assert "<script>alert(1)</script> evil {{ 7*7 }} %(day)s" in shown.main
    assert not shown.soup.select("main script")
    assert "\u202e" not in shown.response.text
    asked = f"You asked on {_day(shown)}. Sent"
    assert asked in Page.get(me.browser, look).main
    assert asked in " ".join(Page.get(me.browser, "/my/access").lines())
    assert question.reference in Page.get(me.browser, LIST).main


def test_what_the_body_writes_is_shown_beside_its_clock_and_at_the_look(me: Asker) -> None:
    look = me.looked()
    question = me.ask(look, request="y", words="Which record did you open?")
    assert question.kind is Kind.ACCESS_REQUEST
    me.desk.do("ask_back", question, "Which year?", today=me.desk.today())
    waiting = me.open(question)
    assert "They wait for you . The clock stands still since" in waiting.main
    assert "1 waits for you." in " ".join(Page.get(me.browser, "/my").rows("attention"))
    reply = waiting.submit(f"{LIST}/{question.id.hex}", words="In 2026.")
    assert reply.response.status_code == 303
    again = waiting.submit(f"{LIST}/{question.id.hex}", words="In 2026.")
    assert again.response.status_code == 303, "sent twice it is kept once"

    me.desk.answer(question, Outcome.NOT_JUSTIFIED, "<b>It was a mistake.</b>")
    answered = me.open(question)
    assert "Answered: access not justified" in answered.main
    assert "You asked: People who" in answered.main, "nothing more must be answered"
    again_at = answered.soup.find("a", string="Ask again, or complain to the body from here")
    assert again_at is not None
    assert Page.get(me.browser, str(again_at["href"])).heading == "Ask about this look"
    assert "<b>It was a mistake.</b>" in answered.main
    assert not answered.soup.select("form[method=post]:has(textarea)")
    assert "Answered: access not justified" in Page.get(me.browser, look).main
    mine = Page.get(me.browser, "/my")
    assert "1 was answered." in " ".join(mine.rows("attention"))
    assert "2 need you 1 look is not explained" in " ".join(mine.main.split())
    assert [one.number for one in me.messages(question)] == [1, 2, 3, 4]
    assert [me.desk.said(one) for one in me.messages(question)][1:3] == ["Which year?", "In 2026."]


@pytest.mark.both
def test_a_number_of_messages_that_no_page_says_does_no_harm(me: Asker) -> None:
    question = me.ask(me.looked())
    for at, number in enumerate(("9" * 30, "-" + "9" * 30, "2147483648", "-1")):
        page = me.open(question)
        path = f"{LIST}/{question.id.hex}"
        assert page.submit(path, words=f"More {at}", number=number).response.status_code == 303
    assert len(me.messages(question)) == 5


def test_a_page_that_is_sent_twice_asks_once(me: Asker) -> None:
    page = me.form(me.looked())
    places = {page.submit(action(page), kind="why").response.headers["Location"] for _ in range(2)}
    assert len(places) == 1
    assert len(me.questions()) == 1


def test_who_goes_back_and_sends_the_same_once_more_asks_once_while_it_waits(me: Asker) -> None:
    look = me.looked()
    places = []
    for words in ("Why me?", "Why me?", "And why at night?"):
        page = me.form(look)
        sent = page.submit(action(page), kind="why", words=words)
        places.append(sent.response.headers["Location"])
    assert places[0] == places[1] != places[2]
    first, _ = me.questions()
    me.desk.answer(first, Outcome.EXPLAINED)
    page = me.form(look)
    page.submit(action(page), kind="why", words="Why me?")
    assert len(me.questions()) == 3, "what was answered can be asked anew"


def test_the_facts_of_a_form_can_be_changed_by_nobody_and_used_by_no_other(
    me: Asker, come: Callable[..., Asker]
) -> None:
    page, other = me.form(me.looked()), come()
    fields = page.fields(action(page)) | {"kind": "why"}
    sealed = bytearray(base64.urlsafe_b64decode(str(fields["packet"])))
    sealed[-20] ^= 1
    changed = base64.urlsafe_b64encode(bytes(sealed)).decode()
    elsewhere = action(page)[:-1] + ("0" if action(page)[-1] != "0" else "1")

    for address, packet in (
        (action(page), changed),
        (action(page), "no packet"),
        (action(page), ""),
        (elsewhere, str(fields["packet"])),
        (action(page).replace("/access/", "/records/"), str(fields["packet"])),
    ):
        sent = me.browser.post(address, data=fields | {"packet": packet})
        assert sent.status_code == 422, (address, sent.status_code)
        Page.of(sent, me.browser)
    theirs = other.form(other.looked())
    stolen = theirs.submit(action(theirs), kind="why", packet=str(fields["packet"]))
    assert stolen.response.status_code == 422
    assert me.questions() == other.questions() == []
    assert me.browser.post("/my/ask/anything/else", data=fields).status_code == 404


def test_what_is_not_said_or_too_long_is_put_right_and_no_word_is_lost(me: Asker) -> None:
    page = me.form(me.looked())
    nothing = page.submit(action(page), words="My words")
    assert nothing.response.status_code == 422
    assert "Say what you want" in nothing.main
    assert nothing.fields(action(page))["words"] == "My words"
    long = page.submit(action(page), kind="why", words="x" * 2_001)
    assert "Use 2,000 characters or fewer" in long.main
    assert long.fields(action(page))["words"] == "x" * 2_001
    assert not page.soup.select("textarea[maxlength]"), "a browser would cut what is pasted"
    wrong = page.submit(action(page), kind="correction", words=" ")
    assert "Write what is wrong, and what would be right" in wrong.main
    assert page.submit(action(page), kind="objected").response.status_code == 422
    assert me.questions() == []


def test_only_so_many_wait_at_once_and_that_is_said(me: Asker) -> None:
    look = me.looked()
    me.ask(look)
    with me.desk.sessions.writing() as session:
        kept = session.get_one(Question, (me.me, me.questions()[0].id))
        for n in range(MOST_OPEN - 1):
            session.add(_like(kept, n))
    page = me.form(look)
    refused = page.submit(action(page), kind="complaint", words="My words")
    assert refused.response.status_code == 422
    assert "20 of your questions wait for an answer." in refused.main
    assert refused.fields(action(page))["words"] == "My words"
    with statements(me.desk.sessions.engine) as asked:
        listed = Page.get(me.browser, LIST)
    assert len(listed.soup.select("ul.cp-rows > li")) == MOST_OPEN
    leave = Page.get(me.browser, f"{LIST}/{kept.id.hex}/withdraw")
    leave.submit(f"{LIST}/{kept.id.hex}/withdraw")
    assert "You withdrew it" in me.open(kept).main
    assert page.submit(action(page), kind="complaint").response.status_code == 303
    assert len(asked) == LISTED, asked


def _like(one: Question, n: int) -> Question:
    return Question(
        citizen_id=one.citizen_id,
        token=f"{n}",
        kind=Kind.COMPLAINT,
        about=one.about,
        organisation_id=one.organisation_id,
        subject=one.subject,
        agreement=None,
        blind=one.blind,
        sealed_facts=b"not to be opened",
        due_on=one.due_on - timedelta(days=400),
    )


def test_no_other_citizen_reads_adds_or_withdraws(me: Asker, come: Callable[..., Asker]) -> None:
    question, other = me.ask(me.looked()), come()
    place = f"{LIST}/{question.id.hex}"
    for address in (
        place,
        f"{place}/asked",
        f"{place}/withdraw",
        f"{LIST}/{'0' * 32}",
        f"{LIST}/x",
    ):
        assert other.browser.get(address).status_code == 404
    page = other.form(other.looked())
    more = page.fields(action(page)) | {"words": "Mine now", "number": "1"}
    assert other.browser.post(place, data=more).status_code == 404
    assert other.browser.post(f"{place}/withdraw", data=more).status_code == 404
    assert me.desk.app.test_client().get(place).status_code in (302, 303)
    (kept,) = me.questions()
    assert (kept.state, kept.messages) == (State.ASKED, 1)


def test_a_late_answer_is_lifted_and_the_regulator_is_named(me: Asker) -> None:
    question = me.ask(me.looked(), kind="complaint")
    assert question.acknowledge_by is not None
    with me.desk.sessions.writing() as session:
        long_ago = me.desk.today() - timedelta(days=3)
        session.execute(update(Question).values(due_on=long_ago))
    page = me.open(question)
    assert "Late" in said(page.soup.select_one(".govuk-body-l"))
    assert "3 days late." in page.main
    assert (
        "You have complained to the body. You can go on to: Information Commissioner" in page.main
    )
    assert "You can complain to the body" not in page.main
    assert page.soup.find("a", string="Ask again")
    assert "1 is late." in " ".join(Page.get(me.browser, "/my").rows("attention"))
    assert Page.get(me.browser, LIST).soup.select("li.cp-lifted")


@pytest.mark.both
def test_what_is_late_stays_late_whatever_the_body_asks_then(me: Asker) -> None:
    question = me.ask(me.looked(), request="y")
    due = me.desk.today() - timedelta(days=3)
    with me.desk.sessions.writing() as session:
        session.execute(update(Question).values(due_on=due))
    me.desk.do("ask_back", question, "Which year?", today=me.desk.today() - timedelta(days=1))
    for calling in ("1 waits for you.", "1 is late."):
        page = me.open(question)
        assert "Late . The last day was" in page.main
        assert "3 days late" in page.main
        assert page.links("then")[-1] == f"{LIST}/{question.id.hex}/case"
        assert Page.get(me.browser, page.links("then")[-1]).heading == "Take it to the regulator"
        assert calling in " ".join(Page.get(me.browser, "/my").rows("attention"))
        page.submit(f"{LIST}/{question.id.hex}", words="In 2026.")
    (kept,) = me.questions()
    assert (kept.due_on, kept.stopped_on, kept.stopped_days) == (due, None, 0)
    assert me.messages(question)[-1].day is None


def test_a_body_that_asks_back_too_late_is_told_of_as_late(me: Asker) -> None:
    question = me.ask(me.looked())
    with me.desk.sessions.writing() as session:
        session.execute(update(Question).values(due_on=me.desk.today() - timedelta(days=3)))
    me.desk.do("ask_back", question, "Which year?", today=me.desk.today())
    with me.desk.sessions.writing() as session:
        assert telling.tell_late(session, me.desk.today()) == 1
    with me.desk.sessions.writing() as session:
        assert telling.tell_late(session, me.desk.today()) == 0


def test_where_nobody_takes_questions_it_says_whom_to_write_to(desk: Desk, me: Asker) -> None:
    look = me.looked()
    with desk.sessions.writing() as session:
        session.execute(update(Officer).values(roles=["author"]))
        session.execute(update(Client).values(scopes=[]))
    page = me.form(look)
    assert "We cannot take your question there from here." in page.main
    assert "Write to:" in page.main
    assert not page.soup.select("form[action^='/my/ask']")


def _day(page: Page) -> str:
    """ "26 November 2026", of the first message."""
    when = said(page.soup.select_one("#letter-1 .cp-sub"))
    return when.split(" ", 1)[1].split(",")[0]
