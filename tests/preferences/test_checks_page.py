"""``/my/choices/checks``: who asked whether they may use one's data."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser

from citizen_portal.identity.models import Citizen
from tests.pages import Page
from tests.preferences.asking import Asking
from tests.preferences.drawing import wrong
from tests.preferences.town import about

PATH = "/my/choices/checks"
SignIn = Callable[[Citizen], FlaskClient]


@pytest.fixture
def town(app: Flask) -> Asking:
    return Asking(app)


def asked(town: Asking, *references: str) -> tuple[Citizen, Citizen]:
    """Two citizens; about the first the clinic asked, the second said no to DSA-0002."""
    ids = town.people(2)
    with town.sessions.reading() as session:
        mine, other = (session.get_one(Citizen, one) for one in ids)
    town.choose(other.id, about("DSA-0002"))
    for reference in references:
        town.ask(reference, town.known_as(mine.id, "clinic"))
    town.work("preferences.note_checks")
    return mine, other


def test_it_says_who_asked_when_and_what_they_were_told(town: Asking, signed_in: SignIn) -> None:
    mine, other = asked(town, "DSA-0002", "DSA-0001", "DSA-0002")
    town.ask("DSA-0002", town.known_as(other.id, "clinic"))
    town.work("preferences.note_checks")

    page = Page.get(signed_in(mine), PATH)
    theirs = Page.get(signed_in(other), PATH)

    assert page.heading == "Who asked whether they may use your data"
    assert "clinic" not in page.title.casefold()
    lines = [row.get_text(" ", strip=True) for row in page.soup.select("#list > li")]
    assert len(lines) == 2
    assert "2 times" in lines[1]
    assert all("It was told that it may use your data." in line for line in lines)
    assert "/register/DSA-0001" in page.links()
    (line,) = theirs.soup.select("#list > li")
    assert "It was not told that it may use your data." in line.get_text()
    assert page.response.headers["Cache-Control"] == "no-store"


def test_it_says_so_where_nobody_asked(town: Asking, signed_in: SignIn) -> None:
    _, other = asked(town, "DSA-0002")
    page = Page.get(signed_in(other), PATH)
    assert "No body has asked about you yet. It does not follow that none uses" in page.main
    assert page.soup.select_one("a.govuk-back-link[href='/my/choices']")


def test_a_long_list_comes_in_pages(
    town: Asking, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("citizen_portal.preferences.views.checks.PAGE", 1)
    mine, _ = asked(town, "DSA-0001", "DSA-0002")
    client = signed_in(mine)
    found = [Page.get(client, f"{PATH}?page={n}").soup.select_one("#list") for n in (1, 2)]
    assert ["DSA-0001" in str(one) for one in found] == [True, False]
    assert Page.get(client, f"{PATH}?page=99").main == Page.get(client, f"{PATH}?page=2").main


def test_it_stands_on_its_own_in_welsh(town: Asking, signed_in: SignIn) -> None:
    mine, _ = asked(town, "DSA-0002")
    client = signed_in(mine)
    client.get("/language/cy")
    page = Page.get(client, PATH)
    assert "Teitl DSA-0002" in page.main


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing(town: Asking, signed_in: SignIn, browser: Browser, width: int) -> None:
    mine, _ = asked(town, "DSA-0002", "DSA-0001")
    assert wrong(browser, signed_in(mine), PATH, width) == []


def test_titles_are_texts_and_never_markup(town: Asking, signed_in: SignIn) -> None:
    town.publish(
        "DSA-0007",
        "clinic",
        "university",
        "opt_out",
        "https://w3id.org/dpv#Marketing",
        title={"en": "<b>Bold</b> & more"},
    )
    mine, _ = asked(town, "DSA-0007")
    page = Page.get(signed_in(mine), PATH)
    assert "<b>Bold</b> & more" in page.main
