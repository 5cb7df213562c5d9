"""Two web workers under requests while each key is renewed: no request fails, no session ends.

``ROTATIONS`` says how often all of them are (``make rotations``).
"""

import os
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from time import monotonic

import pytest
import requests
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy.orm import Session

from citizen_portal import signing
from citizen_portal.demo.folder import HOST, free_ports
from citizen_portal.demo.processes import Processes
from citizen_portal.demo.run import web_server
from citizen_portal.keyring import kinds
from citizen_portal.news.actions import address_context
from citizen_portal.news.models import SafeChannel
from citizen_portal.settings import Settings
from tests import make
from tests.access.running import browser, environment, wait_for
from tests.keyring.conftest import Do

ROTATIONS = int(os.environ.get("ROTATIONS", "1"))
SPREAD = timedelta(seconds=4)
"""More than the two seconds in which each process looks."""
PEOPLE = 3
ENOUGH = 100
"""Requests that show something; a busy machine takes longer for them."""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    sends = {"smtp_host": "127.0.0.1", "smtp_security": "none", "mail_from": "p@portal.example"}
    return Settings(**settings.model_dump(exclude={"secret_key"}) | sends)


class Person:
    """A browser that reads what is sealed for its owner, and sends a form that it opened before."""

    def __init__(self, address: str, app: Flask) -> None:
        citizen = make.citizen()
        sealed = app.extensions["sealer"].seal(b"mair@example.org", address_context(citizen.id))
        with app.extensions["sessions"].writing() as session:
            session.add(citizen)
            session.flush()
            session.add(SafeChannel(citizen_id=citizen.id, sealed_address=sealed))
        self.address, self.browser = address, browser(app, citizen)
        name, _, value = str(self.browser.headers.pop("Cookie")).partition("=")
        self.browser.cookies.set(name, value, domain=HOST)
        self.seen: Counter[str] = Counter()
        self.key_ids: set[str] = set()

    def go_on(self, until: threading.Event) -> None:
        token = ""
        while not until.wait(0.05):
            page = self._ask("get", "/my/account")
            if token:
                self._ask("post", "/my/account/visits/clear", data={"csrf_token": token})
            field = BeautifulSoup(page.text, "html.parser").select_one("input[name=csrf_token]")
            token = str(field["value"]) if field else ""
            if "m…@example.org" not in self._ask("get", "/my/account/mail").text:
                self.seen["sealed text lost"] += 1
            published = self._ask("get", "/.well-known/jwks.json").json()["keys"]
            self.key_ids |= {one["kid"] for one in published}

    def _ask(self, verb: str, path: str, **given: object) -> requests.Response:
        sent = getattr(self.browser, verb)
        answer: requests.Response = sent(
            self.address + path, allow_redirects=False, timeout=20, **given
        )
        well = answer.status_code == (303 if verb == "post" else 200)
        self.seen["good" if well else f"{verb} {path} {answer.status_code}"] += 1
        return answer


@contextmanager
def serving(settings: Settings, logs: Path) -> Iterator[str]:
    (port,) = free_ports(1)
    processes = Processes(logs)
    try:
        env = {"PATH": "/usr/bin:/bin", **environment(settings)}
        processes.start("portal", web_server(port, workers=2), env)
        wait_for(f"http://{HOST}:{port}/readyz")
        yield f"http://{HOST}:{port}"
    finally:
        processes.end()


def until_enough(people: list[Person], over: threading.Event) -> None:
    end = monotonic() + 60
    while sum(one.seen.total() for one in people) <= ENOUGH and monotonic() < end:
        over.wait(0.1)


def test_no_request_fails_while_each_key_is_renewed(
    app: Flask,
    session: Session,
    do: Do,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(kinds, "SPREAD", SPREAD)
    monkeypatch.setattr(kinds, "PUBLISHED", SPREAD)
    settings = app.extensions["settings"]
    said = app.extensions["signer"].statement({"sub": "a"}, kind="x+jwt")
    over = threading.Event()
    with serving(settings, tmp_path) as address:
        people = [Person(address, app) for _ in range(PEOPLE)]
        threads = [threading.Thread(target=one.go_on, args=(over,)) for one in people]
        for thread in threads:
            thread.start()
        try:
            for _ in range(ROTATIONS):
                assert do("rotate", "--all").exit_code == 0
                over.wait(SPREAD.total_seconds() + 3)
                assert do("reseal").exit_code == 0
                for name in ("signing", "client", "exports"):
                    assert do("retire", name, "--now").exit_code == 0
            until_enough(people, over)
        finally:
            over.set()
            for thread in threads:
                thread.join()
    seen = sum((one.seen for one in people), Counter())
    with capsys.disabled():
        print(f"\n{ROTATIONS} rotations of 8 keys: {dict(seen)}")
    assert set(seen) == {"good"}
    assert seen["good"] > ENOUGH
    now = {one.kid for one in signing.load(settings.keys_folder).keys.keys}
    assert len(now) == 1 + ROTATIONS
    for one in people:
        assert now <= one.key_ids, "each stays published"
    assert app.extensions["signer"].opened(said, kind="x+jwt") is not None
