"""The pages of a safe mailbox in a real browser: through the whole errand, wide and narrow."""

import pytest
from playwright.sync_api import Browser, Page

from tests.browsers import faults
from tests.fakes.serving import served
from tests.news.conftest import SAFE, Mailbox

pytestmark = pytest.mark.browser


def good(page: Page, width: int) -> None:
    """Accessible, and no wider than the window."""
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [1280, 320])
def test_a_mailbox_is_named_confirmed_and_removed(
    browser: Browser, mailbox: Mailbox, width: int
) -> None:
    with served(lambda _: mailbox.app) as url:
        context = browser.new_context(base_url=url, viewport={"width": width, "height": 900})
        name, value = cookie(mailbox)
        context.add_cookies([{"name": name, "value": value, "url": url}])
        page = context.new_page()
        page.goto("/my/account")
        good(page, width)
        page.get_by_role("link", name="Read about it, name an address or remove it").click()
        good(page, width)
        page.get_by_role("button", name="Name an address").click()
        page.get_by_label("Your e-mail address").fill("mair@")
        page.get_by_role("button", name="Mail me a code").click()
        good(page, width)
        page.get_by_label("Your e-mail address").fill(SAFE)
        page.get_by_role("button", name="Mail me a code").click()
        mailbox.work()
        page.reload()
        good(page, width)
        page.get_by_label("The code in the mail").fill(mailbox.code())
        page.get_by_role("button", name="Confirm this address").click()
        page.get_by_text("Read the mail as we send it").click()
        good(page, width)
        chosen_and_read(page, width)
        mailbox.happen("a", kind="answer")
        stop(page, mailbox, width)
        page.goto("/my/account/mail")
        page.get_by_role("button", name="Remove this address").click()
        assert "The address is removed." in page.locator("main").inner_text()
        context.close()


def chosen_and_read(page: Page, width: int) -> None:
    """How soon each kind is told, and a feed."""
    page.get_by_role("link", name="Choose what we tell you of").click()
    page.get_by_label("Copies of your data").select_option("weekly")
    page.get_by_label("Look for me also").check()
    page.get_by_text("More about it").click()
    good(page, width)
    page.get_by_role("button", name="Keep this").click()
    assert page.get_by_label("Copies of your data").input_value() == "weekly"
    good(page, width)
    page.goto("/my/account/mail")
    page.get_by_role("link", name="Have your news as a feed").click()
    good(page, width)
    page.get_by_role("button", name="Make a feed").click()
    assert "/news/" in page.locator("main code").inner_text()
    good(page, width)


def stop(page: Page, mailbox: Mailbox, width: int) -> None:
    """By the link in a mail, and on again."""
    page.goto(mailbox.stop_link())
    good(page, width)
    page.get_by_role("button", name="Stop these mails").click()
    good(page, width)
    page.goto("/my/account/mail")
    good(page, width)
    page.get_by_role("button", name="Mail me again").click()
    assert "We mail you again" in page.locator("main").inner_text()


def cookie(mailbox: Mailbox) -> tuple[str, str]:
    """What the citizen's browser would bring along."""
    name = str(mailbox.app.config["SESSION_COOKIE_NAME"])
    kept = mailbox.browser.get_cookie(name)
    assert kept is not None
    return name, kept.value
