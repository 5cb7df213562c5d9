"""The page inside a copy, as people read it: what they ask for first, in words."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from bs4 import BeautifulSoup, Tag
from playwright.sync_api import Browser, Page, expect

from citizen_portal.access.models import Actor, Result, Role, Trigger
from citizen_portal.access.queries import WhyNot
from citizen_portal.agreements.models import Say
from citizen_portal.exports import words
from citizen_portal.exports.gathering.tables import drawn
from citizen_portal.exports.package import Asked, Missing, Table
from citizen_portal.identity.models import LinkProof, LinkState
from tests.browsers import faults
from tests.exports import copies, reading

LONDON = ZoneInfo("Europe/London")
MIDNIGHT = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
FIRST = ["When (United Kingdom Time)", "Who held the data", "Who got it", "What was done"]
EXPLAINED = ["Agreement that explains it", "Why it is not explained"]
Open = Callable[..., Page]


def access(number: int, **given: Any) -> tuple[Any, ...]:
    usual: dict[str, Any] = dict.fromkeys(words.table("accesses")["columns"])
    usual |= {
        "id": f"{number:064x}",
        "occurred": MIDNIGHT + timedelta(days=number),
        "held_by": "Agency of invented people",
        "code_of_who_got_it": "X-1",
        "categories": "PhysicalAddress; NotKnownToUs; OfficialID",
        "role": "self",
        "actor": "person",
        "trigger": "my_application",
        "outcome": "not_stated",
        "emergency": False,
        "why_not_explained": "no_rule",
        "stands_out": True,
        "told": "sent",
        "proven": True,
    }
    return tuple((usual | given).values())


def accesses(count: int, language: str = "en") -> Table:
    """The oldest first, as no reader wants them."""
    return drawn("accesses", [access(number) for number in range(count)], language)


def page(*tables: Table, **given: Any) -> BeautifulSoup:
    what = copies.contents(*tables, **{"zone": LONDON} | given)
    raw = reading.files(copies.written(what, copies.signer())[0])["index.html"]
    return BeautifulSoup(raw, "html.parser")


def text(tag: Tag | None) -> str:
    assert tag is not None
    return " ".join(tag.get_text(" ").split())


def test_what_people_ask_for_comes_first_and_codes_last() -> None:
    section = page(accesses(1)).select_one("[data-table=accesses]")
    assert section is not None
    assert [text(head) for head in section.select("th")] == [*FIRST, *EXPLAINED, "More"]
    cells = [text(cell) for cell in section.select("tbody td")]
    assert cells[0] == "1 Jul 2026, 00:30"
    assert cells[5] == "It fits no agreement we know"
    said = {text(name): text(name.find_next("dd")) for name in section.select("dt")}
    assert list(said)[-2:] == ["Code of who got it", "Id"]
    assert said["Kinds of data"] == "address; NotKnownToUs; number that a body knows you by"
    assert said["What set it off"] == "Something you asked for or applied for"
    assert "Legal power" not in said


@pytest.mark.parametrize(
    ("language", "head", "told"),
    [("en", "How long it is kept", "7 years"), ("cy", "Am ba hyd y'i cedwir", "7 mlynedd")],
)
def test_how_long_something_is_kept_is_told_in_words_on_the_page_alone(
    language: str, head: str, told: str
) -> None:
    row = ("Council", "Main", "homes", "Your home", "Address", None, "P7Y")
    what = copies.contents(drawn("holdings", [row], language), language=language, zone=LONDON)
    files = reading.files(copies.written(what, copies.signer())[0])
    soup = BeautifulSoup(files["index.html"], "html.parser")
    table = soup.select_one("[data-table=holdings]")
    assert head in [text(one) for one in table.select("th")]  # type: ignore[union-attr]
    assert told in [text(one) for one in table.select("td")]  # type: ignore[union-attr]
    assert b"P7Y" in files["data/holdings.csv"]
    assert b"ISO 8601" in files["datapackage.json"]


def test_the_newest_comes_first_where_all_is_on_the_page() -> None:
    rows = page(accesses(3)).select("[data-table=accesses] tbody tr")
    assert [text(row.td)[:6] for row in rows] == ["3 Jul ", "2 Jul ", "1 Jul "]


def test_the_ends_of_time_are_told_too() -> None:
    ends = [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]
    rows = [copies.look(number, occurred=at) for number, at in enumerate(ends)]
    for zone in (LONDON, ZoneInfo("Pacific/Kiritimati"), ZoneInfo("America/New_York")):
        said = text(page(copies.table(rows), zone=zone).tbody)
        assert "9999, " in said
        assert "Jan 1, " in said


def test_every_code_has_words_in_both_languages() -> None:
    codes: dict[tuple[str, str], list[str]] = {
        ("accesses", "role"): [*Role],
        ("accesses", "actor"): [*Actor],
        ("accesses", "trigger"): [*Trigger],
        ("accesses", "outcome"): [*Result],
        ("accesses", "why_not_explained"): [*WhyNot],
        ("accesses", "told"): ["sent", "told"],
        ("agreements", "choice"): [*Say],
        ("links", "state"): [*LinkState],
        ("links", "proof"): [*LinkProof],
    }
    for (table, column), each in codes.items():
        english, welsh = (words.values(table, column, language) for language in ("en", "cy"))
        assert set(english) == set(welsh) == set(each)
        assert not set(english.values()) & set(welsh.values())
    assert words.values("records-x-state", "state", "en") == {}


def test_what_is_missing_is_told_body_by_body_failures_first() -> None:
    missing = [
        Missing("Aldham", "looks", "not_connected"),
        Missing("Aldham", "records", "not_connected"),
        Missing("Barley", "looks", "outside_window", "From May."),
        Missing("Corley", "looks", "outside_window"),
        Missing("Corley", "records", "too_slow"),
        Missing("Everybody", "looks", "withheld_by_law"),
    ]
    section = page(missing=missing).select_one("section[aria-labelledby=missing]")
    assert section is not None
    names = [text(name) for name in section.select("dt")]
    assert names == ["Corley", "Barley", "Aldham"]
    open_part = section.select("section > dl > dd")
    assert text(open_part[0]) == "records It was too slow, so we stopped."
    assert [text(fold.summary) for fold in section.select("details")] == [
        "What the bodies that answered do not tell",
        "1 body that was not asked",
    ]
    assert text(section.select("dd")[-1]).startswith("looks; records This body is not connected")
    assert "The law holds some uses back" in text(section)
    assert "did not ask" not in text(page(missing=[]))


def test_who_was_linked_to_no_body_is_told_that_none_was_asked() -> None:
    missing = [Missing("Aldham", "looks", "not_linked")]
    said = page(missing=missing, asked=Asked(("Who looked",)))
    section = said.select_one("section[aria-labelledby=missing]")
    assert section is not None
    assert "You were linked to no body, so we asked none." in text(section)
    assert "gave nothing" not in text(section)
    assert [fold.has_attr("open") for fold in section.select("details")] == [True]
    asked = page(missing=missing).select("section[aria-labelledby=missing] details")
    assert [fold.has_attr("open") for fold in asked] == [False]


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    contexts = []

    def open_page(*tables: Table, width: int = 1280, **given: Any) -> Page:
        what = copies.contents(*tables, zone=LONDON, **given)
        folder = reading.unpacked(copies.written(what, copies.signer())[0], tmp_path / "copy")
        # a reader in another zone sees the portal's time all the same
        context = browser.new_context(
            offline=True,
            timezone_id="Asia/Tokyo",
            viewport={"width": width, "height": 900},
        )
        contexts.append(context)
        page = context.new_page()
        page.goto((folder / "index.html").as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "cy"])
def test_the_script_tells_each_row_as_the_page_does(opened: Open, language: str) -> None:
    page = opened(accesses(50, language), language=language)
    body = page.locator("[data-table=accesses] tbody")
    drawn_by_us = body.evaluate("body => body.textContent.replace(/\\s+/g, '')")
    page.locator("[data-table=accesses] th button").first.click()
    page.locator("[data-table=accesses] th button").first.click()
    expect(page.locator("[data-table=accesses] th").first).to_have_attribute(
        "aria-sort", "descending"
    )
    expect(body.locator("tr")).to_have_count(50)
    expect(body.locator("td").first).to_contain_text("2026, 00:30")
    assert body.evaluate("body => body.textContent.replace(/\\s+/g, '')") == drawn_by_us


@pytest.mark.browser
@pytest.mark.parametrize(("width", "here"), [(1280, 50), (320, 10)])
def test_the_newest_of_many_comes_first_and_folds_open(opened: Open, width: int, here: int) -> None:
    page = opened(accesses(1_203), width=width)
    section = page.locator("[data-table=accesses]")
    newest = (MIDNIGHT + timedelta(days=1_202)).astimezone(LONDON)
    first = section.locator("tbody td").first
    expect(first).to_have_text(f"{newest.day} {newest:%b %Y, %H:%M}")
    expect(section.get_by_role("status")).to_have_text(f"Lines 1 to {here} of 1,203.")
    fold = section.locator("tbody details").first
    fold.locator("summary").click()
    expect(fold).to_contain_text("A person looked")
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    section.get_by_role("button", name="Lines after").click()
    expect(section.get_by_role("status")).to_have_text(f"Lines {here + 1} to {2 * here} of 1,203.")
    section.get_by_label("Search this table").fill("JUL 2026")
    expect(section.get_by_role("status")).to_have_text(f"Lines 1 to {min(here, 31)} of 31.")


@pytest.mark.browser
def test_too_many_to_read_at_once_stay_as_they_came_until_asked(opened: Open) -> None:
    page = opened(accesses(20_001))
    section = page.locator("[data-table=accesses]")
    head, first = section.locator("th").first, section.locator("tbody td").first
    expect(section.get_by_role("status")).to_have_text("Lines 1 to 50 of 20,001.")
    assert head.get_attribute("aria-sort") is None
    expect(first).to_have_text("1 Jul 2026, 00:30")
    head.get_by_role("button").click()
    head.get_by_role("button").click()
    expect(first).to_contain_text("2081")


@pytest.mark.browser
def test_on_paper_nothing_that_is_missing_is_folded_away(opened: Open) -> None:
    page = opened(missing=[Missing("Aldham", "looks", "not_connected")])
    name = page.get_by_text("Aldham", exact=True)
    expect(name).to_be_hidden()
    page.emulate_media(media="print")
    expect(name).to_be_visible()
