"""From a look that nobody explains to the answer that it was not justified, and its case file."""

import re

import pytest
from click.testing import CliRunner
from playwright.sync_api import Page, expect

from citizen_portal.cli import main
from tests.browsers import faults
from tests.journeys.conftest import NewPage, World, sign_in, staff_sign_in

pytestmark = pytest.mark.browser
WORDS = "I was abroad that week, and had asked you for nothing."
ANSWER = "Our officer had no reason to look. We have told them so, and we are sorry."


def test_a_look_without_a_reason_is_asked_about_and_found_not_justified(
    new_page: NewPage, world: World
) -> None:
    page = new_page()
    sign_in(page, "citizen-4")
    page.goto("/my/access?when=12-months&kind=unexplained")
    page.locator("main a[href^='/my/access/']").first.click()
    look = page.url
    page.get_by_role("button", name="Ask about this").click()
    page.locator("input[name=kind][value=why]").check()
    page.locator("textarea[name=words]").fill(WORDS)
    page.get_by_role("button", name="Send it").click()
    found = re.search(r"Q-\w{4}-\w{4}", page.locator("main").inner_text())
    assert found, page.locator("main").inner_text()
    reference = found[0]
    assert faults(page) == []

    answer(new_page(), reference)

    page.goto(look)
    expect(page.locator("main")).to_contain_text(re.compile("not justified"))
    assert faults(page) == []
    page.get_by_role("button", name="Read the answer").click()
    expect(page.locator("main")).to_contain_text(ANSWER)
    take_to_the_regulator(page, world)


def answer(desk: Page, reference: str) -> None:
    """An officer of the body finds no reason for the look."""
    staff_sign_in(desk, "officer-a1")
    desk.get_by_role("link", name="Questions").click()
    row = desk.locator("#list li").filter(has_text=reference)
    row.get_by_role("link", name=re.compile("Open")).click()
    expect(desk.locator("main")).to_contain_text(WORDS)
    expect(desk.locator("main")).not_to_contain_text("citizen-4")
    assert faults(desk) == []
    desk.get_by_label("The access was not justified").check()
    desk.get_by_label("Your answer, in words that the person will read").fill(ANSWER)
    desk.get_by_role("button", name="Check the answer").click()
    expect(desk.locator("main")).to_contain_text(ANSWER)
    assert faults(desk) == []
    desk.get_by_role("button", name="Send the answer").click()
    expect(desk.locator("main")).to_contain_text("Sent. The person sees it on their page.")


def take_to_the_regulator(page: Page, world: World) -> None:
    """The case file is as the portal made it, for whoever checks it by command."""
    page.get_by_role("link", name=re.compile("make a case file")).click()
    assert faults(page) == []
    with page.expect_download() as coming:
        page.get_by_role("button", name="Download the case file").click()
    verified = CliRunner().invoke(
        main,
        ["verify", str(coming.value.path()), "--jwks", f"{world.url}/.well-known/jwks.json"],
    )
    assert (verified.exit_code, "case file" in verified.output) == (0, True), verified.output
