"""A real browser, one for all tests: playwright cannot run twice in a process."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.fakes.serving import served

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


KEPT = os.environ.get("SCREENSHOTS")
"""A folder in which to keep what the pages look like."""


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


class Seen:
    """A page of this citizen; each one that is met is accessible and no wider than its window."""

    def __init__(self, page: Page, width: int, script: bool) -> None:
        self.page, self.width, self.script = page, width, script

    def good(self, name: str) -> None:
        if KEPT:
            how = "script" if self.script else "none"
            path = f"{KEPT}/{name}-{self.width}-{how}.png"
            self.page.screenshot(path=path, full_page=True)
        if self.script:
            assert faults(self.page) == [], name
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= self.width, name

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name).click()

    def says(self, heading: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading, timeout=30_000)


@contextmanager
def signed_in_page(
    browser: Browser, app: Flask, client: FlaskClient, width: int, *, script: bool
) -> Iterator[Seen]:
    """A page in which whoever is signed in in ``client`` is signed in, over real HTTP."""
    with served(lambda _: app) as url:
        context = browser.new_context(
            base_url=url,
            viewport={"width": width, "height": 900},
            java_script_enabled=script,
            accept_downloads=True,
        )
        name = str(app.config["SESSION_COOKIE_NAME"])
        kept = client.get_cookie(name)
        assert kept is not None
        context.add_cookies([{"name": name, "value": kept.value, "url": url}])
        yield Seen(context.new_page(), width, script)
        context.close()
