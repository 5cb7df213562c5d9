"""A choice in a real browser, from the list to a change of mind: wide and narrow, with script and
without."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from citizen_portal.preferences import actions
from citizen_portal.preferences.actions import Said
from citizen_portal.preferences.models import Reply
from citizen_portal.preferences.queries.receipts import RECEIPT_KIND
from tests.browsers import Seen, signed_in_page
from tests.preferences.town import TODAY
from tests.preferences.visiting import Visit

pytestmark = pytest.mark.browser
GROUNDS = "Your <b>bill</b> depends on it."


@pytest.fixture
def visiting(visit: Callable[..., Visit]) -> Visit:
    return visit("clinic", "council", "university")


@pytest.fixture(params=[(1280, True), (320, True), (320, False)], ids=str)
def seen(request: pytest.FixtureRequest, browser: Browser, visiting: Visit) -> Iterator[Seen]:
    width, script = request.param
    app, client = visiting.town.app, visiting.browser
    with signed_in_page(browser, app, client, width, script=script) as seen:
        yield seen


def save(seen: Seen, answer: str) -> None:
    seen.page.locator(f"input[name=answer][value={answer}]").check()
    seen.press("Save my choice")


def answered(visiting: Visit, slug: str, said: Said) -> None:
    """A body answers what it was told."""
    town = visiting.town
    [effect] = [
        each for each in town.effects(visiting.me) if each.organisation_id == town.bodies[slug]
    ]
    with town.sessions.writing() as session:
        actions.acknowledge(
            session,
            effect.organisation_id,
            effect.id,
            said,
            seal=town.app.extensions["sealer"].seal,
        )


def receipt_of(seen: Seen, visiting: Visit) -> dict[str, Any]:
    """What the receipt says that the page hands out."""
    with seen.page.expect_download() as download:
        seen.page.get_by_role("button", name="Download your receipt").click()
    assert download.value.suggested_filename == "receipt.jws"
    signed = download.value.path().read_text()
    claims = visiting.town.app.extensions["signer"].opened(signed, kind=RECEIPT_KIND)
    assert isinstance(claims, dict)
    return claims


def test_a_choice_is_made_proved_and_changed(seen: Seen, visiting: Visit) -> None:
    page = seen.page
    page.goto("/my/choices")
    seen.good("list")
    page.get_by_role("link", name=re.compile("Choose.+DSA-0001")).click()
    seen.says("Say no to “Title of DSA-0001”")
    expect(page.get_by_role("heading", name="What must stop while they weigh")).to_be_visible()
    seen.good("before")

    page.get_by_label("Why do you object?").fill("It is nobody's business.")
    save(seen, "no")
    seen.says("You said no to “Title of DSA-0001”")
    expect(page.locator("main")).to_contain_text("2 are being told.")
    claims = receipt_of(seen, visiting)
    assert (claims["dct:description"], claims["dct:subject"]) == ("no", "agreement:DSA-0001")

    visiting.town.work("preferences.send")
    answered(visiting, "clinic", Said(Reply.APPLIED, applied_from=TODAY))
    answered(visiting, "council", Said(Reply.REFUSED, reason=GROUNDS))
    page.reload()
    expect(page.locator("main")).to_contain_text("1 did it. 1 refused.")
    expect(page.locator("main")).to_contain_text(GROUNDS)
    seen.good("after")

    page.get_by_role("link", name="Change my mind").click()
    save(seen, "as_before")
    seen.says("You took back your choice about “Title of DSA-0001”")
    expect(page.locator("main")).to_contain_text("Your choice is taken back.")
    seen.good("back")
    page.goto("/my/choices/history")
    expect(page.locator("#list ~ ul > li")).to_have_count(2)
    seen.good("history")
    assert visiting.stands() == {}
