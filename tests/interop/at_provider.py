"""A portal that signs people in at a stock provider, which says what it was asked and took."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import IO, Any

import requests

from tests.identity.conftest import Browser, Portal

SECONDS = 30
"""In which a thing must have happened at the provider."""


@dataclass
class Provider:
    url: str
    portal: Portal
    said: "Queue[str]" = field(default_factory=Queue)

    def next(self, what: str) -> dict[str, Any]:
        """The next thing of this kind that it says; what it says before is no error."""
        while True:
            line = self.said.get(timeout=SECONDS)
            found = json.loads(line) if line.startswith("{") else {"what": line}
            assert found["what"] != "error" or what == "error", found
            if found["what"] == what:
                return dict(found)

    def sign_in(self, name: str) -> Browser:
        """As a person does who never was here: both pages of the provider, and back."""
        browser = Browser()
        page = browser.get(f"{self.portal.url}/sign-in?back=/my/account")
        assert page.url.startswith(f"{self.url}/interaction/"), page.url
        page = self.agree(browser, self.name(browser, page, name))
        assert page.url == f"{self.portal.url}/my/account"
        return browser

    def name(self, browser: Browser, page: requests.Response, name: str) -> requests.Response:
        return browser.choose(page, login=name, password="any")

    def agree(self, browser: Browser, page: requests.Response) -> requests.Response:
        return browser.choose(page)

    def leave(self, browser: Browser, page: requests.Response) -> requests.Response:
        """Say yes where the provider asks whether to sign out."""
        assert page.url.startswith(f"{self.url}/session/end"), page.url
        return browser.choose(page, logout="yes")


@contextmanager
def running(folder: Path, port: int, portal: Portal) -> Iterator[Provider]:
    command = ["node", "provider.mjs", str(port), portal.url]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=folder, stdout=pipe, stderr=pipe, text=True) as process:
        provider = Provider(f"http://127.0.0.1:{port}", portal)
        readers = [
            Thread(target=_read, args=(process.stdout, provider.said)),
            Thread(target=_read, args=(process.stderr, Queue())),
        ]
        for reader in readers:
            reader.start()
        try:
            provider.next("ready")
            yield provider
        finally:
            process.terminate()
            for reader in readers:
                reader.join()


def _read(stream: IO[str] | None, into: "Queue[str]") -> None:
    for line in stream or ():
        into.put(line.strip())
