"""From one's own page to what a body holds, on to what is wrong in it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browsers import faults
from tests.journeys.conftest import NewPage, sign_in
from tests.journeys.test_citizen import NAMED

pytestmark = pytest.mark.browser
WITHHELD = ("A person at", "Calm and friendly", "high blood pressure", "c2Nhbi", "aW1hZ2U")
"""Values in the demo that are of others, or not marked."""


def looked_at(page: Page, width: int, *, script: bool = True) -> None:
    """What each page must keep to."""
    path = page.evaluate("location.pathname") if script else page.url
    if script:
        assert faults(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    expect(page.locator("h1")).to_have_count(1)
    assert not NAMED.search(page.title()), page.title()
    assert not NAMED.search(page.url), page.url
    for value in WITHHELD:
        expect(page.locator("main")).not_to_contain_text(value)


@pytest.mark.parametrize(("width", "script"), [(1280, True), (320, True), (320, False)])
def test_what_bodies_hold_can_be_read_and_objected_to(
    new_page: NewPage, width: int, script: bool
) -> None:
    page = new_page(width=width, script=script)
    sign_in(page, "citizen-1")
    page.goto("/my/records")
    expect(page.locator("[data-holding=holds]").first).to_be_visible(timeout=15_000)
    looked_at(page, width, script=script)

    page.get_by_role("link", name="Claims and payments").click()
    expect(page.locator("main")).to_contain_text("Records 1 to 20 of 43.")
    expect(page.locator("main")).to_contain_text("Partner in the claim Withheld")
    looked_at(page, width, script=script)
    page.get_by_role("link", name="Next page").click()
    expect(page.locator("main")).to_contain_text("Records 21 to 40 of 43.")

    page.get_by_role("link", name=re.compile("Is this wrong.*Amount")).click()
    expect(page.locator("h1")).to_contain_text("Amount")
    expect(page.locator("main")).to_contain_text("data@benefits-office.example")
    looked_at(page, width, script=script)


@pytest.mark.parametrize("width", [1280, 320])
def test_each_set_of_a_person_is_shown_as_it_is(new_page: NewPage, width: int) -> None:
    page = new_page(width=width)
    sign_in(page, "citizen-1")
    page.goto("/my/records")
    expect(page.locator("[data-holding=holds]")).to_have_count(6, timeout=15_000)
    sets = page.locator(".cp-source h3 a")
    paths = sets.evaluate_all("all => all.map(a => a.getAttribute('href'))")
    said = ""
    for path in paths:
        page.goto(path)
        looked_at(page, width)
        said += page.locator("main").inner_text()
    assert len(paths) == 10
    assert "<script>alert('Form 64-8')</script> & then nothing." in said
    assert "It did not answer. It sent an error instead." in said
