"""``/my/records``: what each linked body holds, each as it stands."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from citizen_portal.access.models import Fault, Outcome, Question
from citizen_portal.agreements.models import AgreementKind, AgreementVersion
from citizen_portal.bodies.models import Protocol
from citizen_portal.identity.models import Citizen, LinkState
from tests import make
from tests.dashboard.world import World
from tests.pages import Page, said

HOSTILE = "<script>alert(1)</script><b onclick=x>"


def cards(page: Page) -> dict[str, str]:
    """What is said of each body, by the first word of its name."""
    found = {said(card.find("h2")).split()[0]: said(card) for card in page.soup.select("section")}
    assert len(found) == len(page.soup.select("section"))
    return found


@pytest.fixture
def town(world: World) -> World:
    """Linked bodies in each state, and one that is not linked."""
    for slug in ("tax", "benefits", "council", "voters", "passports", "schools", "gp", "police"):
        world.body(slug)
    world.body("homes", link=None)
    world.body("cars", link=LinkState.NOT_MATCHED)
    world.answered("tax", holds=("Income", "Address"))
    world.answered("passports", holds=())
    world.silent("council", Outcome.NO_ANSWER, Fault.TOO_SLOW)
    world.silent("voters", Outcome.REFUSED, Fault.OTHER_SUBJECT)
    world.silent("schools", Outcome.ASKING)
    world.silent("benefits", Outcome.NO_ANSWER, Fault.UNREACHABLE)
    with world.sessions.writing() as session:
        sends = session.merge(world.sources["gp"])
        sends.protocol, sends.base_url = Protocol.PUSH, None
        session.merge(world.sources["police"]).base_url = None
    return world


@pytest.mark.both
def test_each_linked_body_stands_in_one_state_and_gaps_come_first(town: World) -> None:
    page = Page.get(town.browser, "/my/records")

    found = cards(page)
    assert found.keys() == {
        "Tax",
        "Passports",
        "Council",
        "Voters",
        "Schools",
        "Benefits",
        "Gp",
        "Police",
    }
    assert "Answered. It says what it holds on you." in found["Tax"]
    assert "Answered: no record of you." in found["Passports"]
    assert "It took too long." in found["Council"]
    assert "We turned its answer down. It was not about you. We show none of it." in found["Voters"]
    assert "Still asking. We asked at" in found["Schools"]
    assert "We could not reach it." in found["Benefits"]
    assert "It cannot tell us yet what it holds." in found["Gp"]
    assert "Not connected yet. We cannot ask it." in found["Police"]
    lead = said(page.soup.select_one("[data-part=lead] p"))
    assert "We asked 6 bodies at" in lead
    assert lead.endswith(
        "2 answered. 1 is still to answer. 2 did not answer. 1 answer we turned down."
    )
    assert page.title == "Your records – Citizen portal"


def test_a_set_says_where_it_came_from_and_who_answers_for_it(world: World) -> None:
    world.body("tax")
    world.held(
        "tax",
        controller="Board of Pay",
        processor=f"Firm {HOSTILE}",
        obtained_from={"en": "Your employers", "cy": "Eich cyflogwyr"},
    )
    page = Page.get(world.browser, "/my/records")

    facts = {
        said(pair.find("dt")): said(pair.find("dd")) for pair in page.soup.select(".cp-told > div")
    }
    assert facts == {
        "Held since": "6 April 2019",
        "Kept for": "6 years",
        "Where it came from": "Your employers",
        "Who answers for it": "Board of Pay",
        "Who runs the machine for them": f"Firm {HOSTILE}",
    }
    assert HOSTILE not in page.response.text


def test_what_a_body_leaves_out_is_said_to_be_left_out(world: World) -> None:
    world.body("tax")
    world.held("tax", since=None, retention=None)
    told = said(Page.get(world.browser, "/my/records").soup.select_one("dl.cp-told"))
    assert told == (
        "Held since It does not say. Kept for It does not say."
        f" Where it came from It does not say. Who answers for it {world.official('tax')}"
    )


def test_who_may_be_given_it_comes_from_agreements_in_force_for_these_kinds(world: World) -> None:
    world.body("tax")
    world.body("benefits")
    world.agreement("DSA-0001", discloser="tax", recipient="benefits")
    world.agreement("DSA-0002", discloser="tax", recipient="benefits", categories=["Picture"])
    world.agreement("DSA-0003", discloser="tax", recipient="benefits")
    world.agreement("DSA-0004", discloser="benefits", recipient="tax")
    world.agreement("OWN-0001", discloser="tax", recipient="tax", kind=AgreementKind.OWN_USE)
    with world.sessions.writing() as session:
        versions = session.scalars(select(AgreementVersion)).all()
        (over,) = [one for one in versions if one.document["reference"] == "DSA-0003"]
        over.in_force_to = date(2024, 1, 1)
    world.held("tax")
    page = Page.get(world.browser, "/my/records")

    shown = page.soup.select("details.cp-small")
    assert [said(one) for one in shown] == [
        "Who may be given it, by agreement – Income Benefits: Title of DSA-0001"
    ]
    assert f"/my/access?body={world.bodies['tax'].id.hex}#list" in page.links()


def test_holdings_are_shown_though_the_looks_did_not_come(world: World) -> None:
    world.body("tax")
    world.held("tax")
    late = world.part("tax", Question.ACCESSES)
    world.keep(replace(late, outcome=Outcome.NO_ANSWER, fault=Fault.TOO_SLOW))

    page = Page.get(world.browser, "/my/records")

    assert "Income" in cards(page)["Tax"]
    assert "It took too long" not in page.main


def test_a_waiting_page_shows_what_arrives(town: World) -> None:
    waiting = Page.get(town.browser, "/my/records")
    arrive = waiting.soup.find(id="arrive")
    assert town.browser.get("/my/answers").get_json()["mark"] == arrive["data-mark"]  # type: ignore[index]
    assert "arrive.js" in str(waiting.soup.find_all("script"))

    town.answered("schools")
    assert "arrive.js" not in str(Page.get(town.browser, "/my/records").soup.find_all("script"))


def test_a_body_that_did_not_answer_can_be_asked_again(town: World) -> None:
    page = Page.get(town.browser, "/my/records")
    source = town.sources["council"].id.hex
    answer = page.submit(f"/my/records/again/{source}").response
    assert (answer.status_code, answer.location) == (302, "/my/records")


@pytest.mark.parametrize("source", ["homes", "0" * 32, "x"])
def test_only_linked_bodies_can_be_asked_again(town: World, source: str) -> None:
    town.app.config["WTF_CSRF_ENABLED"] = False
    known = town.sources.get(source)
    answer = town.browser.post(f"/my/records/again/{known.id.hex if known else source}")
    assert answer.status_code == 404


def test_who_is_linked_to_nobody_is_told_so(world: World) -> None:
    page = Page.get(world.browser, "/my/records")
    assert "You are not linked to a body yet. So we have asked none." in page.main
    assert "/my/account/link" in page.links()


def test_who_is_linked_to_none_that_can_be_asked_is_told_so(world: World) -> None:
    world.body("police")
    with world.sessions.writing() as session:
        session.merge(world.sources["police"]).base_url = None
    page = Page.get(world.browser, "/my/records")
    assert "We cannot ask the bodies that you are linked to." in page.main
    assert "Not connected yet." in cards(page)["Police"]


def test_somebody_else_sees_nothing_of_it(
    town: World, signed_in: Callable[[Citizen], FlaskClient]
) -> None:
    response = signed_in(make.citizen()).get("/my/records")
    assert "Tax" not in response.text
    assert "/my/records/" not in response.text


def test_names_are_of_one_citizen_and_stay_the_same(
    town: World, signed_in: Callable[[Citizen], FlaskClient]
) -> None:
    def names() -> list[str]:
        links = Page.get(town.browser, "/my/records").links()
        return [link for link in links if link.startswith("/my/records/")]

    first = names()
    assert len(set(first)) == 2
    assert all(len(name) == len("/my/records/") + 64 for name in first)
    assert names() == first
    assert "tax" not in "".join(first).lower()


def test_my_page_leads_here(town: World) -> None:
    assert "/my/records" in Page.get(town.browser, "/my").links("holds")
