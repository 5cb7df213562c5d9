"""A real browser, one for all tests: playwright cannot run twice in a process."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

AXE = Path(__file__).with_name("axe.min.js").read_text()
CHROMIUM = shutil.which("chromium")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium here: apt-get install chromium")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()


def faults(page: Page) -> list[str]:
    """What axe-core finds on this page: rule and element, for WCAG 2.2 A and AA."""
    page.evaluate(AXE)
    found = page.evaluate(
        """() => axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa",
             "wcag22aa", "best-practice"]})
           .then(r => r.violations.map(v => v.id + ": " + v.nodes.map(n => n.html).join(" | ")))"""
    )
    return [str(fault) for fault in found]
