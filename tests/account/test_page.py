"""What the account page says the portal holds, and what one can do about sessions and visits."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_portal.account import words
from citizen_portal.account.queries import TABLES, held
from citizen_portal.db import owned_by_citizen
from citizen_portal.identity.models import Citizen, SignIn, Visit
from tests import make
from tests.access.pushing import NOW, Pushing, row, stamp
from tests.account.closing import somebody
from tests.agreements.files import statements
from tests.bodies.told import run_waiting
from tests.pages import Page

ACCOUNT = "/my/account"
SignedIn = Callable[[Citizen], FlaskClient]


def amounts(page: Page) -> dict[str, str]:
    """How much of each kind the page says there is."""
    lines = [line.select("b") for line in page.section("held").select("ul > li")]
    return {what.get_text(): much.get_text() for what, much in lines}


def test_each_table_of_citizens_is_spoken_of(app: Flask) -> None:
    """A new one must be named in ``TABLES``, and so on the account page and on `/privacy`."""
    named = {name for names in TABLES.values() for name in names}
    shared = {"citizen", "account_index", "pairwise_index", "audit_entry"}
    assert {table.name for table in owned_by_citizen()} == named - shared
    with app.test_request_context():
        told = words.kept(app.extensions["settings"], mail=True)
    assert [line.kind for line in told] == list(TABLES)


def test_what_is_held_is_counted_by_kind(app: Flask, signed_in: SignedIn, session: Session) -> None:
    pushing = Pushing(app, "clinic", "council")
    one = somebody(pushing, "citizen-one")
    other = somebody(pushing, "citizen-other")
    pushing.send(row(other.pairwise["clinic"], occurred=stamp(NOW - timedelta(days=9))))
    run_waiting(app)
    citizen = session.get_one(Citizen, one.id)
    session.expunge(citizen)
    session.rollback()

    page = Page.get(signed_in(citizen), ACCOUNT)

    found = amounts(page)
    assert found["Which bodies you linked, under a number of its own for each body"] == "2"
    looks = found["Looks that bodies send us about you, and how many there were each day"]
    yesterday = (NOW - timedelta(days=1)).astimezone(app.extensions["region"].zone)
    assert looks == f"3, since {yesterday.day} {yesterday:%B %Y}"
    answered = "What bodies answered, locked with a key; each is asked up to two questions"
    assert found[answered].startswith("1 answer, until ")
    assert found["The e-mail address that you named as safe, locked with a key"] == "Yes"
    assert found["Your visits: when you signed in, and how strongly"] == "2"


def test_nothing_is_held_of_somebody_new_but_that_they_are_here(
    app: Flask, signed_in: SignedIn
) -> None:
    page = Page.get(signed_in(make.citizen()), ACCOUNT)
    assert list(amounts(page).values()) == [
        "Yes",
        *["None"] * 10,
        "1",
        "1",
        "None",
        "1",
    ]


@pytest.mark.both
def test_what_is_held_is_one_query_however_much_it_is(app: Flask, session: Session) -> None:
    one = somebody(Pushing(app, "clinic"), "citizen-one")
    with statements(app.extensions["sessions"].engine) as seen:
        held(session, one.id)
    assert len(seen) == 1


def test_the_page_asks_few_questions_of_the_database(
    app: Flask, signed_in: SignedIn, session: Session
) -> None:
    citizen = make.citizen()
    browser = signed_in(citizen)
    for _ in range(5):
        signed_in(citizen)
    browser.get(ACCOUNT)
    with statements(app.extensions["sessions"].engine) as seen:
        browser.get(ACCOUNT)
    assert len(seen) <= 8, seen


def test_one_other_session_is_ended_and_no_other(signed_in: SignedIn, session: Session) -> None:
    citizen = make.citizen()
    here, there, third = (signed_in(citizen) for _ in range(3))
    page = Page.get(here, ACCOUNT)
    assert len(page.soup.select("form[action='/my/account/sessions/end-one']")) == 2
    ids = session.scalars(select(SignIn.id).order_by(SignIn.id)).all()
    session.rollback()

    done = here.post(f"{ACCOUNT}/sessions/end-one", data=_token(page) | {"session": ids[1].hex})

    assert (done.status_code, done.location) == (303, ACCOUNT)
    assert "This session has ended." in Page.get(here, ACCOUNT).main
    assert there.get(ACCOUNT).status_code == 302
    assert third.get(ACCOUNT).status_code == 200


def test_this_browser_stands_first_and_what_is_left_of_ended_ones_is_told(
    signed_in: SignedIn, session: Session
) -> None:
    citizen = make.citizen()
    here, _, third = (signed_in(citizen) for _ in range(3))
    page = Page.get(here, ACCOUNT)
    places = [line.get_text() for line in page.section("sessions").select("ul > li b")]
    assert places == ["This browser", "Another browser", "Another browser"]
    third.post("/sign-out", data=_token(Page.get(third, ACCOUNT)))

    page = Page.get(here, ACCOUNT)

    assert len(page.section("sessions").select("ul > li")) == 2
    what = "Sessions, and what is left of ended ones: since when, and when last seen"
    assert amounts(page)[what] == "3"
    assert "what is left of an ended one goes at most 9 hours after its start" in page.main


def test_a_session_of_somebody_else_is_not_found_and_goes_on(
    signed_in: SignedIn, session: Session
) -> None:
    me, other = signed_in(make.citizen()), signed_in(make.citizen())
    theirs = session.scalars(select(SignIn.id).order_by(SignIn.id)).all()[1]
    session.rollback()
    page = Page.get(me, ACCOUNT)
    for name in (theirs.hex, "0" * 32, "nonsense", ""):
        answer = me.post(f"{ACCOUNT}/sessions/end-one", data=_token(page) | {"session": name})
        assert answer.status_code == 404, name
    assert other.get(ACCOUNT).status_code == 200


def test_visits_are_shown_with_how_strong_they_were_and_cleared_by_their_owner_alone(
    signed_in: SignedIn, session: Session
) -> None:
    mine, other = make.citizen(), make.citizen()
    browser, theirs = signed_in(mine), signed_in(other)
    session.add(Visit(citizen_id=mine.id, assurance="P2.Cl.Cm"))
    session.commit()
    page = Page.get(browser, ACCOUNT)
    assert [row[1] for row in page.table("visits")] == [
        "In two steps, such as a password and a code. "
        "The sign-in service had checked your identity. P2.Cl.Cm",
        "not said",
    ]

    page.submit(f"{ACCOUNT}/visits/clear")

    assert "The list is empty." in Page.get(browser, ACCOUNT).main
    assert len(Page.get(theirs, ACCOUNT).table("visits")) == 1
    assert len(session.scalars(select(SignIn)).all()) == 2


def _token(page: Page) -> dict[str, str]:
    field = page.soup.select_one("input[name=csrf_token]")
    return {"csrf_token": str(field["value"])} if field else {}
