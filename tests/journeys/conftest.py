"""The demo world started once, and an eye on every page that is met."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

READY_WITHIN = 60
TURNED_DOWN = re.compile(r"status of (403|409|422) ")
"""Chromium notes it in the console when a form comes back with something to put right."""
OWN_HOSTS = {"127.0.0.1", None, "www.bbc.co.uk"}
"""The last is where "Leave this page" goes."""


@dataclass(frozen=True)
class World:
    """A running demo: where it is; the code in the letter to citizen-6, and who sent it."""

    url: str
    code: str
    code_at: str


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    demo = subprocess.Popen(
        [str(Path(sys.executable).with_name("citizen-portal")), "demo", "--port", str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={name: text for name, text in os.environ.items() if not name.startswith("PORTAL_")},
    )
    assert demo.stdout is not None
    try:
        said = ""
        for line in demo.stdout:
            said += line
            if "Activation code" in line:
                break
        code = re.search(r"citizen-6 at (.+): ([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})$", said, re.M)
        assert code, f"the demo shows no activation code:\n{said}"
        yield World(f"http://127.0.0.1:{port}", code[2], code[1])
    finally:
        demo.send_signal(signal.SIGTERM)
        demo.wait(READY_WITHIN)
        demo.stdout.close()


NewPage = Callable[..., Page]


@pytest.fixture
def new_page(browser: Browser, world: World) -> Iterator[NewPage]:
    """Opens pages of the demo; at the end, none of them may have complained or reached out."""
    complaints: list[str] = []
    contexts = []

    def watch(page: Page) -> Page:
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda said: (
                complaints.append(said.text)
                if said.type == "error" and not TURNED_DOWN.search(said.text)
                else None
            ),
        )
        page.on(
            "request",
            lambda asked: (
                complaints.append(f"outside request: {urlsplit(asked.url).hostname}")
                if urlsplit(asked.url).hostname not in OWN_HOSTS
                else None
            ),
        )
        return page

    def open_one(*, script: bool = True, width: int = 1280, locale: str = "en-GB") -> Page:
        context = browser.new_context(
            base_url=world.url,
            java_script_enabled=script,
            viewport={"width": width, "height": 900},
            locale=locale,
        )
        contexts.append(context)
        return watch(context.new_page())

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []


def open_menu(page: Page) -> None:
    """In a narrow window the menu is folded."""
    fold = page.locator(".cp-menu summary")
    if fold.is_visible():
        fold.click()


def sign_in(page: Page, who: str) -> None:
    """From the start page to one's own page, as a person would."""
    page.goto("/")
    open_menu(page)
    page.get_by_role("link", name=re.compile("Sign in")).first.click()
    page.locator(f"input[name=citizen][value={who}]").check()
    page.locator("form button, form input[type=submit]").first.click()
    page.wait_for_url("**/my")


def staff_sign_in(page: Page, who: str) -> None:
    """To the desk, by way of the staff's own identity provider."""
    page.goto("/desk")
    page.locator(f"input[name=officer][value={who}]").check()
    page.locator("form button, form input[type=submit]").first.click()
    page.wait_for_url("**/desk")
