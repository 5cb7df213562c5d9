"""Saving a choice, on disk with all that goes with it: `python -m tests.benchmarks.choices`.

On both databases in one run. First in this process, in turn: a POST that saves (the choice with its
receipt, what bodies are told, the audit entry, the job; one commit, synced) against the same POST
that is refused by validation, which draws a page with the preview. Then the web server with two
workers, and eight citizens who save at the same time, on the same machine.

The view is a scratch one behind the real guard, through the real transaction hook.
"""

import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID, uuid4

import requests
from flask import Blueprint, Flask, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import event

from citizen_portal.agreements.queries import register_terms
from citizen_portal.app import create_app
from citizen_portal.bodies.queries import directory
from citizen_portal.clock import now
from citizen_portal.demo.folder import HOST, free_ports
from citizen_portal.identity.guards import citizens_only, current
from citizen_portal.identity.models import Citizen
from citizen_portal.preferences.actions import Due, Wish, choose, linked
from citizen_portal.preferences.models import Answer, Scope
from citizen_portal.preferences.queries import Preview, Stands, preview, standing
from citizen_portal.preferences.queries.receipts import RECEIPT_KIND, Issuer, document
from citizen_portal.settings import Settings
from citizen_portal.web import parts
from citizen_portal.web.transactions import db
from tests import postgres
from tests.access.running import browser, environment
from tests.benchmarks.fan_out import portal
from tests.preferences.town import Town

bp = Blueprint("scratch", __name__)
bp.before_request(citizens_only)
PATH, ABOUT = "/my/scratch", Scope(agreement="DSA-0002")
ROUNDS, CITIZENS, SECONDS, WORKERS = 200, 8, 10, 2
MOST_TIMES, LEAST_RATE = 2.7, 140
TURNS = (Answer.NO.value, Answer.AS_BEFORE.value)
SERVED = "tests.benchmarks.choices:served()"


@bp.post(PATH)
def save() -> ResponseReturnValue:
    mine, today = current().citizen_id, parts.region().today()
    answer = request.form.get("answer", "")
    if answer not in TURNS:
        return _page(mine), 422
    choose(
        db(),
        mine,
        Wish(ABOUT, Answer(answer)),
        register=register_terms(db()),
        due=Due.by(parts.region().clocks, today),
        today=today,
        receipt=_receipt,
    )
    return "", 303


def _page(mine: UUID) -> str:
    """With the preview, as the page has it; the layout is that of citizens' pages."""
    made = Stands(ABOUT, Answer.NO, 1, uuid4(), now())
    with parts.sessions().reading() as reading:
        seen = preview(
            register_terms(reading),
            standing(reading, mine),
            made,
            linked=linked(reading, mine),
            today=parts.region().today(),
        )
    assert seen.reached
    return render_template("preferences/checks.html", lines=[], kept="", pages=None)


def _receipt(made: Stands, seen: Preview) -> str:
    issuer = Issuer(parts.settings().public_url, parts.region(), "en", "a" * 64)
    said = document(made, seen, issuer=issuer, directory=directory(db()))
    return parts.signer().statement(said, kind=RECEIPT_KIND)


def served() -> Flask:
    """What the web server starts."""
    return _with_scratch(create_app(Settings()))


def _with_scratch(app: Flask) -> Flask:
    app.config["WTF_CSRF_ENABLED"] = False
    app.register_blueprint(bp)
    return app


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
    people = [town.person() for _ in range(CITIZENS)]
    with town.sessions.reading() as session:
        browsers = [browser(app, session.get_one(Citizen, one)) for one in people]
    env = {"PATH": "/usr/bin:/bin", **environment(app.extensions["settings"])}
    held = [_kept_up(database, env, browsers)]
    held.append(
        _times(database, _with_scratch(create_app(app.extensions["settings"])), browsers[0])
    )
    return held


def _times(database: str, app: Flask, signed_in: requests.Session) -> bool:
    """Both ways in turn, in this process."""
    client = app.test_client(use_cookies=False)
    commits: list[object] = []
    headers = {"Cookie": str(signed_in.headers["Cookie"])}
    event.listen(app.extensions["sessions"].engine, "commit", commits.append)
    saved: list[float] = []
    refused: list[float] = []
    for turn in range(ROUNDS):
        for answer, status, taken in ((TURNS[turn % 2], 303, saved), ("", 422, refused)):
            before, start = len(commits), time.perf_counter()
            response = client.post(PATH, data={"answer": answer}, headers=headers)
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


def _kept_up(database: str, env: dict[str, str], browsers: list[requests.Session]) -> bool:
    (port,) = free_ports(1)
    options = ["--workers", str(WORKERS), "--preload", "--threads", "8", "--no-control-socket"]
    command = [sys.executable, "-m", "gunicorn", SERVED, "--bind", f"{HOST}:{port}", *options]
    with subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL) as server:
        try:
            rates = _saves(f"http://{HOST}:{port}", browsers)
        finally:
            server.terminate()
    saves, errors = rates
    print(
        f"{database:11} {saves / SECONDS:.0f} saves/s by {CITIZENS} citizens at once, "
        f"{errors} errors (bar: {LEAST_RATE}, 0)",
        flush=True,
    )
    return saves / SECONDS >= LEAST_RATE and errors == 0


def _saves(address: str, browsers: list[requests.Session]) -> tuple[int, int]:
    """How many were saved, and how many were not, while each citizen saves without a pause."""
    _wait(address)
    until = time.monotonic() + SECONDS
    found: list[int] = []

    def save(one: requests.Session) -> Iterator[int]:
        turn = 0
        while time.monotonic() < until:
            data = {"answer": TURNS[turn % 2]}
            yield one.post(address + PATH, data=data, allow_redirects=False, timeout=30).status_code
            turn += 1

    threads = [threading.Thread(target=lambda one=one: found.extend(save(one))) for one in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found.count(303), len(found) - found.count(303)


def _wait(address: str) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            requests.get(f"{address}/readyz", timeout=10).raise_for_status()
            return
        except requests.ConnectionError:
            time.sleep(0.05)
    raise TimeoutError("the portal did not start")


if __name__ == "__main__":
    sys.exit(main())
