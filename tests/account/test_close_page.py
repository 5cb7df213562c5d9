"""How a person closes their account: signed in afresh, told what goes and stays, and sure."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from requests import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_portal import clock
from citizen_portal.identity.models import Citizen, SignIn
from tests import make
from tests.identity.conftest import Browser, Portal, heading, let_in, rows, sign_in, soup
from tests.pages import Page

CLOSE = "/my/account/close"
SignedIn = Callable[[Citizen], FlaskClient]


def close(portal: Portal, browser: Browser) -> Response:
    """Tick the box and send the form, which is not the page's first."""
    page = soup(browser.get(f"{portal.url}{CLOSE}"))
    token = page.select_one(f"form[action='{CLOSE}'] input[name=csrf_token]")
    assert token is not None
    fields = {"csrf_token": str(token["value"]), "sure": "y"}
    return browser.post(f"{portal.url}{CLOSE}", data=fields)


@pytest.mark.parametrize("method", ["get", "post"])
def test_it_takes_a_fresh_sign_in(
    signed_in: SignedIn, session: Session, app: Flask, method: str
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    citizen = make.citizen()
    browser = signed_in(citizen)
    session.scalars(select(SignIn)).one().auth_time = clock.now() - timedelta(minutes=6)
    session.commit()

    answer = getattr(browser, method)(CLOSE, data={"sure": "y"})

    assert answer.location == f"/sign-in?step-up=1&back={CLOSE}"
    session.expire_all()
    assert session.get_one(Citizen, citizen.id).closed_as is None


def test_nothing_is_closed_before_the_box_is_ticked(signed_in: SignedIn, session: Session) -> None:
    citizen = make.citizen()
    browser = signed_in(citizen)

    answer = Page.get(browser, CLOSE).submit(CLOSE)

    assert answer.response.status_code == 422
    assert answer.title.startswith("Put this right: ")
    assert "#sure" in answer.links()
    assert browser.get("/my/account").status_code == 200


def test_copies_are_offered_where_they_are_made(signed_in: SignedIn, app: Flask) -> None:
    made = any(rule.rule == "/my/copies" for rule in app.url_map.iter_rules())
    page = Page.get(signed_in(make.citizen()), CLOSE)
    assert ("/my/copies" in page.links()) == made


def test_who_has_closed_is_told_so_signed_out_everywhere_and_somebody_new_next_time(
    portal: Portal,
) -> None:
    here, there = sign_in(portal), sign_in(portal)
    done = close(portal, here)

    assert done.url.startswith(f"{portal.url}/signed-out")
    assert heading(done) == "Your account is closed"
    assert "as somebody new" in done.text
    assert heading(here.get(f"{portal.url}/signed-out")) == "You are signed out"
    assert (let_in(portal, here), let_in(portal, there)) == (False, False)
    assert rows(portal, SignIn) == 0

    again = here.get(f"{portal.url}/sign-in?back=/my/account")
    assert soup(again).select_one("input[name=citizen]"), "signed in again without being asked"
    sign_in(portal, browser=Browser())
    assert rows(portal, Citizen) == 2


def test_a_form_that_is_sent_twice_closes_once(portal: Portal) -> None:
    here = sign_in(portal)
    page = here.get(f"{portal.url}{CLOSE}")
    token = soup(page).select_one("input[name=csrf_token]")
    assert token is not None
    twin = Browser()
    twin.cookies.update(here.cookies)
    close(portal, here)

    again = twin.post(
        f"{portal.url}{CLOSE}",
        data={"csrf_token": str(token["value"]), "sure": "y"},
        allow_redirects=False,
    )

    assert again.headers["Location"].startswith("/sign-in?")
