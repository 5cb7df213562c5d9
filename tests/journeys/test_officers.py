"""An officer's errand at the desk, in a real browser; and a citizen who comes to the wrong door."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browsers import faults
from tests.journeys.conftest import NewPage, sign_in

pytestmark = pytest.mark.browser


def enter(page: Page, who: str) -> None:
    """From the page that was wanted through the officers' provider and back."""
    page.goto("/desk/audit")
    page.locator(f"input[name=officer][value={who}]").check()
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/desk/audit")


@pytest.mark.parametrize("script", [True, False])
def test_an_officer_signs_in_sees_what_was_done_and_signs_out(
    new_page: NewPage, script: bool
) -> None:
    page = new_page(script=script)
    enter(page, "officer-a1")
    expect(page.get_by_role("heading", level=1)).to_have_text("What was done")
    expect(page.locator("header")).to_contain_text("Benefits Office of Avonshire")
    expect(page.locator("main li").first).to_contain_text("officer-a1")

    page.get_by_label("Kind").select_option(label="Signing in and out")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("main li").first).to_contain_text("Signed in")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="signed file").click()
    assert re.fullmatch(r"audit-benefits-office-.+\.json", waiting.value.suggested_filename)

    page.get_by_role("link", name="Sign out").click()
    page.locator("main").get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are signed out")
    page.goto("/desk/audit")
    expect(page.locator("input[name=officer]").first).to_be_visible()


def test_an_officer_of_another_body_sees_nothing_of_it(new_page: NewPage) -> None:
    enter(new_page(), "officer-a1")
    page = new_page()
    enter(page, "officer-b1")

    expect(page.locator("header")).to_contain_text("Wrenford Council")
    expect(page.locator("main li").first).to_contain_text("officer-b1")
    expect(page.locator("main")).not_to_contain_text("officer-a")


@pytest.mark.parametrize("width", [1280, 320])
def test_the_pages_of_the_desk_are_accessible(new_page: NewPage, width: int) -> None:
    page = new_page(width=width)
    enter(page, "officer-b2")
    for path in ("/desk/audit", "/desk/audit?kind=officers&when=7-days", "/desk/sign-out"):
        page.goto(path)
        assert faults(page) == [], path
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{path} scrolls sideways at {width}"


def test_a_citizen_is_refused_at_the_desk_and_stays_signed_in(new_page: NewPage) -> None:
    page = new_page()
    sign_in(page, "citizen-1")
    seen = page.request.get("/desk/audit")

    assert seen.status == 403
    assert "This part is for officers of public bodies." in seen.text()
    page.goto("/my/account")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.url.endswith("/my/account")
