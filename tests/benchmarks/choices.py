"""Saving a choice, on disk with all that goes with it: `python -m tests.benchmarks.choices`.

On both databases in one run, by the page that people use, with its form token. First the web server
with two workers, and eight citizens who save at the same time, on the same machine. Then in this
process, in turn: a POST that saves (the choice with its receipt, what bodies are told, the audit
entry, the job; one commit, synced) against the same POST that is refused by validation, which draws
the page with the preview.
"""

import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID

from flask import Flask
from sqlalchemy import event

from citizen_portal.demo.folder import HOST, free_ports
from citizen_portal.demo.run import web_server
from citizen_portal.identity.models import Citizen
from citizen_portal.preferences.models import Answer, Scope
from citizen_portal.preferences.queries import ChoiceNames
from tests import postgres
from tests.access.running import browser, environment, wait_for
from tests.benchmarks.fan_out import portal
from tests.preferences.town import Town

ABOUT = Scope(agreement="DSA-0002")
ROUNDS, CITIZENS, SECONDS, WORKERS = 200, 8, 10, 2
MOST_TIMES, LEAST_RATE = 2.7, 140
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


def main() -> int:
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        held = _held("sqlite", folder / "sqlite", f"sqlite:///{folder}/choices.db")
        try:
            at = stack.enter_context(postgres.started(postgres.DURABLE))
        except postgres.AbsentError as error:
            print(error)
        else:
            url = f"postgresql+psycopg://portal@/postgres?host={at}"
            held += _held("postgresql", folder / "postgresql", url)
    return 0 if all(held) else 1


def _held(database: str, folder: Path, url: str) -> list[bool]:
    folder.mkdir()
    app = portal(folder, url)
    town = Town(app)
    choosers = [_chooser(app, town.person()) for _ in range(CITIZENS)]
    return [_kept_up(database, app, choosers), _times(database, app, choosers[0])]


def _chooser(app: Flask, citizen_id: UUID) -> Chooser:
    path = f"/my/choices/{ChoiceNames(app.extensions['index'], citizen_id).name(ABOUT)}"
    with app.extensions["sessions"].reading() as session:
        cookie = str(browser(app, session.get_one(Citizen, citizen_id)).headers["Cookie"])
    page = app.test_client(use_cookies=False).get(path, headers={"Cookie": cookie})
    token = TOKEN.search(page.text)
    assert token, "the page has a form"
    return Chooser(path, page.headers["Set-Cookie"].partition(";")[0], token[1])


def _kept_up(database: str, app: Flask, choosers: list[Chooser]) -> bool:
    with _served(app) as address:
        start = time.perf_counter()
        saved, errors = _saves(address, choosers)
        rate = saved / (time.perf_counter() - start)
    print(
        f"{database:11} {rate:.0f} saves/s by {CITIZENS} citizens at once, "
        f"{errors} errors (bar: {LEAST_RATE}, 0)",
        flush=True,
    )
    return rate >= LEAST_RATE and errors == 0


@contextmanager
def _served(app: Flask) -> Iterator[str]:
    (port,) = free_ports(1)
    command = [sys.executable, *web_server(port, workers=WORKERS)]
    env = {"PATH": "/usr/bin:/bin", **environment(app.extensions["settings"])}
    with subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL) as server:
        try:
            wait_for(f"http://{HOST}:{port}/readyz")
            yield f"{HOST}:{port}"
        finally:
            server.terminate()


def _saves(address: str, choosers: list[Chooser]) -> tuple[int, int]:
    """How many were saved, and how many were not, while each citizen saves without a pause."""
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
    return found.count(303), len(found) - found.count(303)


def _times(database: str, app: Flask, one: Chooser) -> bool:
    """Both ways in turn, in this process."""
    client = app.test_client(use_cookies=False)
    commits: list[object] = []
    event.listen(app.extensions["sessions"].engine, "commit", commits.append)
    saved: list[float] = []
    refused: list[float] = []
    for turn in range(ROUNDS):
        for answer, status, taken in ((TURNS[turn % 2], 303, saved), ("", 422, refused)):
            before, start = len(commits), time.perf_counter()
            response = client.post(one.path, data=one.form(answer), headers={"Cookie": one.cookie})
            taken.append(time.perf_counter() - start)
            assert response.status_code == status
            assert len(commits) - before == (status == 303), "one commit, and no other"
    mine, limit = statistics.median(saved), statistics.median(refused)
    print(
        f"{database:11} saved in {mine * 1000:.1f} ms, refused in {limit * 1000:.1f} ms  "
        f"{mine / limit:.2f}x (bar: {MOST_TIMES}x)",
        flush=True,
    )
    return mine / limit <= MOST_TIMES


if __name__ == "__main__":
    sys.exit(main())
