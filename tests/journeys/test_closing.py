"""A citizen looks at what is held, ends another session, and closes their account, in a browser."""

import pytest
from playwright.sync_api import expect

from tests.browsers import faults
from tests.journeys.conftest import NewPage, sign_in

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [1280, 320])
def test_a_citizen_ends_the_other_session(new_page: NewPage, width: int) -> None:
    other, page = new_page(script=False), new_page(script=False, width=width)
    sign_in(other, "citizen-2")
    sign_in(page, "citizen-2")
    page.goto("/my/account#sessions")
    page.get_by_role("button", name="End this session").first.click()
    expect(page.locator("main")).to_contain_text("This session has ended.")
    page.get_by_text("Show").first.click()
    expect(page.get_by_role("cell", name="202").first).to_be_visible()


@pytest.mark.parametrize("width", [1280, 320])
def test_a_citizen_closes_their_account_and_is_told_so(new_page: NewPage, width: int) -> None:
    page = new_page(width=width)
    sign_in(page, "citizen-3")
    page.goto("/my/account")
    assert faults(page) == []
    page.get_by_role("button", name="Close my account").click()
    page.get_by_role("button", name="Close my account").click()
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    for path in ("/my/account", "/my/account/close", "/privacy", "/cookies", "/accessibility"):
        page.goto(path)
        assert faults(page) == [], path
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{path} scrolls sideways"
    page.goto("/my/account/close")
    page.get_by_label("I have read what goes and what stays").check()
    page.get_by_role("button", name="Close my account").click()
    expect(page.locator("h1")).to_have_text("Your account is closed")
    assert faults(page) == []
    page.goto("/my")
    expect(page.locator("input[name=citizen]").first).to_be_visible()
