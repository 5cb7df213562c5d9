"""``/desk/objections``: officers answer objections, with the law's clock before both sides."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from citizen_portal.audit import AuditEntry
from citizen_portal.errors import NotFound, WrongState
from citizen_portal.preferences import actions
from citizen_portal.preferences.actions import Said
from citizen_portal.preferences.models import Answer, Effect, Reply, Scope
from citizen_portal.preferences.queries import objections as queries
from tests.agreements.files import statements
from tests.pages import Page
from tests.preferences.town import about
from tests.preferences.weighing import UK, WHY, Desk, SignIn, boxes


@pytest.fixture
def desk(app: Flask, officer_in: SignIn) -> Desk:
    return Desk(app, officer_in)


def test_it_shows_what_the_person_wrote_and_their_id_and_no_more(desk: Desk) -> None:
    me, effect = desk.object()
    index = Page.get(desk.browser, "/desk/objections")
    page = Page.get(desk.browser, f"/desk/objections/{effect.id}")

    assert "Title of DSA-0001" in index.main
    assert "To be answered" in index.main
    assert effect.subject not in index.response.text
    for words in (WHY, effect.subject, "Objected", "days left"):
        assert words in page.main
    assert str(me) not in page.response.text
    assert "/desk/objections" in desk.browser.get("/desk").text


def test_the_clock_is_the_laws(desk: Desk) -> None:
    today = UK.today()
    _, fresh = desk.object()
    _, late = desk.object(on=today - timedelta(days=40))
    assert fresh.due_on == UK.last_day(UK.clocks.objection, today)
    assert "late." in Page.get(desk.browser, f"/desk/objections/{late.id}").main
    first, second = Page.get(desk.browser, "/desk/objections").soup.select("#list li")
    assert "Late" in first.text
    assert first.select(".cp-bad")
    assert "days left" in second.text


def test_an_objection_is_upheld_from_a_day(desk: Desk) -> None:
    me, effect = desk.object()
    page = desk.answer(effect, answer="applied", **boxes("applied_from", UK.today()))
    assert "You stop from" in page.main
    [kept] = desk.town.effects(me)
    assert (kept.reply, kept.applied_from) == (Reply.APPLIED, UK.today())
    assert Page.get(desk.browser, "/desk/objections").soup.select("#list") == []
    assert len(Page.get(desk.browser, "/desk/objections?answered=yes").soup.select("#list li")) == 1


def test_going_on_needs_grounds_which_are_kept_sealed(desk: Desk) -> None:
    me, effect = desk.object()
    refused = desk.answer(effect, 422, answer="refused")
    assert "Say why: the person has a right to know" in refused.main
    assert desk.town.effects(me)[0].reply is Reply.NONE

    grounds = "We must treat you safely: <i>a duty of care</i>."
    assert grounds in desk.answer(effect, answer="refused", reason=grounds + "\u202e").main
    [kept] = desk.town.effects(me)
    assert kept.sealed_reason is not None
    assert b"duty" not in kept.sealed_reason
    context = actions.reason_context(kept.id)
    assert desk.app.extensions["sealer"].text(kept.sealed_reason, context) == grounds


@pytest.mark.parametrize(("days", "taken"), [(1, True), (80, True), (0, False), (120, False)])
def test_more_time_is_taken_as_far_as_the_law_goes(desk: Desk, days: int, taken: bool) -> None:
    me, effect = desk.object()
    day = UK.today() + timedelta(days=days)
    form = {"answer": "not_yet", "reason": "It is a large file.", **boxes("not_until", day)}
    desk.answer(effect, 303 if taken else 422, **form)
    assert desk.town.effects(me)[0].reply is (Reply.NOT_YET if taken else Reply.NONE)


def test_one_with_more_time_stands_behind_one_that_is_due_sooner(desk: Desk) -> None:
    today = UK.today()
    _, older = desk.object(on=today - timedelta(days=10))
    _, fresh = desk.object()
    later = boxes("not_until", today + timedelta(days=60))
    desk.answer(older, answer="not_yet", reason="It is a large file.", **later)
    lines = Page.get(desk.browser, "/desk/objections").soup.select("#list a[href]")
    assert [str(line["href"])[-36:] for line in lines] == [str(fresh.id), str(older.id)]


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"answer": "maybe"},
        {"answer": "applied"},
        {"answer": "applied", "applied_from-day": "31", "applied_from-month": "2"},
        {"answer": "refused", "reason": "x" * 4001},
        {"answer": "refused", "reason": " \n "},
    ],
)
def test_half_an_answer_is_shown_again_and_keeps_nothing(desk: Desk, form: dict[str, str]) -> None:
    me, effect = desk.object()
    assert desk.answer(effect, 422, **form).soup.select(".govuk-error-summary")
    assert desk.town.effects(me)[0].reply is Reply.NONE


def test_what_was_answered_meanwhile_is_read_first(desk: Desk) -> None:
    _, effect = desk.object()
    path = f"/desk/objections/{effect.id}"
    old = Page.get(desk.browser, path).soup.select_one("input[name=seen]")
    assert old is not None
    desk.answer(effect, answer="refused", reason="We must.")
    again = {"seen": str(old["value"]), "answer": "refused", "reason": "Other."}
    assert desk.browser.post(path, data=again).status_code == 409
    assert "We must." in Page.get(desk.browser, path).main


def test_of_two_answers_in_one_moment_the_second_is_refused_under_the_lock(desk: Desk) -> None:
    """Both officers were let in, as where each looked before the other had answered."""
    me, effect = desk.object()
    seen = queries.mark(effect)
    answer_at_once(desk, effect, "We must.", seen)
    with pytest.raises(WrongState):
        answer_at_once(desk, effect, "Other.", seen)
    desk.town.choose(me, about("DSA-0001"), Answer.AS_BEFORE)
    [kept] = [one for one in desk.town.effects(me, current=False) if one.id == effect.id]
    with pytest.raises(NotFound):
        answer_at_once(desk, effect, "Other.", queries.mark(kept))


def answer_at_once(desk: Desk, effect: Effect, why: str, seen: str) -> None:
    sealer = desk.app.extensions["sealer"]
    said = Said(Reply.REFUSED, reason=why)
    with desk.town.sessions.writing() as session:
        clinic = desk.town.bodies["clinic"]
        actions.acknowledge(session, clinic, effect.id, said, seal=sealer.seal, seen=seen)


def test_the_same_answer_sent_twice_is_one(desk: Desk) -> None:
    me, effect = desk.object()
    path = f"/desk/objections/{effect.id}"
    seen = Page.get(desk.browser, path).soup.select_one("input[name=seen]")
    assert seen is not None
    form = {"seen": str(seen["value"]), "answer": "refused", "reason": "We must."}
    first, second = (
        (desk.browser.post(path, data=form).status_code, desk.town.effects(me)[0].replied_at)
        for _ in range(2)
    )
    assert first == second
    assert first[0] == 303


def test_an_objection_that_was_taken_back_is_not_there(desk: Desk) -> None:
    me, effect = desk.object()
    desk.town.choose(me, about("DSA-0001"), Answer.AS_BEFORE)
    assert desk.browser.get(f"/desk/objections/{effect.id}").status_code == 404
    assert Page.get(desk.browser, "/desk/objections").soup.select("#list") == []


def test_only_case_workers_of_that_body_come_in(desk: Desk) -> None:
    _, effect = desk.object()
    path = f"/desk/objections/{effect.id}"
    publisher, stranger = desk.signed_in("clinic", "publisher"), desk.signed_in("council")
    assert publisher.get("/desk/objections").status_code == 403
    assert "/desk/objections" not in publisher.get("/desk").text
    assert stranger.get(path).status_code == 404
    assert stranger.post(path, data={"answer": "applied"}).status_code == 404
    assert Page.get(stranger, "/desk/objections").soup.select("#list") == []


def test_an_opt_out_is_nothing_to_weigh(desk: Desk) -> None:
    me = desk.town.person("clinic")
    desk.town.choose(me, about("DSA-0002"))
    [effect] = desk.town.effects(me)
    assert Page.get(desk.browser, "/desk/objections").soup.select("#list") == []
    assert desk.browser.get(f"/desk/objections/{effect.id}").status_code == 404


def test_an_objection_by_a_wide_no_is_answered_too(desk: Desk) -> None:
    me = desk.town.person("clinic")
    desk.town.choose(me, Scope())
    [effect] = [one for one in desk.town.effects(me) if one.objection]
    page = Page.get(desk.browser, f"/desk/objections/{effect.id}")
    assert "They did not say." in page.main


def test_who_answered_is_in_the_list_of_what_was_done(desk: Desk) -> None:
    _, effect = desk.object()
    desk.answer(effect, answer="refused", reason="We must.")
    with desk.town.sessions.reading() as session:
        asked = select(AuditEntry).where(AuditEntry.tag == "preference:answered")
        [entry] = session.scalars(asked).all()
    assert entry.actor_id is not None
    assert entry.about == {"effect": effect.id.hex, "reply": "refused"}


def test_the_list_costs_the_same_whatever_its_length(desk: Desk) -> None:
    counts = []
    for more in (1, 5):
        for _ in range(more):
            desk.object()
        Page.get(desk.browser, "/desk/objections")
        with statements(desk.town.sessions.engine) as seen:
            Page.get(desk.browser, "/desk/objections")
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 6
