"""Saving a choice by the page that people use, with its form token, on disk.

Either how many a served portal saves for eight citizens at once, on the same machine; or a POST
that saves (the choice with its receipt, what bodies are told, the audit entry, the job; one commit,
synced) against the same POST that is refused by validation, which draws the page with the preview.
"""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import cycle, product
from urllib.parse import urlencode
from uuid import UUID

from flask import Flask
from sqlalchemy import event

from citizen_portal.preferences.models import Answer, Scope
from citizen_portal.preferences.queries import ChoiceNames
from tests.benchmarks.portals import cookie, portal, served, signed_in
from tests.benchmarks.rows import Case, Place
from tests.benchmarks.sizes import size
from tests.preferences.town import Town

ABOUT = Scope(agreement="DSA-0002")
CITIZENS, SECONDS = 8, size(10, 1)
ROUNDS, WARM = size(204, 8), 4
TURNS = (Answer.NO.value, Answer.AS_BEFORE.value)
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass(frozen=True)
class Chooser:
    """A citizen with the page of one choice open: what the browser sends with its form."""

    path: str
    cookie: str
    token: str

    def form(self, answer: str) -> dict[str, str]:
        return {"answer": answer, "csrf_token": self.token}


@contextmanager
def choice(place: Place) -> Iterator[list[Case]]:
    """Both in this process. What is refused commits nothing, what is saved once.

    Each citizen chooses twice, for whoever sends more is counted now and then, by a commit.
    """
    app = portal(place)
    town = Town(app)
    turns = [_chooser(app, town.person()) for _ in range(ROUNDS // 2)]
    saved, refused = cycle(product(turns, TURNS)), cycle(product(turns, ("", "")))
    client = app.test_client(use_cookies=False)
    commits: list[object] = []
    event.listen(app.extensions["sessions"].engine, "commit", commits.append)

    def sent(one: Chooser, answer: str) -> float:
        before, start = len(commits), time.perf_counter()
        response = client.post(one.path, data=one.form(answer), headers={"Cookie": one.cookie})
        taken = (time.perf_counter() - start) * 1000
        assert response.status_code == (303 if answer else 422)
        assert len(commits) - before == bool(answer), "one commit, and no other"
        return taken

    yield [
        Case(
            lambda: sent(*next(saved)),
            lambda: sent(*next(refused)),
            rounds=ROUNDS - WARM,
            warm=WARM,
        )
    ]
    app.extensions["sessions"].engine.dispose()


@contextmanager
def rate(place: Place) -> Iterator[list[Case]]:
    """Others choose in each round: nobody comes near the limit of what one person may do."""
    app = portal(place)
    town = Town(app)
    with served(app) as server:

        def saves() -> float:
            choosers = [_chooser(app, town.person()) for _ in range(CITIZENS)]
            start = time.perf_counter()
            saved = _saves(server.host, choosers)
            return saved / (time.perf_counter() - start)

        yield [Case(saves, rounds=5, server=server.pid)]


def _chooser(app: Flask, citizen_id: UUID) -> Chooser:
    path = f"/my/choices/{ChoiceNames(app.extensions['index'], citizen_id).name(ABOUT)}"
    known = cookie(app, signed_in(app, citizen_id))
    page = app.test_client(use_cookies=False).get(path, headers={"Cookie": known})
    token = TOKEN.search(page.text)
    assert token, "the page has a form"
    return Chooser(path, page.headers["Set-Cookie"].partition(";")[0], token[1])


def _saves(address: str, choosers: list[Chooser]) -> int:
    """How many were saved, while each citizen saves without a pause; each must be."""
    until = time.monotonic() + SECONDS
    found: list[int] = []

    def save(one: Chooser) -> None:
        headers = {"Cookie": one.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        forms = [urlencode(one.form(answer)) for answer in TURNS]
        with closing(HTTPConnection(address, timeout=30)) as browser:
            while time.monotonic() < until:
                for form in forms:
                    browser.request("POST", one.path, form, headers)
                    answer = browser.getresponse()
                    answer.read()
                    found.append(answer.status)

    threads = [threading.Thread(target=save, args=(one,)) for one in choosers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(found) == {303}, "some were not saved"
    return len(found)
