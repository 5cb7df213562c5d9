"""A citizen's whole errands, through links and forms, in a real browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browsers import faults
from tests.journeys.conftest import NewPage, World, sign_in

pytestmark = pytest.mark.browser
TRIES = 20
"""With script the page is gone before the session: the end of it travels behind."""
NAMED = re.compile(
    r"People who|Your council|Office|Council|Agency|Department|Health|Trust|Authority", re.I
)


def states(page: Page) -> set[str]:
    return set(page.locator("[data-state]").evaluate_all("all => all.map(e => e.dataset.state)"))


def test_my_page_names_six_bodies_in_four_states(new_page: NewPage) -> None:
    page = new_page()
    sign_in(page, "citizen-1")
    expect(page.locator("[data-state]").nth(5)).to_be_visible(timeout=15_000)
    expect(page.locator("[data-state=asking]")).to_have_count(0, timeout=15_000)
    assert len(states(page)) >= 4, states(page)
    expect(page.locator("main")).to_contain_text("not explained")
    expect(page.locator("figure svg:visible").first).to_be_visible()
    expect(page.locator("figure table, details table").first).to_be_attached()


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("script", [True, False])
def test_every_page_that_a_citizen_reaches_is_accessible(
    new_page: NewPage, width: int, script: bool
) -> None:
    page = new_page(width=width, script=script)
    sign_in(page, "citizen-1")
    seen, waiting = set[str](), ["/my", "/my/access", "/my/account"]
    while waiting and len(seen) < 14:
        path = waiting.pop(0)
        if path in seen:
            continue
        seen.add(path)
        page.goto(path)
        if script:
            assert faults(page) == [], path
        assert page.locator("h1").count() == 1, path
        wide = page.evaluate("document.documentElement.scrollWidth") if script else width
        assert wide <= width, f"{path} scrolls sideways at {width}"
        waiting += [
            href.split("#")[0]
            for href in page.locator("main a[href^='/']").evaluate_all(
                "all => all.map(a => a.getAttribute('href'))"
            )
            if not re.search(r"leave|sign-out|language", href)
        ]


def test_titles_and_addresses_of_my_pages_name_no_body(new_page: NewPage) -> None:
    page = new_page()
    sign_in(page, "citizen-1")
    for path in ("/my", "/my/access", "/my/account"):
        page.goto(path)
        assert not NAMED.search(page.title()), page.title()
        for href in page.locator("a[href^='/my']").evaluate_all(
            "all => all.map(a => a.getAttribute('href'))"
        ):
            assert not NAMED.search(href), href


@pytest.mark.parametrize("script", [True, False])
def test_leaving_ends_the_session(new_page: NewPage, script: bool, world: World) -> None:
    page = new_page(script=script)
    sign_in(page, "citizen-1")
    page.get_by_role("link", name="Leave this page").click(no_wait_after=True)
    elsewhere = page.context.new_page()
    for _ in range(TRIES):
        elsewhere.goto(f"{world.url}/my")
        if not elsewhere.url.endswith("/my"):
            break
    expect(elsewhere.locator("input[name=citizen]").first).to_be_visible()


def test_leave_this_page_is_on_public_pages_too_once_signed_in(new_page: NewPage) -> None:
    page = new_page()
    page.goto("/register")
    expect(page.get_by_role("link", name="Leave this page")).to_have_count(0)
    sign_in(page, "citizen-1")
    page.goto("/register")
    expect(page.get_by_role("link", name="Leave this page")).to_be_visible()


def test_leave_this_page_is_the_second_stop_of_the_tab_key(new_page: NewPage) -> None:
    page = new_page()
    sign_in(page, "citizen-1")
    page.goto("/my")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").strip() == "Leave this page"


def test_citizen_6_links_a_body_by_its_code_and_sees_it(new_page: NewPage, world: World) -> None:
    page = new_page(script=False)
    sign_in(page, "citizen-6")
    expect(page.locator("[data-state=answered]")).to_have_count(0)
    page.goto("/my/account/link")
    page.get_by_label(world.code_at).check()
    page.locator("input[name=code]").fill(world.code.lower())
    page.locator("main form button").first.click()
    page.goto("/my")
    expect(page.locator("[data-state=answered]")).to_have_count(1)
    expect(page.locator("[data-state=answered]")).to_contain_text(world.code_at)


@pytest.mark.parametrize("width", [1280, 320])
def test_every_public_page_is_accessible_in_both_languages(new_page: NewPage, width: int) -> None:
    page = new_page(width=width)
    for locale in ("en", "cy"):
        page.goto(f"/language/{locale}")
        for path in (
            "/",
            "/register",
            "/register?q=council+help&status=holds&body=council",
            "/register?q=zebra&emergency=yes",
            "/register/DSA-0004",
            "/register/DSA-0004/versions",
            "/register/DSA-0004/versions/1",
            "/register/DSA-0004/versions/1/1",
            "/register/DSA-0004/trust",
            "/register/DSA-0009",
            "/bodies",
            "/bodies?q=council",
            "/bodies/benefits-office",
            "/coverage",
            "/coverage?state=gone-quiet",
            "/accessibility",
            "/privacy",
            "/cookies",
            "/safety",
        ):
            page.goto(path)
            assert page.locator("html").get_attribute("lang") == locale
            assert faults(page) == [], path
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{path} scrolls sideways at {width} in {locale}"
