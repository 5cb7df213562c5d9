"""A citizen of the demo comes to a choice from three pages, and says no for many at once."""

import re

import pytest
from playwright.sync_api import expect

from tests.browsers import faults
from tests.journeys.conftest import NewPage, sign_in

pytestmark = pytest.mark.browser
CHOICE = re.compile(r"/my/choices/[0-9a-f]{32}$")


@pytest.mark.parametrize("width", [1280, 320])
def test_one_step_leads_to_a_choice_and_one_choice_reaches_many(
    new_page: NewPage, width: int
) -> None:
    page = new_page(width=width)
    sign_in(page, "citizen-5")
    page.goto("/my/choices")
    page.get_by_role("link", name=re.compile("Choose.+Whatever can be refused")).click()
    expect(page).to_have_url(CHOICE)
    expect(page.locator("h1")).to_contain_text(
        re.compile("(Say (no|yes) to|choice about) whatever")
    )
    assert faults(page) == []
    page.locator("input[name=answer][value=no]").check()
    page.get_by_role("button", name="Save my choice").click()
    expect(page.locator("h1")).to_have_text("You said no to whatever can be refused")
    assert faults(page) == []
    for path in ("/my/choices", "/my/choices?show=open", "/my/choices/history"):
        page.goto(path)
        assert faults(page) == [], path
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{path} scrolls sideways"
    page.get_by_role("link", name=re.compile("Look at it.+[Ww]hatever")).first.click()
    page.locator("input[name=answer][value=as_before]").check()
    page.get_by_role("button", name="Save my choice").click()
    expect(page.locator("main")).to_contain_text("Your choice is taken back.")


def test_the_register_leads_to_a_choice_where_there_is_one(new_page: NewPage) -> None:
    page = new_page(script=False)
    sign_in(page, "citizen-1")
    page.goto("/register/DSA-0004")
    page.get_by_role("link", name="Choose about this agreement").click()
    expect(page).to_have_url(CHOICE)
    page.goto("/my")
    expect(
        page.locator("section[aria-labelledby=choices] a[href^='/my/choices']").first
    ).to_be_visible()
