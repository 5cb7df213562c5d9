"""While bodies are still asked no number is told that is not known, with script or without."""

import re
from dataclasses import replace

import pytest

from citizen_portal.access.models import Outcome, Question
from citizen_portal.bodies.models import Protocol
from tests.dashboard.world import World, usage
from tests.pages import Page

NOTHING = re.compile(r"(?<![\d.,:])0 (?!of \d)[a-z]+")
"""A count of nothing in words: "0 looks", "0 stand out"."""


@pytest.fixture
def asking(world: World) -> World:
    for slug in ("benefits", "tax"):
        world.body(slug)
        world.silent(slug, Outcome.ASKING)
    return world


@pytest.fixture
def sender(world: World) -> World:
    """A body that sends and cannot be asked; nothing came of it so far."""
    world.body("clinic")
    with world.sessions.writing() as session:
        source = session.merge(world.sources["clinic"])
        source.protocol, source.base_url = Protocol.PUSH, None
    return world


def strip(page: Page) -> list[str]:
    return [" ".join(one.stripped_strings) for one in page.soup.select(".cp-short a")]


def test_no_number_is_told_before_it_is_known(asking: World) -> None:
    page = Page.get(asking.browser, "/my")

    assert strip(page) == [
        "– need you not known yet",
        "– hold your data not known yet",
        "– times passed on not known yet",
        "– looks we know of not known yet",
        "– let you object or say no not known yet",
    ]
    assert page.main.count("Not known yet. We are still asking.") == 3
    assert "2 are still to answer." in page.main
    assert "0 answered" not in page.main
    assert NOTHING.search(page.main) is None
    assert "/my" in page.links(), "to look again without script"


def test_no_count_of_looks_is_told_before_it_is_known(asking: World) -> None:
    page = Page.get(asking.browser, "/my/access")

    assert "We do not know yet who looked." in page.main
    assert "Not known yet. We are still asking." in page.main
    assert NOTHING.search(page.main) is None
    assert page.soup.select("#year") == []


def test_what_is_known_already_is_told(asking: World) -> None:
    asking.agreement("OWN-0001", discloser="tax", recipient="tax")
    asking.answered("tax", usage(2, by="tax", agreement="OWN-0001"))

    mine, log = Page.get(asking.browser, "/my"), Page.get(asking.browser, "/my/access")
    assert strip(mine)[0] == "– need you not known yet"
    assert strip(mine)[3] == "1 look we know of 1 routine"
    assert "Showing 1 of 1 look." in log.main
    assert {row[1] for row in log.table("year")} == {"?", "1"}
    for page in (mine, log):
        assert NOTHING.search(page.main) is None


def test_once_each_answered_or_failed_a_zero_is_told(asking: World) -> None:
    asking.answered("benefits", holds=())
    asking.silent("tax", Outcome.NO_ANSWER)

    page = Page.get(asking.browser, "/my")
    assert strip(page)[3] == "0 looks we know of 0 routine"
    assert "We are still asking" not in page.main
    assert "1 answered. 1 did not answer." in page.main


def test_a_source_that_sends_is_not_said_to_have_been_asked(sender: World) -> None:
    sender.body("tax")
    sender.answered("tax")

    mine, log = Page.get(sender.browser, "/my"), Page.get(sender.browser, "/my/access")
    assert re.search(r"We asked 1 body at \d\d:\d\d\. 1 sends us each look itself\.", mine.main)
    assert "1 answered." in mine.main
    assert "1 of 1 body answered. 1 sends us each look itself." in log.main
    assert "See which did not" not in log.main


def test_one_that_sends_and_does_not_say_what_it_holds_is_no_gap_in_the_looks(
    world: World,
) -> None:
    world.body("clinic")
    with world.sessions.writing() as session:
        session.merge(world.sources["clinic"]).protocol = Protocol.PUSH
    part = world.part("clinic", Question.HOLDINGS)
    world.keep(replace(part, outcome=Outcome.NO_ANSWER))

    log, mine = Page.get(world.browser, "/my/access"), Page.get(world.browser, "/my")
    assert "0 of 1" not in log.main
    assert "We cannot see looks at" not in mine.main
    assert "1 did not answer." in mine.main, "it was asked what it holds"


def test_somebody_whose_only_body_sends_is_linked(sender: World) -> None:
    for address in ("/my", "/my/access"):
        page = Page.get(sender.browser, address)
        assert "You are not linked" not in page.main
        assert "1 sends us each look itself." in page.main
