"""Pages that anybody may read, the errors, and leaving."""

import pytest
from flask import Flask
from sqlalchemy import select

from citizen_portal.agreements.models import Say
from citizen_portal.identity.models import SignIn
from tests.dashboard.world import World
from tests.pages import Page, police, said

PUBLIC = ["/", "/accessibility", "/privacy", "/cookies", "/safety"]


@pytest.mark.parametrize("address", PUBLIC)
@pytest.mark.parametrize("language", ["en", "cy"])
def test_public_pages_keep_to_what_each_page_must(app: Flask, address: str, language: str) -> None:
    client = app.test_client()
    client.get(f"/language/{language}")

    page = Page.get(client, address)
    assert page.soup.html is not None
    assert page.soup.html["lang"] == language
    back = f"/language/{'cy' if language == 'en' else 'en'}?back={address}"
    assert back in page.links()


def test_the_start_page_says_how_far_it_sees(world: World) -> None:
    world.body("benefits")
    world.body("council")
    world.agreement("DSA-0004", discloser="benefits", recipient="council")
    world.agreement("DSA-0005", discloser="benefits", recipient="council", choice=Say.NONE)
    world.agreement("OWN-0001", discloser="benefits", recipient="benefits")

    page = Page.get(world.app.test_client(), "/")
    figures = [" ".join(one.stripped_strings) for one in page.soup.select(".cp-figures li")]
    assert figures == [
        "2 bodies are connected",
        "0 bodies on our list are not connected yet",
        "3 agreements are on the register",
        "2 of them let you object or say no",
    ]
    assert "See the 3 agreements on the register" in page.main
    register = Page.get(world.app.test_client(), "/register")
    assert "3 agreements on this register" in register.main
    first, second = page.rows("open")
    assert "DSA-0004 · you can object" in first
    assert "DSA-0005" in second
    assert "you can" not in second


def test_who_is_signed_in_is_not_asked_to_sign_in(world: World) -> None:
    [way_in] = Page.get(world.app.test_client(), "/").soup.select(".cp-hero a")
    [way_on] = Page.get(world.browser, "/").soup.select(".cp-hero a")
    assert (said(way_in), way_in["href"]) == ("Sign in to see your data", "/my")
    assert (said(way_on), way_on["href"]) == ("See your data", "/my")


def test_the_start_page_needs_no_data(app: Flask) -> None:
    page = Page.get(app.test_client(), "/")
    assert "See the 0 agreements on the register" in page.main


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/nothing", "There is no such page"),
        ("/my/access/x", "This entry is not there"),
        ("/register/%00", "There is no such page"),
    ],
)
def test_an_error_says_what_happened_and_what_to_do(world: World, address: str, said: str) -> None:
    response = world.browser.get(address)
    assert response.status_code == 404
    police(response.text, private=address.startswith("/my"))
    assert said in response.text


def test_a_stale_form_says_that_nothing_was_kept(world: World) -> None:
    response = world.browser.post("/my/again/" + "0" * 32)
    assert response.status_code == 400
    police(response.text, private=True)
    page = Page.of(response, world.browser)
    assert page.heading == "We could not take what you sent"
    assert page.title.startswith("We could not take what you sent – ")
    assert "load the page again" in page.main
    assert "/my/copies" in page.links()


def test_who_is_signed_out_by_then_is_told_so_and_sees_no_menu_of_the_signed_in(app: Flask) -> None:
    """Neither is "Leave this page" gone while their own words are shown."""
    client, address = app.test_client(), "/my/questions/" + "0" * 32
    for words, leaves in (("", False), ("A long story.", True)):
        ours = {"Sec-Fetch-Site": "same-origin"}
        response = client.post(address, data={"words": words}, headers=ours)
        assert response.status_code == 400
        police(response.text, private=False)
        page = Page.of(response, client)
        assert words in page.main
        assert "You are not signed in now." in page.main
        assert "Sign in, open the page again" in page.main
        assert "/sign-in" in page.links()
        assert not {"/my/copies", "/my/account", "/sign-out"} & set(page.links())
        assert ("/my/leave" in page.links()) is leaves


def test_what_was_written_in_a_stale_form_is_there_to_copy_for_this_site_alone(
    world: World,
) -> None:
    address, words = "/my/questions/" + "0" * 32, "A long <b>story</b>."

    def sent(site: str) -> str:
        headers = {"Sec-Fetch-Site": site} if site else {}
        return world.browser.post(address, data={"words": words}, headers=headers).text

    ours = sent("same-origin")
    police(ours, private=True)
    assert "A long &lt;b&gt;story&lt;/b&gt;." in ours
    for other in ("cross-site", "same-site", "none", ""):
        assert "A long" not in sent(other)


def test_the_icon_is_there_whichever_way_it_is_asked_for(app: Flask) -> None:
    client = app.test_client()
    for address in ("/favicon.ico", "/static/favicon.svg"):
        with client.get(address) as response:
            assert response.status_code == 200
            assert response.mimetype == "image/svg+xml"


def ended(world: World) -> bool:
    with world.sessions.reading() as session:
        return session.scalars(select(SignIn.revoked_at)).one() is not None


def test_leaving_ends_the_session_and_goes_to_a_neutral_page(world: World) -> None:
    response = world.browser.get("/my/leave")

    assert (response.status_code, response.location) == (
        302,
        world.app.extensions["settings"].leave_url,
    )
    assert ended(world)
    assert "/sign-in" in (world.browser.get("/my").location or "")


@pytest.mark.parametrize(
    "headers", [{"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}]
)
def test_what_a_browser_fetches_ahead_ends_nothing(world: World, headers: dict[str, str]) -> None:
    world.browser.get("/my/leave", headers=headers)
    world.browser.head("/my/leave")
    assert not ended(world)


def test_leaving_works_for_somebody_whose_session_is_over(app: Flask) -> None:
    response = app.test_client().get("/my/leave")
    assert response.location == app.extensions["settings"].leave_url


@pytest.mark.parametrize("path", ["/my/nothing", "/my/access/x/y"])
def test_a_wrong_address_shows_the_menu_of_the_signed_in_to_them_alone(
    world: World, path: str
) -> None:
    stranger, citizen = world.app.test_client(), world.browser
    of_strangers = Page.get(stranger, path, status=404).links()
    assert "/my/account" not in of_strangers
    assert "/sign-out" not in of_strangers
    assert "/sign-in" in of_strangers
    assert "/my/account" in Page.get(citizen, path, status=404).links()
