"""The page of one objection: its form, its last days, and how wide it is."""

from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser

from citizen_portal.preferences.models import Reply
from tests.pages import Page
from tests.preferences.drawing import wrong
from tests.preferences.weighing import UK, Desk, SignIn, boxes


@pytest.fixture
def desk(app: Flask, officer_in: SignIn) -> Desk:
    return Desk(app, officer_in)


def test_the_desk_says_how_many_wait_and_by_when_the_next_is_due(desk: Desk) -> None:
    def shown() -> str:
        return Page.get(desk.browser, "/desk").main

    assert "Objections to answer" not in shown()
    desk.object(on=UK.today() - timedelta(days=9))
    _, effect = desk.object()
    desk.object()
    assert "3 objections wait for your body. The next due: The last day is" in shown()
    desk.answer(effect, answer="refused", reason="We must.")
    assert "2 objections wait for your body." in shown()
    author = desk.signed_in("clinic", "author")
    assert "Objections to answer" not in Page.get(author, "/desk").main


def test_a_day_for_another_answer_is_not_dropped_in_silence(desk: Desk) -> None:
    me, effect = desk.object()
    day = UK.today() + timedelta(days=9)
    longer = {"answer": "not_yet", "reason": "It is large.", **boxes("not_until", day)}
    stop = boxes("applied_from", UK.today())
    assert "This day is for another answer" in desk.answer(effect, 422, **longer, **stop).main
    upheld = {"answer": "applied", **stop, **boxes("not_until", day)}
    assert "This day is for another answer" in desk.answer(effect, 422, **upheld).main
    assert desk.town.effects(me)[0].reply is Reply.NONE


def test_a_day_that_is_too_late_is_answered_by_the_last_that_is_not(desk: Desk) -> None:
    _, effect = desk.object()
    last = effect.extended_to
    words = f"{last.day} {last:%B %Y} at the latest"
    late = boxes("not_until", last + timedelta(days=1))
    page = desk.answer(effect, 422, answer="not_yet", reason="It is large.", **late)
    assert words in page.soup.select(".govuk-error-summary")[0].text
    assert words in page.soup.select("#not_until-hint")[0].text


def test_an_answered_objection_folds_its_form_and_asks_for_no_answer(desk: Desk) -> None:
    _, effect = desk.object()
    path = f"/desk/objections/{effect.id}"
    assert "Until you answer" in Page.get(desk.browser, path).main
    page = desk.answer(effect, answer="refused", reason="We must.")
    assert "Until you answer" not in page.main
    (fold,) = page.soup.select("details:has(form)")
    assert "Change the answer" in fold.text
    assert not fold.has_attr("open")
    (again,) = desk.answer(effect, 422, answer="refused").soup.select("details:has(form)")
    assert again.has_attr("open")


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 1280])
def test_an_objection_fits_its_window_whatever_was_answered(
    desk: Desk, browser: Browser, width: int
) -> None:
    _, effect = desk.object()
    path, day = f"/desk/objections/{effect.id}", UK.today() + timedelta(days=60)
    assert wrong(browser, desk.browser, path, width) == []
    desk.answer(effect, answer="not_yet", reason="It is large.", **boxes("not_until", day))
    assert wrong(browser, desk.browser, path, width) == []
    desk.answer(effect, answer="refused", reason="We must.")
    assert wrong(browser, desk.browser, path, width) == []
