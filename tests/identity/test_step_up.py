"""Proving oneself again: the provider is made to ask, and its answer is checked for freshness."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from citizen_portal import clock
from citizen_portal.identity.models import SignIn
from tests.fakes.provider import Fake
from tests.identity.conftest import (
    Browser,
    OpenPortal,
    Portal,
    heading,
    let_in,
    rows,
    sign_in,
    soup,
)
from tests.identity.forging import Forge, answer, claims

STEP_UP = "/sign-in?step-up=1&back=/my/account"


def age(portal: Portal) -> None:
    with portal.app.extensions["sessions"].writing() as session:
        session.execute(update(SignIn).values(auth_time=clock.now() - timedelta(hours=1)))


def place(portal: Portal) -> SignIn:
    with portal.app.extensions["sessions"].reading() as session:
        found: SignIn = session.scalars(select(SignIn)).one()
        return found


def test_the_provider_asks_anew_and_the_session_goes_on_with_a_new_token(portal: Portal) -> None:
    browser = sign_in(portal)
    age(portal)
    before, stolen = place(portal), Browser()
    stolen.cookies.update(browser.cookies)

    page = browser.get(portal.url + STEP_UP)
    assert soup(page).select_one("input[name=citizen]"), "the provider would know them, yet asks"
    done = browser.choose(page, citizen="citizen-1")

    after = place(portal)
    assert done.url == f"{portal.url}/my/account"
    assert after.id == before.id
    assert after.started_at == before.started_at, "it does not make a session last longer"
    assert after.auth_time > clock.now() - timedelta(seconds=60)
    assert let_in(portal, browser)
    assert not let_in(portal, stolen)


def test_another_account_does_not_step_up_and_changes_nothing(portal: Portal) -> None:
    browser = sign_in(portal)
    before = place(portal)

    page = browser.choose(browser.get(portal.url + STEP_UP), citizen="citizen-2")

    assert (page.status_code, heading(page)) == (400, "That was a different account")
    assert soup(page).select_one("a[href='/sign-in?step-up=1&back=%2Fmy%2Faccount']")
    (title,) = soup(page).select("title")
    assert heading(page) in title.text
    assert 'href="/sign-out"' in page.text
    assert place(portal).token_digest == before.token_digest
    assert let_in(portal, browser)


def test_somebody_whose_session_ended_meanwhile_is_signed_in_anew(portal: Portal) -> None:
    browser = Browser()

    done = browser.choose(browser.get(portal.url + STEP_UP), citizen="citizen-1")

    assert done.url == f"{portal.url}/my/account"
    assert rows(portal, SignIn) == 1


@pytest.mark.parametrize(
    "forge",
    [
        claims(auth_time=None),
        claims(auth_time=lambda now: now - 31),
        claims(auth_time=lambda now: now - 24 * 3600),
        claims(auth_time=lambda now: now * 1000),
        claims(auth_time=lambda now: float(now)),
        claims(auth_time=True),
    ],
    ids=["missing", "stale", "a day old", "milliseconds", "fraction", "true"],
)
def test_a_step_up_that_is_not_shown_to_be_fresh_is_refused(
    forge: Forge, fake: Fake, open_portal: OpenPortal
) -> None:
    portal, browser = open_portal(fake.url), Browser()
    browser.get(f"{portal.url}/sign-in?back=/my/account")
    before = place(portal)
    forge(fake)

    page = browser.get(portal.url + STEP_UP)

    assert page.status_code == 400
    asked = list(fake.asks.values())[-1]
    assert (asked["max_age"], asked["prompt"]) == ("0", "login")
    assert place(portal).auth_time == before.auth_time
    assert let_in(portal, browser)


def test_who_cannot_prove_themselves_again_is_signed_out(
    fake: Fake, open_portal: OpenPortal
) -> None:
    """``login_required`` means so at GOV.UK One Login; only for what was asked in this browser."""
    portal, browser = open_portal(fake.url), Browser()
    browser.get(f"{portal.url}/sign-in?back=/my/account")
    answer(state="nobody asked", code=None, error="login_required")(fake)
    browser.get(portal.url + STEP_UP)
    assert let_in(portal, browser)

    answer(code=None, error="login_required")(fake)
    page = browser.get(portal.url + STEP_UP)

    assert (page.status_code, heading(page)) == (400, "You did not finish signing in")
    assert "we signed you out here" in page.text
    assert "Nothing was changed" not in page.text
    assert not let_in(portal, browser)
    assert place(portal).revoked_at is not None


def test_who_was_not_signed_in_is_not_told_that_they_were_signed_out(
    fake: Fake, open_portal: OpenPortal
) -> None:
    portal = open_portal(fake.url)
    answer(code=None, error="login_required")(fake)
    page = Browser().get(f"{portal.url}/sign-in")
    assert (page.status_code, heading(page)) == (400, "You did not finish signing in")
    assert "So we did not sign you in." in page.text
    assert "Nothing was changed." in page.text
    assert "signed you out" not in page.text
