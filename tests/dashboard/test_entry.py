"""``/my/access/<id>``: from what happened to what can be done."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue

from citizen_portal import clock
from citizen_portal.access.models import ActivityTotal, Outcome
from citizen_portal.access.queries import Actor, Result, Trigger, Usage
from citizen_portal.access.schemas import usage_page
from citizen_portal.agreements.models import Say
from citizen_portal.identity.models import Citizen
from tests import make
from tests.dashboard.world import World, usage
from tests.fakes.body import USAGE, hostile
from tests.fakes.serving import served
from tests.pages import Page, said

WORDS = 250
"""Of a citizen's page, with what is folded left out."""


def opened(world: World, told: Usage, **agreement: object) -> Page:
    """The page of one access that "benefits" told of."""
    world.body("benefits", contact="ask@benefits.example")
    world.body("council")
    world.agreement("DSA-0004", discloser="benefits", recipient="council", **agreement)  # type: ignore[arg-type]
    world.answered("benefits", told)
    return Page.get(world.browser, address_of(world))


def address_of(world: World) -> str:
    links = Page.get(world.browser, "/my/access").links("list")
    return next(one for one in links if one.startswith("/my/access/"))


def steps(page: Page) -> list[str]:
    return [said(one) for one in page.soup.select(".cp-chain > li")]


def test_the_chain_leads_from_the_look_to_the_good_it_did(world: World) -> None:
    told = usage(
        3,
        by="council",
        agreement="DSA-0004",
        actor=Actor.MACHINE,
        trigger=Trigger.DUTY,
        result=Result.GIVEN,
        categories=("Name", "Income"),
        processor="sample-processor-1",
    )
    measure = {
        "id": "homes",
        "what": make.words("Homes"),
        "promised": make.words("40,000 homes pay less."),
        "found": [{"on": "2026-09-30", "text": make.words("26,500 homes.")}],
    }
    what, fits, _, law, good, do = steps(opened(world, told, measures=[measure]))

    assert "Who asked Agency" in what
    assert "Person or machine A machine" in what
    assert "What it was about name, income" in what
    assert "Was it given? Yes" in what
    assert "sample-processor-1" in what
    assert "DSA-0004 Title of DSA-0004" in fits
    assert "Version 2. In use since 1 January 2020. 0 of 18 trust questions answered." in fits
    assert "The agreement names no law that we know." in law
    assert "40,000 homes pay less." in good
    assert "26,500 homes." in good
    assert "ask@benefits.example" in do
    assert "You can object." in do
    assert "Information Commissioner’s Office" in do


def test_what_is_not_explained_says_what_it_cites_and_why_not(world: World) -> None:
    page = opened(world, usage(3, by="x", agreement="DSA-0004", actor=Actor.PERSON))

    assert "Not explained . It cites DSA-0004, which does not name this receiver." in page.main
    assert "X (not on our list of bodies)" in page.main
    assert "It fits no agreement" in steps(page)[1]
    assert "/register/DSA-0004" in page.links()


def test_what_is_not_explained_is_short_and_says_once_what_cannot_be_said(world: World) -> None:
    page = opened(world, usage(3, by="x", agreement="DSA-0004", actor=Actor.PERSON))
    _, none_fits, _, do = steps(page)
    assert "Nor can we say what law allows it, or what good it was meant to do" in none_fits
    assert do.startswith("What you can do")

    for folded in page.soup.select("details > :not(summary)"):
        folded.decompose()
    assert len(said(page.soup.select_one("main")).split()) <= WORDS


def test_an_agreement_without_a_choice_says_so(world: World) -> None:
    reason = make.words("It is a duty.")
    page = opened(
        world,
        usage(3, by="council", agreement="DSA-0004"),
        choice=Say.NONE,
        choice_reason=reason,
    )
    assert "The agreement does not let you say no. It is a duty." in steps(page)[5]


def test_facts_can_be_copied_into_a_letter(world: World) -> None:
    page = opened(world, usage(3, by="council", agreement="DSA-0004", action="Look\n\nup"))
    facts = page.soup.select_one("textarea#facts")
    assert facts is not None
    assert "Action: Look up" in facts.text
    assert "Agreement: DSA-0004 – Title of DSA-0004" in facts.text


def test_the_page_stays_neutral(world: World) -> None:
    page = opened(world, usage(3, by="council"))
    assert page.title == "One entry – Citizen portal"
    assert page.soup.select_one("a[href='/my/access'].govuk-back-link")


@pytest.mark.parametrize("name", ["0" * 63, "0" * 65, "A" * 64, "g" * 64, "0" * 64])
def test_what_is_no_entry_of_theirs_is_not_found(world: World, name: str) -> None:
    response = world.browser.get(f"/my/access/{name}")
    assert response.status_code == 404
    assert name not in response.text.replace(f"back=/my/access/{name}", "")
    page = Page.of(response, world.browser)
    assert page.heading == "This entry is not there"
    assert "It was removed after the time for which it is kept. Or" in page.main
    assert "/my/access#list" in page.links()


def test_an_entry_of_somebody_else_is_not_shown(
    world: World, signed_in: Callable[[Citizen], FlaskClient]
) -> None:
    opened(world, usage(3, by="council", action="canary-action"))
    address = address_of(world)

    other = signed_in(make.citizen())
    theirs, nowhere = (
        Page.get(other, name, status=404) for name in (address, f"/my/access/{'0' * 32}")
    )
    assert "canary" not in theirs.response.text
    assert theirs.main == nowhere.main


def test_an_entry_that_has_left_memory_is_asked_from_its_source(world: World) -> None:
    """The source is down here, so the page says that, rather than that there is no such entry."""
    opened(world, usage(3, by="council"))
    address = address_of(world)
    world.silent("benefits", Outcome.NO_ANSWER)

    response = world.browser.get(address)
    assert response.status_code == 503
    assert "Try again" in response.text


def test_an_entry_is_asked_from_its_source_while_no_transaction_is_open(world: World) -> None:
    (told,) = usage_page({"totalUsages": 1, "usages": [USAGE]}).usages
    open_then: list[int] = []
    body = Flask("body")

    @body.get("/v2/findUsage")
    def find_usage() -> ResponseReturnValue:
        open_then.append(world.sessions.engine.pool.checkedout())  # type: ignore[attr-defined]
        proof = {"Portal-Subject": request.args["userCode"]}
        return {"totalUsages": 1, "usages": [USAGE]}, 200, proof

    with served(lambda _: body) as address:
        entry = forgotten_at(world, address, told)
        patient = world.app.extensions["settings"].model_copy(update={"first_wait_ms": 5000})
        world.app.extensions["settings"] = patient
        page = Page.get(world.browser, entry)

    assert "Checked an address" in page.soup.select("textarea#facts")[0].text
    assert open_then == [0]


def test_a_source_that_is_slow_holds_no_page_for_long(world: World) -> None:
    with hostile() as bad:
        entry = forgotten_at(world, f"{bad}/hangs", usage(3, by="council"))
        start = time.monotonic()
        page = Page.get(world.browser, entry, status=503)
        took = time.monotonic() - start

    assert "The body did not answer. Try again in a minute." in page.main
    assert took < 2


def forgotten_at(world: World, base_url: str, told: Usage) -> str:
    """The address of an access that a source at this address told of, and that was forgotten."""
    world.body("benefits")
    with world.sessions.writing() as session:
        session.merge(world.sources["benefits"]).base_url = base_url
    world.answered("benefits", told)
    entry = address_of(world)
    world.answered("benefits")
    return entry


def usual(world: World, days_ago: int, **given: object) -> None:
    """ "benefits" publishes numbers of looks by "council", for the month so many days ago."""
    month = (clock.now() - timedelta(days=days_ago)).date().replace(day=1)
    told: dict[str, Any] = {
        "organisation_id": world.bodies["benefits"].id,
        "source_id": world.sources["benefits"].id,
        "agreement": "DSA-0004",
        "receiver_code": "COUNCIL",
        "first_month": month,
        "last_month": month,
        "accesses": 1_240,
        "people": None,
        "figures_from": make.words("Counted in the log."),
    }
    with world.sessions.writing() as session:
        session.add(ActivityTotal(**told | given))


def test_whether_it_is_normal_is_said_by_what_is_published(world: World) -> None:
    told = usage(3, by="council", agreement="DSA-0004")
    more = {"frequency": "on_request", "access_type": make.words("Yes or no.")}
    page = opened(world, told, **more)
    nothing = steps(page)[2]
    assert " has published no numbers for looks like this." in nothing
    assert "When one body asks the other" in nothing

    usual(world, 60, accesses=55, triggered_by=make.words("A <claim>."))
    usual(world, 60, system="other", accesses=70)
    usual(world, 60, agreement="DSA-0005", accesses=75)
    address = address_of(world)
    older = steps(Page.get(world.browser, address))[2]
    assert " says: 55 looks like this in" in older, "the newest, if not of its month"
    assert "A <claim>." in older
    usual(world, 3, accesses=80)
    usual(world, 3, system="core")
    page = Page.get(world.browser, address)
    near = steps(page)[2]
    assert " says: 1,240 looks like this in" in near, "of its very system"
    assert "at the data of fewer than 10 people." in near
    assert "Yes or no." in near
    assert "Counted in the log." in near
    assert page.soup.select_one(".cp-chain details:not([open])")


def test_what_is_not_explained_has_nothing_to_compare_it_with(world: World) -> None:
    page = opened(world, usage(3, by="x", agreement="DSA-0004"))
    usual(world, 3, receiver_code="X")
    assert "We cannot tell: nothing published explains it." in steps(page)[2]
    assert "1,240" not in Page.get(world.browser, address_of(world)).main
