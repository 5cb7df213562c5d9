"""A citizen links their GP practice by its own sign-in, in a real browser."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browsers import faults
from tests.journeys.conftest import NewPage, sign_in

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("script", [True, False])
def test_citizen_6_links_their_practice_by_its_own_sign_in(
    new_page: NewPage, width: int, script: bool
) -> None:
    page = new_page(width=width, script=script)
    asked: list[str | None] = []
    page.on("request", lambda one: asked.append(one.headers.get("referer")))
    sign_in(page, "citizen-6")
    asked.clear()
    page.goto("/my/account/link")
    assert not script or faults(page) == []
    page.get_by_role("button", name="Sign in at Millbrook GP Practice").click()
    page.wait_for_url("**/sign-in?request=*")
    assert not script or faults(page) == []
    page.locator("input[name=person][value=citizen-6]").check()
    page.get_by_role("button", name="Sign in").click()

    page.wait_for_url("**/my/account/link/statement")
    assert urlsplit(page.url).query == ""
    assert not script or faults(page) == []
    if script:
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("button", name="Link this body").click()
    page.wait_for_url("**/my")
    expect(page.locator("main")).to_contain_text("You are linked")
    assert not any("request=" in (one or "") or "statement=" in (one or "") for one in asked)

    page.goto("/my/account")
    row = page.locator(".cp-rows > li", has_text=re.compile("GP practice"))
    expect(row).to_contain_text("own sign-in")
    row.get_by_role("link", name="End this link").click()
    page.get_by_role("button", name="End this link").click()
    page.wait_for_url("**/my/account")
