"""What ``/my`` says of choices that were made, and of bodies that are behind with them."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from citizen_portal import clock
from citizen_portal.agreements.models import AgreementVersion, Say
from citizen_portal.incidents.models import Incident, IncidentLine
from citizen_portal.preferences.models import Effect, Reply
from tests import make
from tests.dashboard.world import World, usage
from tests.pages import Page, said


@pytest.fixture
def used(world: World) -> World:
    """An agreement that may be objected to and one that leaves no choice were used."""
    for slug in ("benefits", "tax"):
        world.body(slug)
    world.body("energy", link=None)
    world.agreement("DSA-0004", discloser="benefits", recipient="energy")
    world.agreement("DSA-0002", discloser="tax", recipient="benefits", choice=Say.NONE)
    world.answered("benefits", usage(5, by="energy", agreement="DSA-0004"))
    world.answered("tax", usage(9, by="benefits", agreement="DSA-0002"))
    return world


def choose(world: World, reference: str, *, strip: str) -> Page:
    """Say no to an agreement, on the page to which ``/my`` leads."""
    [row] = [
        row
        for row in Page.get(world.browser, "/my").section("choices").select(".cp-rows > li")
        if reference in row.text
    ]
    address = str(row.select("a")[0]["href"])
    sent = Page.get(world.browser, address).submit(address, answer="no")
    assert sent.response.status_code == 303
    page = Page.get(world.browser, "/my")
    assert strip in " ".join(page.soup.select(".cp-short a")[-1].stripped_strings)
    return page


def test_choices_say_what_was_chosen_and_which_bodies_go_on(used: World) -> None:
    page = choose(used, "DSA-0004", strip="1 lets you object or say no you chose about 1")
    first, second = page.rows("choices")
    assert re.search(r"DSA-0004 You said no on [^.]+ \d{4} Look at it", first)
    assert "You cannot say no." in second
    assert "What you chose" not in said(page.section("attention"))

    with used.sessions.writing() as session:
        session.execute(update(Effect).values(reply=Reply.REFUSED, replied_at=clock.now()))
    first, _ = Page.get(used.browser, "/my").rows("choices")
    assert re.search(r"You said no on [^.]+ \d{4}\. 1 body goes on\.", first)


@pytest.mark.parametrize(
    ("behind", "words"),
    [
        ({"due_on": clock.now().date() - timedelta(days=9)}, "Late: Benefits."),
        ({"undelivered": True}, "Not reached: Benefits."),
    ],
)
def test_a_body_that_is_behind_with_a_choice_needs_attention(
    used: World, behind: dict[str, Any], words: str
) -> None:
    choose(used, "DSA-0004", strip="you chose about 1")
    with used.sessions.writing() as session:
        session.execute(update(Effect).values(behind))
    page = Page.get(used.browser, "/my")
    assert page.rows("attention")[0].startswith(f"What you chose: 1 body is behind {words}")
    assert "/my/choices#yours" in page.links("attention")
    assert said(page.soup.select(".cp-short a")[0]).startswith("1 needs you")


def test_an_incident_counts_among_what_needs_the_citizen(used: World) -> None:
    today, text = clock.now().date(), make.words("A letter went astray.")
    incident = Incident(
        organisation_id=used.bodies["tax"].id,
        reference="one",
        categories=["Name"],
        happened_from=today,
        happened_to=None,
        found_on=today,
        affected=None,
        what=text,
        likely=text,
        done=text,
        advice=text,
        contact=text,
    )
    with used.sessions.writing() as session:
        session.add(incident)
        session.flush()
        line = IncidentLine(citizen_id=used.citizen.id, told_on=today)
        line.id = incident.id
        session.add(line)
    page = Page.get(used.browser, "/my")
    assert "/my/incidents" in page.links("attention")
    assert said(page.soup.select(".cp-short a")[0]).startswith("1 needs you")


def test_what_does_not_hold_any_more_offers_no_choice(used: World) -> None:
    yesterday = clock.now().date() - timedelta(days=1)
    with used.sessions.writing() as session:
        session.execute(update(AgreementVersion).values(in_force_to=yesterday))
    page = Page.get(used.browser, "/my")
    rows = page.rows("choices")
    assert ["DSA-0002" in row for row in rows] == [True, False], "none of them comes first for it"
    for row in rows:
        assert "It does not hold any more, so there is nothing to choose here. Look at it" in row
    assert "You can object." not in said(page.section("choices"))
    assert "0 let you object or say no" in " ".join(
        page.soup.select(".cp-short a")[-1].stripped_strings
    )
