"""One body is hostile or broken; another goes on sending, and citizens go on reading."""

import json
import statistics
import threading
import time
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest
import requests
from sqlalchemy import select

from citizen_portal.access.models import PushedEvent
from citizen_portal.app import create_app
from citizen_portal.db import Base
from citizen_portal.identity.models import Citizen
from citizen_portal.settings import Settings
from tests.access.hostile import MARK, Hostile
from tests.access.pushing import PATH, Pushing, rows
from tests.access.running import Running, browser, running

SECONDS = 20
DEADLINE = 30.0
"""Seconds that a good request may take, on a machine that does other things besides."""
MOST_MORE = 8 * 3 * 16_000_000
"""Bytes by which the web server may grow: three times the largest batch, on each thread."""


@dataclass
class Reader:
    citizen: Citizen
    pairwise: str
    canary: str
    session: requests.Session
    sent: int = 0
    shown: bool = False


@dataclass
class Good:
    """The body that keeps to the rules, and its citizens, each with a mark in what is theirs."""

    address: str
    headers: dict[str, str]
    readers: list[Reader]
    until: threading.Event = field(default_factory=threading.Event)
    took: dict[str, list[float]] = field(default_factory=lambda: {"push": [], "read": []})
    wrong: list[str] = field(default_factory=list)

    def threads(self) -> list[threading.Thread]:
        return [threading.Thread(target=one) for one in (self.push, self.read)]

    def push(self) -> None:
        for number in count():
            if self.until.is_set():
                return
            reader = self.readers[number % len(self.readers)]
            refs = [f"good-{number}-{n}" for n in range(20)]
            who = {"receiver_code": reader.canary, "receiver_name": f"Office {reader.canary}"}
            events = rows(reader.pairwise, refs, **who)
            answer = self.timed("push", requests.Session(), "POST", PATH, events=events)
            if answer.status_code == 200 and answer.json()["new"] == len(refs):
                reader.sent += len(refs)
            else:
                self.wrong.append(f"batch {number}: {answer.status_code}")

    def read(self) -> None:
        while not self.until.is_set():
            for reader in self.readers:
                self.look(reader)

    def look(self, reader: Reader) -> None:
        page = self.timed("read", reader.session, "GET", "/my/access")
        foreign = [one.canary for one in self.readers if one is not reader] + [MARK]
        if page.status_code != 200 or any(mark in page.text for mark in foreign):
            self.wrong.append(f"page: {page.status_code}")
        reader.shown = reader.canary in page.text

    def timed(
        self, what: str, session: requests.Session, method: str, path: str, **body: object
    ) -> requests.Response:
        given = self.headers if body else {}
        start = time.perf_counter()
        answer = session.request(
            method,
            self.address + path,
            data=json.dumps(body) if body else None,
            headers={**given, "Content-Type": "application/json"},
            timeout=DEADLINE,
        )
        self.took[what].append(time.perf_counter() - start)
        return answer


@pytest.fixture
def pushing(settings: Settings, tmp_path: Path) -> Pushing:
    changed = {"database_url": f"sqlite:///{tmp_path}/portal.db", "testing": False}
    app = create_app(settings.model_copy(update={**changed, "log_level": "ERROR"}))
    Base.metadata.create_all(app.extensions["sessions"].engine)
    return Pushing(app, "clinic", "council")


def test_a_hostile_body_harms_no_other_and_no_citizen(pushing: Pushing, tmp_path: Path) -> None:
    people = [pushing.person() for _ in range(4)]
    others = [known["clinic"] for _, known in people]
    with running(pushing.app.extensions["settings"], tmp_path) as server:
        good = Good(server.address, pushing.headers["clinic"], readers(pushing, people))
        hostile = Hostile(server.port, pushing.headers["council"], others, good.until)
        good.look(good.readers[0])
        before = server.memory()
        go(good, hostile)
        for reader in good.readers:
            good.look(reader)
        grown = server.memory() - before
        tell(good, hostile, server, grown)
    assert good.wrong == []
    assert all(reader.shown for reader in good.readers)
    assert all(kept(pushing, reader) for reader in good.readers)
    assert hostile.answers.keys() <= {200, 400, 413, 422}
    assert grown < MOST_MORE


def readers(pushing: Pushing, people: list[tuple[Citizen, dict[str, str]]]) -> list[Reader]:
    return [
        Reader(citizen, known["clinic"], f"CANARY-{n}-", browser(pushing.app, citizen))
        for n, (citizen, known) in enumerate(people)
    ]


def go(good: Good, hostile: Hostile) -> None:
    threads = [*good.threads(), *hostile.threads()]
    for thread in threads:
        thread.start()
    good.until.wait(SECONDS)
    good.until.set()
    for thread in threads:
        thread.join()


def kept(pushing: Pushing, reader: Reader) -> bool:
    """Whether exactly what was accepted for this citizen is there, and of nobody else's."""
    own = select(PushedEvent.receiver_code).where(PushedEvent.citizen_id == reader.citizen.id)
    with pushing.app.extensions["sessions"].reading() as session:
        found = session.scalars(own).all()
    return len(found) == reader.sent > 0 and set(found) == {reader.canary}


def tell(good: Good, hostile: Hostile, server: Running, grown: int) -> None:
    for what, took in good.took.items():
        middle, most = statistics.median(took) * 1000, max(took) * 1000
        print(f"{what}: {len(took)} times, median {middle:.0f} ms, most {most:.0f} ms")
    print(f"hostile answers: {dict(hostile.answers)}; memory {server.memory() / 1e6:.0f} MB")
    print(f"grown by {grown / 1e6:.0f} MB")
