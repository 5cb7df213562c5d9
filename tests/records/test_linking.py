"""A citizen links a body by the code it sent, over real HTTP; and bodies that answer badly."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Response, redirect
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from citizen_portal import clock
from citizen_portal.audit import AuditEntry
from citizen_portal.bodies.models import Organisation, Protocol
from citizen_portal.identity import actions
from citizen_portal.identity.models import (
    Citizen,
    CodeTry,
    LinkChange,
    LinkProof,
    LinkState,
    PairwiseIndex,
    SubjectLink,
    UsedCode,
)
from tests import make
from tests.databases import everything
from tests.pages import Page
from tests.records.conftest import CODE, EXPIRED, Town

Lie = Callable[[str], ResponseReturnValue]
LINK = "/my/account/link"
DOES_NOT_WORK = (
    "This code does not work. It may be mistyped, too old, used before, or from another body."
    " Check the letter, or ask the body for a new code."
)


def enter(browser: FlaskClient, body: Organisation, code: str = CODE) -> Page:
    return Page.get(browser, LINK).submit(LINK, body=body.id.hex, code=code)


def error(page: Page) -> str:
    found = page.soup.select_one(".govuk-error-message")
    return " ".join(found.get_text(" ").split()) if found else ""


def count(session: Session, model: type) -> int:
    found = session.scalar(select(func.count()).select_from(model)) or 0
    session.rollback()  # lets go of SQLite's write lock
    return found


def test_a_code_links_the_body_and_leads_to_ones_page(
    town: Town, browser: FlaskClient, session: Session
) -> None:
    body = town.body()

    done = enter(browser, body, f"  {CODE.lower().replace('-', ' ')} ")

    assert (done.response.status_code, done.response.location) == (303, "/my")
    link = session.scalars(select(SubjectLink)).one()
    index = town.app.extensions["index"]
    assert link.pairwise == actions.pairwise(index, town.citizen.id, body.id)
    assert (link.state, link.proof) == (LinkState.LINKED, LinkProof.CODE)
    known = session.scalars(select(PairwiseIndex)).one()
    assert (known.pairwise, known.citizen_id) == (link.pairwise, town.citizen.id)
    assert session.scalars(select(LinkChange.state)).all() == [LinkState.LINKED]
    assert set(session.scalars(select(AuditEntry.tag))) == {"citizen:signed-in", "link:made"}
    assert "Linked since" in Page.get(browser, "/my/account").main
    assert Page.get(browser, "/my").response.status_code == 200


def test_the_code_itself_is_kept_nowhere(
    town: Town, browser: FlaskClient, session: Session
) -> None:
    enter(browser, town.body())

    used = session.scalars(select(UsedCode)).one()
    assert len(used.blind) == 64
    kept = everything(session)
    assert used.blind in kept
    assert CODE not in kept
    assert CODE.replace("-", "") not in kept


@pytest.mark.parametrize("code", ["WRON-2345-CODE", EXPIRED], ids=["wrong", "expired"])
def test_wrong_and_expired_codes_are_met_with_the_same_words(
    town: Town, browser: FlaskClient, session: Session, code: str
) -> None:
    page = enter(browser, town.body(), code)

    assert page.response.status_code == 422
    assert DOES_NOT_WORK in error(page)
    assert code not in page.response.text
    assert count(session, SubjectLink) == count(session, UsedCode) == 0
    assert count(session, CodeTry) == 1


def test_a_used_code_makes_no_second_link_even_if_the_body_would(
    town: Town,
    browser: FlaskClient,
    session: Session,
    signed_in: Callable[[Citizen], FlaskClient],
) -> None:
    body = town.liar(lambda subject: {"subject": subject, "state": "linked"})
    enter(browser, body)

    page = enter(signed_in(make.citizen()), body, CODE.lower())

    assert (page.response.status_code, count(session, SubjectLink)) == (422, 1)
    assert DOES_NOT_WORK in error(page)


def test_a_code_of_one_body_says_nothing_about_another(
    town: Town, browser: FlaskClient, session: Session
) -> None:
    first, second = (
        town.liar(lambda subject: {"subject": subject, "state": "linked"}) for _ in "ab"
    )

    enter(browser, first)
    enter(browser, second)

    assert count(session, SubjectLink) == 2
    pairwise = set(session.scalars(select(SubjectLink.pairwise)))
    assert len(pairwise) == 2, "each body knows the citizen by another id"


@pytest.mark.parametrize("code", ["", "  ", "short", "x" * 25, "ABCD/2345/EFGH", "é" * 12])
def test_what_cannot_be_a_code_is_not_counted_and_asks_nobody(
    town: Town, browser: FlaskClient, session: Session, code: str
) -> None:
    page = enter(browser, town.absent(), code)

    assert page.response.status_code == 422
    assert error(page)
    assert count(session, CodeTry) == 0


@pytest.mark.parametrize("body", ["", "x", "0" * 32, "../..", "f" * 200])
def test_only_bodies_on_the_list_can_be_chosen(
    town: Town, browser: FlaskClient, session: Session, body: str
) -> None:
    town.body()

    page = Page.get(browser, LINK).submit(LINK, body=body, code=CODE)

    assert page.response.status_code == 422
    assert "Choose the body" in error(page)
    assert count(session, CodeTry) == 0


def test_five_tries_an_hour_and_no_more(town: Town, browser: FlaskClient, session: Session) -> None:
    body = town.body()
    for _ in range(5):
        assert enter(browser, body, "WRON-2345-CODE").response.status_code == 422

    page = enter(browser, body)

    assert page.response.status_code == 429
    assert error(page).endswith("tried 5 codes within an hour. Wait an hour, then try again.")
    assert count(session, SubjectLink) == 0
    session.execute(update(CodeTry).values(at=clock.now() - timedelta(minutes=61)))
    session.commit()
    assert enter(browser, body).response.status_code == 303
    assert count(session, CodeTry) == 1, "old tries are forgotten"


def test_tries_of_one_citizen_are_not_counted_against_another(
    town: Town, browser: FlaskClient, signed_in: Callable[[Citizen], FlaskClient]
) -> None:
    body = town.body()
    for _ in range(6):
        enter(browser, body, "WRON-2345-CODE")

    assert enter(signed_in(make.citizen()), body).response.status_code == 303


def say(**changes: object) -> Lie:
    return lambda subject: {"subject": subject, "state": "linked", **changes}


@pytest.mark.parametrize(
    "lie",
    [
        say(subject="f" * 64),
        say(subject=None),
        say(state="unlinked"),
        say(state="LINKED"),
        say(state=["linked"]),
        lambda _: {"state": "linked"},
        lambda _: Response("<h1>linked</h1>"),
        lambda _: Response("[" * 9999, mimetype="application/json"),
        lambda _: Response('{"subject": ' * 2, mimetype="application/json"),
        lambda _: ({}, 500),
        lambda _: ({}, 401),
        lambda _: redirect("/v1/links"),
    ],
    ids=[
        *("other subject", "no subject", "unlinked", "capitals", "list", "subject missing"),
        *("html", "deep", "broken", "error", "turned away", "redirect"),
    ],
)
def test_a_body_that_answers_badly_links_nobody(
    town: Town, browser: FlaskClient, session: Session, lie: Lie
) -> None:
    page = enter(browser, town.liar(lie))

    assert page.response.status_code == 503
    assert "does not answer just now. Your try was counted." in error(page)
    assert count(session, SubjectLink) == count(session, LinkChange) == 0
    assert count(session, UsedCode) == 0, "the code is still good"


def test_a_body_that_is_away_leaves_the_code_good(
    town: Town, browser: FlaskClient, session: Session
) -> None:
    page = enter(browser, town.absent())

    assert page.response.status_code == 503
    assert count(session, UsedCode) == count(session, SubjectLink) == 0
    assert count(session, CodeTry) == 1


def test_ambiguous_means_not_linked_and_says_what_to_do(
    town: Town, browser: FlaskClient, session: Session
) -> None:
    body = town.liar(say(state="ambiguous"))

    done = enter(browser, body)

    assert done.response.location == "/my/account"
    page = Page.get(browser, "/my/account")
    assert "It found more than one person who may be you." in page.main
    assert count(session, PairwiseIndex) == count(session, UsedCode) == 0
    assert session.scalars(select(SubjectLink.state)).one() is LinkState.AMBIGUOUS


def test_only_connected_bodies_that_are_not_linked_are_offered(
    town: Town, browser: FlaskClient, session: Session
) -> None:
    linked, free, none = town.body(), town.body(), make.body()
    session.add(none)
    session.flush()
    session.add(make.source(of=none, protocol=Protocol.NONE, base_url=None))
    session.commit()
    enter(browser, linked)

    offered = Page.get(browser, LINK).soup.select("input[name=body]")

    assert [str(one["value"]) for one in offered] == [free.id.hex]


def test_unlinking_asks_once_more_and_is_kept_in_the_history(
    town: Town, browser: FlaskClient, session: Session
) -> None:
    body = town.body()
    enter(browser, body)
    address = f"/my/account/unlink/{body.id.hex}"
    assert address in Page.get(browser, "/my/account").links()

    done = Page.get(browser, address).submit(address)

    assert done.response.location == "/my/account"
    page = Page.get(browser, "/my/account")
    assert "You are not linked to a body yet." in page.main
    assert [cells[2] for cells in page.table("links")] == ["Ended by you", "Linked"]
    assert count(session, PairwiseIndex) == 0
    assert browser.get(address).status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_unlinks_or_sees_the_link_of_another(
    town: Town,
    browser: FlaskClient,
    session: Session,
    signed_in: Callable[[Citizen], FlaskClient],
    method: str,
) -> None:
    body = town.body()
    enter(browser, body)
    town.app.config["WTF_CSRF_ENABLED"] = False

    response = getattr(signed_in(make.citizen()), method)(f"/my/account/unlink/{body.id.hex}")

    assert response.status_code == 404
    assert session.scalars(select(SubjectLink.state)).one() is LinkState.LINKED


def test_titles_and_addresses_name_no_body(town: Town, browser: FlaskClient) -> None:
    body = town.body()
    enter(browser, body)

    for address in ("/my/account", LINK, f"/my/account/unlink/{body.id.hex}"):
        page = Page.get(browser, address)
        assert body.name["en"] not in page.title
        assert not any(body.slug in href for href in page.links())
