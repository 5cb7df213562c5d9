"""``/verify`` in a real browser: the same answers as the command, and nothing leaves the device."""

import random
import zipfile
from collections.abc import Iterator
from io import BytesIO

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from citizen_portal.preferences.queries.receipts import RECEIPT_KIND
from tests.browsers import faults
from tests.exports import casework, copies, reading
from tests.fakes.serving import served
from tests.pages import Page as Read
from tests.thorough import times

GOOD = (
    "This copy is unchanged since this portal made it. "
    "Made on 17 November 2026 at 14:15. Files: 13."
)
ALTERED = "This copy is not as we made it. The first altered file: "
WHAT = copies.small(60)


def test_without_script_it_says_how_else(app: Flask) -> None:
    page = Read.get(app.test_client(), "/verify")
    [without] = page.soup.select("main noscript")
    assert "switch scripts on" in without.text
    assert page.heading == "Check a copy or a receipt"
    assert "citizen-portal verify copy.zip --jwks" in page.main
    assert "It is no proof that bodies did it." in page.main
    [foot] = Read.get(app.test_client(), "/").soup.select("footer a[href='/verify']")
    assert foot.text == "Check a copy or a receipt"


@pytest.fixture
def raw(app: Flask) -> bytes:
    return copies.written(WHAT, app.extensions["signer"])[0]


@pytest.fixture
def page(app: Flask, browser: Browser) -> Iterator[Page]:
    """The page; at the end only what it is made of and the keys were asked for."""
    asked: list[tuple[str, str]] = []
    with served(lambda _: app) as site:
        context = browser.new_context()
        page = context.new_page()
        page.on("request", lambda one: asked.append((one.method, one.url.removeprefix(site))))
        page.goto(f"{site}/verify")
        yield page
        context.close()
    paths = {path for _, path in asked if not path.startswith("/static/")}
    assert paths <= {"/verify", "/.well-known/jwks.json"}
    assert {method for method, _ in asked} == {"GET"}


def choose(page: Page, raw: bytes) -> str:
    """Choose a file and wait for what is said of it."""
    page.locator("#found").evaluate("found => { found.textContent = '' }")
    upload = {"name": "copy.zip", "mimeType": "application/zip", "buffer": raw}
    page.get_by_label("The file, as you got it").set_input_files(upload)  # type: ignore[arg-type]
    page.wait_for_function(
        """() => { const said = document.getElementById("found").textContent;
                   return said && !said.startsWith("Checking: "); }"""
    )
    return page.locator("#found").inner_text()


@pytest.mark.browser
def test_it_says_of_each_copy_what_the_command_says(page: Page, raw: bytes, app: Flask) -> None:
    assert not page.locator("#found").inner_html(), "nothing stands there before a file is chosen"
    assert choose(page, raw) == GOOD
    expect(page.locator("#found .cp-good")).to_have_count(1)
    assert faults(page) == []
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    case = casework.written(app.extensions["signer"])
    assert choose(page, case).startswith("This case file is unchanged since this portal made it.")
    other, _ = copies.written(WHAT, copies.signer())
    assert choose(page, other).startswith("This portal did not sign this copy as it is.")
    assert choose(page, b"a letter to somebody") == (
        "This is no copy and no receipt that we can read. Choose the file as you got it."
    )
    for odd in (raw + b"\0", raw[:-1], raw[: len(raw) // 2], reading.zipped(reading.files(raw))):
        assert choose(page, odd).startswith(ALTERED)
        expect(page.locator("#found .cp-bad")).to_have_count(1)


@pytest.mark.browser
def test_it_names_each_altered_file(page: Page, raw: bytes) -> None:
    for info in zipfile.ZipFile(BytesIO(raw)).filelist:
        changed = bytearray(raw)
        changed[info.header_offset + 30 + len(info.filename) + info.compress_size // 2] ^= 1
        assert choose(page, bytes(changed)) == ALTERED + info.filename


@pytest.mark.browser
def test_it_finds_changed_bytes_anywhere(page: Page, raw: bytes) -> None:
    """One in each stretch of the file, the records between the files among them.

    ``make faults`` tries them all; a usual run each fourth.
    """
    chance = random.Random(20261117)  # noqa: S311
    places = [chance.randrange(at, min(at + 250, len(raw))) for at in range(0, len(raw), 250)]
    infos = zipfile.ZipFile(BytesIO(raw)).filelist
    places += [info.header_offset + at for info in infos for at in (6, 10, 12, 14, 18, 22, 28)]
    places += range(len(raw) - 22, len(raw))
    unseen = []
    for place in places[:: times(4, 1)]:
        changed = bytearray(raw)
        changed[place] ^= 1 << chance.randrange(8)
        if choose(page, bytes(changed)).startswith(GOOD[:20]):
            unseen.append(place)
    assert unseen == []


@pytest.mark.browser
def test_a_browser_that_cannot_check_says_so(page: Page, raw: bytes) -> None:
    page.evaluate("() => { crypto.subtle.importKey = () => Promise.reject(new Error()) }")
    assert choose(page, raw).startswith("This browser cannot check our signature.")
    expect(page.get_by_text("citizen-portal verify copy.zip")).to_be_visible()


def words(text: str) -> list[dict[str, str]]:
    """As receipts tell them, in two languages."""
    return [
        {"@value": f"{text} in Welsh", "@language": "cy"},
        {"@value": text, "@language": "en"},
    ]


@pytest.mark.browser
def test_it_checks_a_receipt_too(page: Page, app: Flask) -> None:
    told = {
        "iss": "http://127.0.0.1:8000",
        "dct:date": {"@value": "2026-06-17T14:15:20+00:00", "@type": "xsd:dateTime"},
        "dct:description": "no",
        "dpv:hasProcess": [
            {
                "dct:identifier": "DSA-0001",
                "dct:title": words("Counting <b>elephants</b>"),
                "dpv:hasDataController": [{"foaf:name": words("The zoo")}],
                "dpv:hasRecipient": [{"foaf:name": words("The museum")}],
            },
            {"dct:identifier": "DSA-0002"},
        ],
    }
    receipt = app.extensions["signer"].statement(told, kind=RECEIPT_KIND)
    good = (
        "This receipt is unchanged since this portal gave it. It says no. "
        "Made on 17 June 2026 at 15:15. It is about:"
    )
    about = ["Counting <b>elephants</b> (DSA-0001): The zoo, The museum", "DSA-0002"]
    for raw in (receipt, f"{receipt}\n"):
        assert choose(page, raw.encode()).split("\n")[0] == good
        assert page.locator("#found li").all_inner_texts() == about
    expect(page.locator("#found .cp-good")).to_have_count(1)
    other = copies.signer().statement(told, kind=RECEIPT_KIND)
    header, body, _ = receipt.split(".")
    for bad in (other, f"{header}.{body}.{other.split('.')[2]}"):
        assert choose(page, bad.encode()).startswith("This portal did not sign this receipt")
        expect(page.locator("#found .cp-bad")).to_have_count(1)
    for none in (app.extensions["signer"].statement(told, kind="JWT"), "eyJ", f"{receipt}x"):
        assert choose(page, none.encode()).startswith("This is no copy and no receipt")
