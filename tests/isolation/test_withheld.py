"""0, 1, 5 or 50 withheld accesses make no difference that a citizen could observe.

One world is made and copied; the copies differ only in how many withheld events came in the same
request as an ordinary one. What a citizen, or anybody, can fetch is then compared byte by byte.
"""

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from citizen_portal import clock, jobs
from citizen_portal.access.models import HeldEvent, PushedEvent, Tally
from citizen_portal.app import create_app
from citizen_portal.bodies.models import Source
from citizen_portal.bodies.queries import directory
from citizen_portal.exports import actions as exports
from citizen_portal.exports.models import Part
from citizen_portal.identity.models import Citizen
from citizen_portal.jobs import Job
from citizen_portal.settings import Settings
from tests.access.pushing import Pushing, row
from tests.access.withholding import Withholding
from tests.bodies import systems
from tests.databases import Databases
from tests.exports.printed import Printed

HELD = (0, 1, 5, 50)
PAGES = {
    "the dashboard": "/my",
    "the dashboard in Welsh": "/my?lang=cy",
    "the list of looks": "/my/access",
    "the list, filtered by time": "/my/access?when=30-days",
    "the list, filtered by who": "/my/access?who=person",
    "the list, what stands out": "/my/access?kind=stands-out",
    "how far bodies have answered": "/my/answers",
    "the account": "/my/account",
    "the copies": "/my/copies",
    "what a copy may hold": "/my/copies/new",
    "a copy that is not there": "/my/copies/" + "0" * 32,
    "an access that is not there": "/my/access/" + "0" * 64,
    "an access by a short id": "/my/access/" + "0" * 32,
    "a proof that is not there": "/my/access/" + "0" * 32 + "/proof.json",
    "a page that is not there": "/my/nothing",
    "the register": "/register",
    "the bodies": "/bodies",
    "the body that withholds": "/bodies/clinic",
    "coverage": "/coverage",
    "the scorecards": "/register/trust",
    "what can be taken away": "/register/data",
    "open data: agreements": "/agreements.json",
    "open data: table": "/register.csv",
    "open data: package": "/register/datapackage.json",
    "open data: linked": "/register.jsonld",
    "open data: feed": "/register.atom",
    "open data: dates": "/register/dates.ics",
    "open data: digests": "/digests.json",
    "keys": "/.well-known/jwks.json",
    "process up": "/healthz",
    "ready": "/readyz",
    "a public page that is not there": "/nothing",
    "the desk, for a citizen": "/desk/holds",
}
"""What is fetched in a citizen's browser: by name, status, headers and body."""
CHANGING = (
    (re.compile(r'nonce="[^"]+"'), 'nonce=""'),
    (re.compile(r"'nonce-[^']+'"), "'nonce'"),
    (re.compile(r'(name="csrf_token"[^>]*value=")[^"]+'), r"\1"),
    (re.compile(r"^(Date|Set-Cookie): .*$", re.M), r"\1"),
    (re.compile(r'"batch": ?"[^"]+"'), '"batch"'),
)
"""What differs between any two requests. Nothing else may."""
CHANGING_BY_ID = re.compile(r"Fingerprint [^<]+|\(\d+ kB\)")
"""What the copy's own id changes: its file holds it."""
Seen = dict[str, str]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A page waits for its bodies however busy this machine is, so that it is always whole."""
    return settings.model_copy(update={"first_wait_ms": 10_000})


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> datetime:
    now = datetime.now(UTC).replace(microsecond=0)
    monkeypatch.setattr(clock, "now", lambda: now)
    return now


@pytest.fixture
def copies(
    app: Flask,
    settings: Settings,
    databases: Databases,
    tmp_path: Path,
    signed_in: Callable[[Citizen], FlaskClient],
    still: datetime,
) -> Iterator[Callable[[], "Copy"]]:
    pushing = Pushing(app, "clinic", "council")
    clinic = Withholding(pushing)
    citizen, mine = pushing.person()
    browser = signed_in(citizen)
    with browser.session_transaction() as cookie:
        signed = dict(cookie)
    before = [row(mine["clinic"], f"before-{n}", actor_kind="person") for n in range(3)]
    assert pushing.send(*before).status_code == 200
    with app.extensions["sessions"].writing() as session:
        session.execute(update(Source).values(last_answer_at=still - timedelta(hours=1)))
    app.extensions["sessions"].engine.dispose()
    made: list[Copy] = []
    with ExitStack() as stack:

        def copy() -> Copy:
            url = stack.enter_context(databases.copy(str(settings.database_url)))
            queue = tmp_path / f"queue-{len(made)}.db"
            copied = create_app(
                settings.model_copy(update={"database_url": url, "queue_file": queue})
            )
            stack.callback(copied.extensions["sessions"].engine.dispose)
            made.append(Copy(copied, clinic, citizen, mine["clinic"], signed))
            return made[-1]

        yield copy


def words(name: str, data: bytes) -> str:
    return Printed(data).text if name.endswith(".pdf") else data.decode()


class Copy:
    """One copy of the world: what is sent to it, and what can be seen of it."""

    def __init__(
        self, app: Flask, clinic: Withholding, citizen: Citizen, subject: str, cookie: Any
    ) -> None:
        self.app, self.clinic, self.citizen, self.subject = app, clinic, citizen, subject
        self.headers = systems.connect(app, "clinic").headers(app)
        self.browser = app.test_client()
        with self.browser.session_transaction() as mine:
            mine.update(cookie)

    def send(self, *rows: dict[str, Any]) -> TestResponse:
        client = self.app.test_client(use_cookies=False)
        return client.post("/api/v1/access-events", json={"events": rows}, headers=self.headers)

    def held(self, count: int) -> list[dict[str, Any]]:
        return [self.clinic.row(self.subject, f"held-{n}") for n in range(count)]

    def seen(self) -> Seen:
        """Each observable by its name."""
        found = self._kept()
        found |= {name: shown(self.browser.get(path)) for name, path in PAGES.items()}
        found["a choice of language"] = shown(self.browser.post("/language", data={}))
        found["a refused form"] = shown(self.browser.post("/my/account/link", data={"body": "x"}))
        found["a HEAD of the list"] = shown(self.browser.head("/my/access"))
        found["an ETag sent back"] = self._again("/agreements.json")
        stranger = self.app.test_client()
        found["the list, for a stranger"] = shown(stranger.get("/my/access"))
        found["sending an ordinary row anew"] = shown(self.send(row(self.subject, "before-1")))
        found["sending the next ordinary row"] = shown(self.send(row(self.subject, "next")))
        found["sending a bad row"] = shown(self.send(row(self.subject, "bad", occurred="?")))
        return found

    def copied(self) -> Seen:
        """What a copy of the citizen's data holds, file by file, and what its page says."""
        wish = exports.Wish(list(Part), list(self.clinic.pushing.bodies.values()), None, "en")
        sessions = self.app.extensions["sessions"]
        with sessions.writing() as session:
            export = exports.ask(session, self.citizen.id, wish, hold=timedelta(0))
            job = session.scalars(select(Job).where(Job.name == "exports.build")).one()
            job.due_at = clock.now()  # which stands still here
        jobs.run(sessions, self.app.extensions, job.id)
        page = shown(self.browser.get(f"/my/copies/{export.hex}")).replace(export.hex, "")
        assert "Your copy is ready" in page
        package = zipfile.ZipFile(
            io.BytesIO(self.browser.get(f"/my/copies/{export.hex}/file").data)
        )
        found = {
            name: words(name, package.read(name)).replace(str(export), "")
            for name in package.namelist()
            if not name.startswith("manifest")  # hashes of files that hold the copy's own id
        }
        return found | {"the page of a copy": CHANGING_BY_ID.sub("", page)}

    def _again(self, path: str) -> str:
        tag = self.browser.get(path).headers["ETag"]
        return shown(self.browser.get(path, headers={"If-None-Match": tag}))

    def _kept(self) -> Seen:
        """What later pages are made of: ids, counts, and when sources last told something."""
        with self.app.extensions["sessions"].reading() as session:
            ids = session.scalars(
                select(PushedEvent.id)
                .where(PushedEvent.citizen_id == self.citizen.id)
                .order_by(PushedEvent.id)
            ).all()
            tallies = session.scalar(select(func.count()).select_from(Tally))
            sources = directory(session).sources.values()
            told = [(one.slug, str(one.last_answer_at)) for one in sources]
        return {"ids of events": str(ids), "tallies": str(tallies), "last told": str(told)}

    def closed(self) -> int:
        with self.app.extensions["sessions"].reading() as session:
            return session.scalar(select(func.count()).select_from(HeldEvent)) or 0


def shown(response: TestResponse) -> str:
    """Status, headers and body, without what differs between any two requests."""
    headers = "\n".join(f"{name}: {value}" for name, value in sorted(response.headers))
    text = f"{response.status}\n{headers}\n\n{response.text}"
    for pattern, instead in CHANGING:
        text = pattern.sub(instead, text)
    return text


def differing(one: Seen, other: Seen) -> list[str]:
    return [name for name in one if one[name] != other[name]]


def test_held_events_beside_an_ordinary_one_make_no_difference(
    copies: Callable[[], Copy],
) -> None:
    met = []
    for count in HELD:
        copy = copies()
        sent = copy.send(row(copy.subject, "ordinary", actor_kind="person"), *copy.held(count))
        assert json.loads(sent.text)["accepted"] == count + 1
        assert copy.closed() == count
        met.append(copy.seen())

    assert len(met[0]) >= 35
    assert {name: differing(met[0], other) for name, other in enumerate(met)} == {
        name: [] for name in range(len(HELD))
    }


def test_held_events_alone_make_no_difference_to_having_sent_nothing(
    copies: Callable[[], Copy],
) -> None:
    quiet, busy = copies(), copies()
    assert busy.send(*busy.held(5)).status_code == 200
    assert busy.closed() == 5
    assert differing(quiet.seen(), busy.seen()) == []


def test_a_copy_of_the_data_tells_nothing_of_held_events(copies: Callable[[], Copy]) -> None:
    quiet, busy = copies(), copies()
    for copy, count in ((quiet, 0), (busy, 5)):
        ordinary = row(copy.subject, "ordinary", actor_kind="person")
        assert copy.send(ordinary, *copy.held(count)).status_code == 200
    assert busy.closed() == 5
    one, other = quiet.copied(), busy.copied()
    assert one.keys() == other.keys()
    assert differing(one, other) == []
    assert "before-" not in one["data/accesses.csv"], "references of bodies stay out"
    assert one["data/accesses.csv"].count("\n") > 4


def test_the_comparison_would_find_a_difference(copies: Callable[[], Copy]) -> None:
    one, other = copies(), copies()
    other.send(row(other.subject, "another"))
    seen = one.seen()
    found = differing(seen, other.seen())

    assert {"ids of events", "last told"} <= set(found)
    for name in ("the dashboard", "the list of looks", "the body that withholds"):
        assert seen[name].startswith("200 ")
