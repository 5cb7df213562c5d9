"""``/my/records/<id>`` where the body does not answer, or not so that it could be shown."""

from contextlib import ExitStack
from threading import Event
from typing import Any

import pytest
from flask import abort, redirect

from citizen_portal.access.models import Fault, Outcome
from citizen_portal.records.queries import RecordNames
from citizen_portal.settings import Settings
from tests.dashboard.giving import Saying
from tests.dashboard.world import World
from tests.fakes.records import document
from tests.pages import Page


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"ask_seconds": 2.0})


def test_a_body_that_takes_too_long_is_left_and_not_asked_again_at_once(
    world: World, stack: ExitStack, saying: Saying, asked: list[dict[str, str]]
) -> None:
    ended = Event()

    def slow(_: str | None) -> dict[str, Any]:
        ended.wait(10)
        return document()

    address = saying(slow)
    stack.callback(ended.set)
    page = Page.get(world.browser, address)
    again = Page.get(world.browser, address)

    for shown in (page, again):
        assert "It did not answer. It took too long." in shown.main
        assert "We do not ask by ourselves." in shown.main
        assert shown.soup.select(f"main a[href='{address}']")
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (503, "It did not answer. It sent an error instead."),
        (404, "It did not answer. It sent an error instead."),
        (401, "It did not answer. It turned us away."),
        (302, "We turned its answer down. Its address is not one that we may ask."),
    ],
)
def test_a_body_that_fails_is_said_to_fail(
    saying: Saying, world: World, status: int, words: str
) -> None:
    def fail(_: str | None) -> dict[str, Any]:
        raise abort(redirect("http://127.0.0.1:9/") if status == 302 else status)

    assert words in Page.get(world.browser, saying(fail)).main


@pytest.mark.parametrize(
    ("outcome", "fault", "words"),
    [
        (Outcome.ASKING, None, "Still asking. We asked at"),
        (Outcome.NO_ANSWER, Fault.TOO_SLOW, "It took too long."),
        (Outcome.REFUSED, Fault.OTHER_SUBJECT, "It was not about you. We show none of it."),
    ],
)
def test_while_it_is_not_known_what_is_held_that_is_said(
    world: World, outcome: Outcome, fault: Fault | None, words: str
) -> None:
    world.body("tax")
    world.silent("tax", outcome, fault)
    names = RecordNames(world.app.extensions["index"], world.citizen.id)
    name = names.name(world.sources["tax"].id, "homes")

    assert words in Page.get(world.browser, f"/my/records/{name}").main
    wrong = Page.get(world.browser, f"/my/records/{name}/wrong")
    assert wrong.heading == "Say that something is wrong or missing"
