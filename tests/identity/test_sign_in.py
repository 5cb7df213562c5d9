"""Signing in and out with a real provider, over real HTTP, as a browser without script would."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from citizen_portal.identity.models import AccountIndex, Citizen, SignIn
from tests.identity.conftest import Browser, OpenPortal, Portal

OpenProvider = Callable[..., str]


@pytest.fixture
def portal(open_provider: OpenProvider, open_portal: OpenPortal) -> Portal:
    return open_portal(open_provider())


def sign_in(portal: Portal, who: str = "citizen-1", browser: Browser | None = None) -> Browser:
    browser = browser or Browser()
    page = browser.get(f"{portal.url}/sign-in")
    assert browser.choose(page, citizen=who).url == f"{portal.url}/my"
    return browser


def rows(portal: Portal, model: type) -> int:
    with portal.app.extensions["sessions"].reading() as session:
        return int(session.scalar(select(func.count()).select_from(model)))


def test_a_citizen_signs_in_by_one_form_and_lands_on_their_page(portal: Portal) -> None:
    browser = Browser()
    first = browser.get(f"{portal.url}/sign-in")

    assert [r.status_code for r in first.history] == [302]
    page = browser.choose(first, citizen="citizen-1")

    assert page.url == f"{portal.url}/my"
    assert page.status_code == 200
    assert rows(portal, SignIn) == rows(portal, Citizen) == rows(portal, AccountIndex) == 1
