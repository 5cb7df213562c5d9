"""A form that is open while its citizen signs in again stays good for them, and for nobody else."""

from datetime import timedelta

import pytest
import requests
from sqlalchemy import select, update

from citizen_portal import clock
from citizen_portal.identity.models import Citizen, SignIn
from citizen_portal.preferences.models import Choice
from tests.identity.conftest import Browser, Portal, rows, sign_in, soup
from tests.preferences.town import Town, about
from tests.preferences.visiting import Visit

REASON = "Long thoughts."


@pytest.fixture
def browser(portal: Portal) -> Browser:
    return sign_in(portal)


@pytest.fixture
def address(portal: Portal, browser: Browser) -> str:
    """The page of an objection, for a citizen whose last proof is an hour old."""
    town = Town(portal.app)
    with town.sessions.writing() as session:
        me = session.scalars(select(Citizen.id)).one()
        town.link(session, me, "clinic")
        session.execute(update(SignIn).values(auth_time=clock.now() - timedelta(hours=1)))
    return portal.url + Visit(town, me, portal.app.test_client()).address(about("DSA-0001"))


def sent_too_late(browser: Browser, address: str) -> requests.Response:
    """The form as it comes back, with what was written."""
    page = browser.choose(browser.get(address), answer="no", reason=REASON)
    assert page.status_code == 422
    assert REASON in page.text
    return page


def way(page: requests.Response) -> str:
    """Where the page says to sign in again, in a tab of its own."""
    [link] = soup(page).select("main a[target=_blank]")
    assert (link["rel"], "opens in a new tab" in link.text) == (["noopener"], True)
    return requests.compat.urljoin(page.url, str(link["href"]))


def test_what_was_written_is_saved_once_they_signed_in_again_in_another_tab(
    portal: Portal, browser: Browser, address: str
) -> None:
    form = sent_too_late(browser, address)
    tab = browser.choose(browser.get(way(form)), citizen="citizen-1")
    assert "You can close this tab." in tab.text

    saved = browser.choose(form, follow=False, answer="no", reason=REASON)

    assert saved.status_code == 303
    assert REASON in browser.get(address).text


def test_so_it_is_where_they_signed_in_anew(portal: Portal, browser: Browser, address: str) -> None:
    form = sent_too_late(browser, address)
    assert browser.get(f"{portal.url}/sign-in?back=/my/account").url == f"{portal.url}/my/account"
    assert browser.choose(form, follow=False, answer="no", reason=REASON).status_code == 303


def test_a_form_is_not_good_for_somebody_else(
    portal: Portal, browser: Browser, address: str
) -> None:
    form = sent_too_late(browser, address)
    del browser.cookies["demo_provider"]
    sign_in(portal, "citizen-2", browser)

    sent = browser.choose(form, follow=False, answer="no", reason=REASON)

    assert sent.status_code == 400
    assert rows(portal, Choice) == 0
