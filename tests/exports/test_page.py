"""The page inside a copy, in a real browser from a folder: no request, no fault, no trick."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import get_args

import html5lib
import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, Page, expect

from citizen_portal.exports.package import Missing, Why
from tests.browsers import faults
from tests.exports import copies, reading

pytestmark = pytest.mark.browser
ROWS = [copies.look(number) for number in range(1_203)]
HOSTILE = [copies.look(number, held_by=text) for number, text in enumerate(copies.HOSTILE)]
TABLES = (copies.table(ROWS), copies.table(HOSTILE, "others", title="</h2><b>What</b> is held"))
RAW, _ = copies.written(copies.contents(*TABLES), copies.signer())
Open = Callable[..., Page]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return reading.unpacked(RAW, tmp_path / "copy")


@pytest.fixture
def opened(browser: Browser, folder: Path) -> Iterator[Open]:
    """Opens the page from its folder, without network; at the end says that nothing was asked."""
    asked: list[str] = []
    wrong: list[str] = []
    contexts = []

    def open_page(**given: object) -> Page:
        context = browser.new_context(offline=True, **given)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: wrong.append(message.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: wrong.append(dialog.message))
        page.goto((folder / "index.html").as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert asked
    assert [url for url in asked if not url.startswith(folder.as_uri())] == []
    assert wrong == []


def first_cells(page: Page, table: str) -> list[str]:
    return page.locator(f"[data-table={table}] tbody td:first-child").all_inner_texts()


@pytest.mark.parametrize("width", [320, 1_200])
def test_it_has_no_fault_and_fits(opened: Open, width: int) -> None:
    page = opened(viewport={"width": width, "height": 800})
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_it_is_valid_and_says_what_is_missing(folder: Path) -> None:
    html = (folder / "index.html").read_text()
    html5lib.HTMLParser(strict=True).parse(html)
    soup = BeautifulSoup(html, "html.parser")
    assert len(soup.find_all("h1")) == 1
    missing = soup.select_one("section[aria-labelledby=missing] dl")
    assert missing is not None
    said = " ".join(missing.get_text(" ").split())
    assert said == "Council <of> nowhere looks It did not answer. 5 tries."
    for link in soup.select("a[href]:not([href^='#'])"):
        assert (folder / str(link["href"])).is_file()
    for link in soup.select("a[href^='#']"):
        assert soup.find(id=str(link["href"])[1:])


def test_without_script_the_first_rows_and_the_files_are_there(opened: Open) -> None:
    page = opened(java_script_enabled=False)
    assert first_cells(page, "looks") == [row[0] for row in ROWS[:50]]
    section = page.locator("[data-table=looks]")
    expect(section.get_by_role("status")).to_have_text("The first 50 of 1,203 lines.")
    expect(section.get_by_role("searchbox")).to_be_hidden()
    expect(section.get_by_role("link", name="CSV : Who looked")).to_be_visible()


def test_pages_turn_over_the_borders_of_parts(opened: Open) -> None:
    page = opened()
    section = page.locator("[data-table=looks]")
    after = section.get_by_role("button", name="Lines after")
    seen = first_cells(page, "looks")
    for first in range(51, len(ROWS), 50):
        after.click()
        expect(section.get_by_role("status")).to_contain_text(f"Lines {first:,} to ")
        seen += first_cells(page, "looks")
    assert seen == [row[0] for row in ROWS]
    expect(after).to_be_disabled()
    section.get_by_role("button", name="Lines before").click()
    expect(section.get_by_role("status")).to_have_text("Lines 1,151 to 1,200 of 1,203.")


def test_searching_and_sorting_see_every_row(opened: Open) -> None:
    page = opened()
    section = page.locator("[data-table=looks]")
    section.get_by_label("Search this table").fill("</SCRIPT><script>")
    found = [row for row in ROWS if row[3].startswith("</script>")]
    status = section.get_by_role("status")
    expect(status).to_have_text(f"Lines 1 to 50 of {len(found)}.")
    head = section.get_by_role("columnheader", name="How often")
    head.get_by_role("button").click()
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "descending")
    expect(section.locator("tbody td:first-child").first).to_have_text(found[-1][0])
    section.get_by_label("Search this table").fill("no row says this")
    expect(status).to_have_text("No line has these words.")
    assert faults(page) == []


def test_texts_of_others_are_texts(opened: Open) -> None:
    page = opened()
    assert page.locator("main script, main img, main b").count() == 0
    section = page.locator("[data-table=others]")
    assert section.locator("h2").inner_text() == "</h2><b>What</b> is held"
    before = section.locator("tbody").inner_text()
    section.get_by_role("button", name="Number").click()
    expect(section.get_by_role("columnheader", name="Number")).to_have_attribute(
        "aria-sort", "ascending"
    )
    expect(section.get_by_role("status")).to_contain_text(f"of {len(HOSTILE)}.")
    assert section.locator("tbody").inner_text() == before


def test_a_missing_part_is_said(folder: Path, browser: Browser) -> None:
    shutil.rmtree(folder / "page")
    page = browser.new_page()
    page.goto((folder / "index.html").as_uri())
    section = page.locator("[data-table=looks]")
    section.get_by_role("button", name="Lines after").click()
    expect(section.get_by_role("status")).to_contain_text("A file is missing or damaged.")
    page.close()


def test_on_paper_only_the_copy_is_printed(opened: Open) -> None:
    page = opened()
    page.emulate_media(media="print")
    expect(page.get_by_label("Search this table").first).to_be_hidden()
    expect(page.locator("[data-table=looks] table")).to_be_visible()


def test_its_policy_lets_nothing_else_run_or_load(browser: Browser, folder: Path) -> None:
    assert "unsafe" not in (folder / "index.html").read_text().partition("</head>")[0]
    page = browser.new_page()
    page.goto((folder / "index.html").as_uri())
    tried = page.evaluate(
        """async () => {
          const refused = [];
          const note = (event) => refused.push(event.effectiveDirective);
          document.addEventListener("securitypolicyviolation", note);
          const script = document.createElement("script");
          script.textContent = "document.title = 'run'";
          document.body.append(script);
          const style = document.createElement("style");
          style.textContent = "body { display: none }";
          document.body.append(style);
          const picture = new Image();
          picture.src = "https://portal.example/seen.png";
          await new Promise((done) => (picture.onerror = done));
          return refused.sort();
        }"""
    )
    assert tried == ["img-src", "script-src-elem", "style-src-elem"]
    page.close()


def test_every_reason_has_words_in_both_languages() -> None:
    said = {}
    for language in ("en", "cy"):
        missing = [Missing(code, "data", code) for code in get_args(Why)]
        what = copies.contents(language=language, missing=missing)
        soup = BeautifulSoup(
            reading.files(copies.written(what, copies.signer())[0])["index.html"], "html.parser"
        )
        by_law = soup.select_one("section[aria-labelledby=missing] > p")
        words = [" ".join(one.get_text().split()) for one in (by_law, *soup.select("dd")) if one]
        assert len({*words}) == len(get_args(Why))
        said[language] = words
        assert soup.html is not None
        assert soup.html["lang"] == language
        said[language].append(str(soup.select_one("a.skip")))
    assert said["en"][-1] != said["cy"][-1]
