"""What each side does with a question, on either database: clocks, numbers, locks, what is told."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from citizen_portal import clock
from citizen_portal.audit import AuditEntry
from citizen_portal.errors import Invalid, NotFound, Outdated, TooMany, WrongState
from citizen_portal.identity.actions import close, unlink
from citizen_portal.identity.models import Citizen
from citizen_portal.jobs import Job
from citizen_portal.questions import clocks
from citizen_portal.questions.actions import asking
from citizen_portal.questions.actions.answering import MOST_MESSAGES
from citizen_portal.questions.actions.asking import Asking
from citizen_portal.questions.models import (
    About,
    Author,
    Kind,
    Message,
    Outcome,
    Question,
    State,
    Wrote,
)
from tests.questions.asking import Desk

pytestmark = pytest.mark.both


@pytest.fixture
def me(desk: Desk) -> UUID:
    return desk.pushing.person("clinic", "council")[0].id


def wish(desk: Desk, me: UUID, page: str = "t", **given: Any) -> Asking:
    usual: dict[str, Any] = {
        "token": page,
        "kind": Kind.CORRECTION,
        "about": About.EVENT,
        "organisation_id": desk.bodies["council"],
        "subject": desk.pushing.pairwise(me, "council"),
        "agreement": None,
        "blind": "blind",
        "facts": b"{}",
        "words": "This is wrong.",
    }
    return Asking(**usual | given)


def ask(desk: Desk, me: UUID, page: str = "t", **given: Any) -> Question:
    with desk.sessions.writing() as session:
        region = desk.app.extensions["region"]
        return asking.ask(session, me, wish(desk, me, page, **given), region=region, seal=desk.seal)


def more(desk: Desk, question: Question, words: str, number: int) -> Question:
    with desk.sessions.writing() as session:
        return asking.say_more(
            session,
            question.citizen_id,
            question.id,
            words,
            number=number,
            region=desk.app.extensions["region"],
            seal=desk.seal,
            opened=desk.app.extensions["sealer"].text,
        )


def now(desk: Desk, question: Question) -> Question:
    with desk.sessions.reading() as session:
        return session.get_one(Question, (question.citizen_id, question.id))


def written(desk: Desk, question: Question) -> list[Message]:
    asked = select(Message).where(Message.question_id == question.id).order_by(Message.number)
    with desk.sessions.reading() as session:
        return list(session.scalars(asked))


def test_asked_in_eight_tabs_at_once_it_is_asked_once(desk: Desk, me: UUID) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: ask(desk, me).id, range(8)))
    assert len(set(made)) == 1
    assert [one.number for one in written(desk, now(desk, ask(desk, me)))] == [1]


def test_the_clock_stands_still_while_the_body_waits_and_goes_on_where_it_stood(
    desk: Desk, me: UUID
) -> None:
    region = desk.app.extensions["region"]
    with clock.ago(timedelta(days=20)):
        question = ask(desk, me)
        due = question.due_on
    with clock.ago(timedelta(days=12)):
        desk.do("ask_back", question, "Which one?", today=desk.today())
        with pytest.raises(WrongState):
            desk.do("note_progress", question, "x", next_on=date(2999, 1, 1), today=desk.today())
        since = desk.today()
    resumed = more(desk, question, "The second.", 2)

    assert (resumed.state, resumed.stopped_on, resumed.number) == (State.WORKING, None, None)
    assert resumed.stopped_days == 12
    today = desk.today()
    assert resumed.due_on == clocks.resumed(region, question.kind, due, since, today)
    assert resumed.due_on >= due + timedelta(days=12)
    assert written(desk, question)[-1].day == resumed.due_on
    more(desk, question, "The second.", 2)
    assert now(desk, question).messages == 3, "sent again from the same page it is kept once"
    desk.do("extend", question, "It is hard.", region=region)
    longest = clocks.extended(region, region.day(question.asked_at), 12)
    assert now(desk, question).due_on == longest
    with pytest.raises(WrongState):
        desk.do("extend", question, "Still hard.", region=region)


def test_each_word_of_the_body_is_told_once_and_who_said_it_is_kept(desk: Desk, me: UUID) -> None:
    question, today = ask(desk, me, kind=Kind.COMPLAINT), desk.today()
    assert question.acknowledge_by is not None
    desk.do("acknowledge", question, by="machine")
    desk.do("assign", question, desk.officers["council"])
    tomorrow = today + timedelta(days=1)
    desk.do("note_progress", question, "We read it.", next_on=tomorrow, today=today)
    desk.do("answer", question, Outcome.NOT_JUSTIFIED, "It was wrong.", by="machine")

    kept = now(desk, question)
    assert (kept.state, kept.outcome) == (State.ANSWERED, Outcome.NOT_JUSTIFIED)
    assert kept.acknowledged_at is not None
    assert kept.answered_at == kept.closed_at
    assert kept.assigned_to == desk.officers["council"]
    assert kept.version == 5
    found = [(one.author, one.wrote, one.number) for one in written(desk, question)]
    assert found == [
        (Author.CITIZEN, Wrote.WORDS, 1),
        (Author.MACHINE, Wrote.ACKNOWLEDGEMENT, 2),
        (Author.OFFICER, Wrote.PROGRESS, 3),
        (Author.MACHINE, Wrote.ANSWER, 4),
    ]
    with desk.sessions.reading() as session:
        jobs = session.scalars(select(Job).where(Job.name == "news.first_notice")).all()
        noted = session.scalars(select(AuditEntry).where(AuditEntry.tag.startswith("question:")))
        acted = [(one.tag, one.actor_id) for one in noted]
    keys = [job.arguments["keys"][0] for job in jobs if job.arguments["kind"] == "answer"]
    assert sorted(keys) == [f"question:{question.id.hex}:{n}" for n in (2, 3, 4)]
    officer = desk.officers["council"]
    assert acted == [
        ("question:acknowledged", None),
        ("question:assigned", officer),
        ("question:progress", officer),
        ("question:answered", None),
    ]
    assert str(me) not in repr([one.arguments["keys"] for one in jobs])


def test_what_does_not_fit_is_refused_and_changes_nothing(desk: Desk, me: UUID) -> None:
    question, today = ask(desk, me, kind=Kind.WHY), desk.today()
    region = desk.app.extensions["region"]
    for refused, name, given, options in (
        (NotFound, "answer", (Outcome.EXPLAINED, "x"), {"by": "clinic"}),
        (Invalid, "answer", (Outcome.EXPLAINED, "  "), {}),
        (Invalid, "answer", (Outcome.CORRECTED, "x"), {}),
        (Invalid, "ask_back", ("",), {"today": today}),
        (Invalid, "note_progress", ("x",), {"next_on": today, "today": today}),
        (Invalid, "note_progress", ("x",), {"next_on": date.max, "today": today}),
        (WrongState, "extend", ("x",), {"region": region}),
        (Outdated, "answer", (Outcome.EXPLAINED, "x"), {"seen": 7}),
    ):
        with pytest.raises(refused):
            desk.do(name, question, *given, **options)
    kept = now(desk, question)
    assert (kept.state, kept.messages, kept.version) == (State.ASKED, 1, 1)


def test_two_officers_in_one_moment_and_the_second_is_told(desk: Desk, me: UUID) -> None:
    question = ask(desk, me)

    def answer(n: int) -> str:
        try:
            desk.do("answer", question, Outcome.CORRECTED, f"Answer {n}", seen=1)
        except Outdated:
            return "outdated"
        return "answered"

    with ThreadPoolExecutor(4) as pool:
        ends = sorted(pool.map(answer, range(4)))
    assert ends == ["answered", "outdated", "outdated", "outdated"]
    assert [one.number for one in written(desk, question)] == [1, 2]


def test_a_body_that_does_not_know_the_person_is_not_asked(desk: Desk, me: UUID) -> None:
    with pytest.raises(WrongState):
        ask(desk, me, subject=None)
    with pytest.raises(Invalid):
        ask(desk, me, words="x" * 2_001)
    about_agreement = ask(desk, me, "u", subject=None, about=About.AGREEMENT, agreement="DSA-0001")
    assert about_agreement.subject is None
    with desk.sessions.reading() as session:
        assert len(session.scalars(select(Question)).all()) == 1


def test_who_asks_and_withdraws_all_day_is_told_to_wait(desk: Desk, me: UUID) -> None:
    def ask_and_leave(name: str) -> None:
        question = ask(desk, me, name)
        with desk.sessions.writing() as session:
            asking.withdraw(session, me, question.id, seal=desk.seal)

    with clock.ago(timedelta(days=1)):
        ask_and_leave("yesterday")
    for n in range(asking.MOST_A_DAY):
        ask_and_leave(f"today {n}")
    with pytest.raises(TooMany, match="within a day"):
        ask(desk, me)


def test_a_limit_of_messages_and_what_is_over_takes_none(desk: Desk, me: UUID) -> None:
    question = ask(desk, me)
    with desk.sessions.writing() as session:
        session.execute(update(Question).values(messages=asking.MOST_MESSAGES))
    with pytest.raises(TooMany):
        more(desk, question, "More", asking.MOST_MESSAGES)
    with desk.sessions.writing() as session:
        session.execute(update(Question).values(messages=1))
        asking.withdraw(session, me, question.id, seal=desk.seal)
    with pytest.raises(WrongState):
        more(desk, question, "More", 10_000)
    with pytest.raises(WrongState):
        desk.do("answer", question, Outcome.CORRECTED, "Too late")


def test_however_much_a_body_wrote_the_person_can_say_what_it_asks(desk: Desk, me: UUID) -> None:
    """Else its clock would stand still for good."""
    question, today = ask(desk, me), desk.today()
    with desk.sessions.writing() as session:
        session.execute(update(Question).values(messages=MOST_MESSAGES - 1))
    desk.do("ask_back", question, "Which year?", today=today)
    assert now(desk, question).stopped_on is not None
    assert more(desk, question, "In 2026.", MOST_MESSAGES).stopped_on is None
    tomorrow = today + timedelta(days=1)
    with pytest.raises(WrongState, match="Answer it now"):
        desk.do("ask_back", question, "And?", today=today)
    with pytest.raises(WrongState, match="Answer it now"):
        desk.do("note_progress", question, "Soon.", today=today, next_on=tomorrow)
    desk.do("answer", question, Outcome.CORRECTED, "Done.")
    assert now(desk, question).state is State.ANSWERED


def test_a_link_that_ended_leaves_the_question_and_a_closed_account_takes_it(
    app: Flask, desk: Desk, me: UUID
) -> None:
    question = ask(desk, me)
    with desk.sessions.writing() as session:
        unlink(session, me, desk.bodies["council"])
    desk.do("answer", question, Outcome.CORRECTED, "Done.")
    assert now(desk, question).state is State.ANSWERED
    with desk.sessions.writing() as session:
        close(session, me, envelope=app.extensions["closed_envelope"])
    with pytest.raises(WrongState):
        ask(desk, me, "another")
    desk.run()
    with desk.sessions.reading() as session:
        assert session.get(Citizen, me) is None
        assert session.scalars(select(Question)).all() == []
        assert session.scalars(select(Message)).all() == []
