"""A copy in a real browser, from asking to wiping: wide and narrow, with script and without."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from citizen_portal.exports import actions
from citizen_portal.exports.models import State, Why
from tests.browsers import Seen, signed_in_page
from tests.exports.world import World, work

pytestmark = pytest.mark.browser


@pytest.fixture(params=[(1280, True), (320, True), (320, False)], ids=str)
def seen(request: pytest.FixtureRequest, browser: Browser, world: World) -> Iterator[Seen]:
    width, script = request.param
    for n in range(3):
        world.body(f"good-{n}")
    for slug in ("says-500", "hangs"):
        world.body(slug, slug)
    world.body("elsewhere", linked=False)
    with signed_in_page(browser, world.app, world.browser, width, script=script) as seen:
        yield seen


def test_a_copy_is_asked_for_watched_downloaded_and_wiped(
    seen: Seen, world: World, tmp_path: Path
) -> None:
    page = seen.page
    page.goto("/my/copies")
    seen.good("1-list")
    seen.press("Take a copy")
    seen.good("2-choose")
    seen.press("Make my copy")
    seen.says("We are making your copy")
    go_half_way(world, page.url)
    if not seen.script:
        page.get_by_role("link", name="See how far it is now").click()
    expect(page.get_by_text("2 of 5 bodies are done.")).to_be_visible(timeout=20_000)
    seen.good("4-making")
    work(world.app)
    if not seen.script:
        page.get_by_role("link", name="See how far it is now").click()
    seen.says("Your copy is ready")
    expect(page.locator("main")).to_contain_text("2 bodies are missing")
    seen.good("5-ready")
    with page.expect_download() as got:
        seen.press("Download your copy")
    got.value.save_as(tmp_path / "copy.zip")
    assert zipfile.ZipFile(tmp_path / "copy.zip").testzip() is None
    page.reload()
    seen.good("6-fetched")
    seen.press("Wipe it now")
    seen.says("Your copy is wiped")
    seen.good("7-wiped")


def go_half_way(world: World, address: str) -> None:
    """An attempt that notes how far it is, and no more."""
    row = world.row(address)
    states = iter(["in", "empty", "asking", "asking", "waiting"])
    with world.sessions.writing() as session:
        copy = actions.begin(session, row.citizen_id, row.id, tries=1)
        assert copy is not None
        progress = {name: {"state": next(states), "rows": 12} for name in copy.progress}
        actions.note_progress(session, copy, (), progress)


def test_a_form_says_what_to_put_right(seen: Seen) -> None:
    seen.page.goto("/my/copies/new")
    for box in seen.page.locator("input[name=parts]").all():
        box.uncheck()
    seen.press("Make my copy")
    expect(seen.page.locator("main")).to_contain_text("Choose at least one thing")
    seen.good("3-choose-wrong")


def test_a_copy_that_waits_is_stopped_and_one_that_failed_says_why(
    seen: Seen, world: World
) -> None:
    world.wait_a_day()
    page = seen.page
    page.goto("/my/copies/new")
    seen.press("Make my copy")
    seen.says("Your copy waits")
    seen.good("8-waits")
    address = page.url.rpartition("/")[2]
    seen.press("Stop and make no copy")
    seen.says("You stopped this copy")
    seen.good("9-stopped")
    with world.sessions.writing() as session:
        row = session.merge(world.row(f"/{address}"))
        row.state, row.fault, row.attempts = State.FAILED, Why.FAULT, 5
    page.reload()
    seen.says("Your copy could not be made")
    seen.good("10-failed")
    page.goto("/my/copies")
    seen.good("11-list-after")
