"""May we use this data, for 100,000 people at once: `python -m tests.benchmarks.checks`.

On both databases in one run, in turn, with choices of 1 % and of 20 % of the people. The limit: the
ids into a temporary table and the same join in plain SQL, by the bare driver. Ours: the whole call,
from the bytes that a body's system sends to those that it is answered, with the check on disk.
"""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from citizen_portal import bulk, clock, sealing, signing
from citizen_portal.app import create_app
from citizen_portal.db import Base
from citizen_portal.identity.models import Citizen, PairwiseIndex
from citizen_portal.identity.remote import keys as sign_in_keys
from citizen_portal.preferences.models import Answer, Effect, Reply, Standing
from citizen_portal.preferences.models import Scope as About
from citizen_portal.preferences.queries import keys_over
from tests import postgres
from tests.bodies import systems
from tests.conftest import settings_in
from tests.preferences.asking import PATH, Asking

PEOPLE = 100_000
ROUNDS = 7
BARS = {"sqlite": 0.5, "postgresql": 0.35}
REFERENCE = "DSA-0002"
SHARES = (0.01, 0.2)
STANDING = ("citizen_id", "id", "scope", "answer", "number", "choice_id", "made_at")
EFFECT = (
    "citizen_id",
    "id",
    "organisation_id",
    "subject",
    "agreement",
    "may_use",
    "objection",
    "current",
    "version",
    "due_on",
    "extended_to",
    "made_at",
    "undelivered",
    "reply",
)


class Side:
    """One database with many people who are linked to one body, of whom some said no to it."""

    def __init__(self, name: str, url: str, folder: Path, share: float) -> None:
        self.name, self.share = name, share
        self.headers: dict[str, str] = {}
        self.app = create_app(settings_in(folder, folder / "keys", url))
        engine = self.app.extensions["sessions"].engine
        Base.metadata.drop_all(engine)
        Base.metadata.create_all(engine)
        self.engine = engine
        self.town = Asking(self.app)
        self.body = self.town.bodies["clinic"]
        self.ids = [f"{number:064x}" for number in range(PEOPLE)]
        self.keys = keys_over(self.town.terms(REFERENCE))
        every = round(1 / share)
        self._fill(every)
        self.expected = PEOPLE - len(range(0, PEOPLE, every))

    def _fill(self, every: int) -> None:
        """Of those who chose, a third each by agreement, by body, and by both."""
        people = sorted(uuid4() for _ in self.ids)
        chose = range(0, PEOPLE, every)
        with self.town.sessions.writing() as session:
            bulk.insert(session, Citizen, ("id",), [(one,) for one in people])
            pairs = zip(self.ids, people, strict=True)
            known = [(self.body, name, citizen_id) for name, citizen_id in pairs]
            names = ("organisation_id", "pairwise", "citizen_id")
            bulk.insert(session, PairwiseIndex, names, known)
            standing = [row for at in chose for row in self._rows(at, people[at])]
            bulk.insert(session, Standing, STANDING, standing)
            told = [self._told(self.ids[at], people[at]) for at in chose]
            bulk.insert(session, Effect, EFFECT, told)
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")

    def _rows(self, at: int, citizen_id: UUID) -> list[tuple[Any, ...]]:
        scopes = [About(agreement=REFERENCE), About(organisation_id=self.body)]
        chosen = scopes if at % 3 == 0 else [scopes[at % 3 - 1]]
        said = (Answer.NO, at, uuid4(), clock.now())
        return [(citizen_id, uuid4(), scope.key, *said) for scope in chosen]

    def _told(self, name: str, citizen_id: UUID) -> tuple[Any, ...]:
        now = clock.now()
        days = (now.date(), now.date())
        said = (REFERENCE, False, False, True, 1, *days, now, False, Reply.NONE)
        return (citizen_id, uuid4(), self.body, name, *said)

    def ours(self) -> None:
        raw = self.raw
        client = self.app.test_client(use_cookies=False)
        headers = {**self.headers, "Content-Type": "application/json"}
        start = time.perf_counter()
        response = client.post(PATH, data=raw, headers=headers)
        said = response.data
        self.seconds = time.perf_counter() - start
        assert response.status_code == 200, said[:200]
        assert json.loads(said)["allowed_count"] == self.expected

    @property
    def raw(self) -> bytes:
        return json.dumps({"agreement": REFERENCE, "ids": self.ids}).encode()

    def bare(self) -> None:
        start = time.perf_counter()
        with closing(self.engine.raw_connection()) as connection:
            rows = (_sqlite if self.name == "sqlite" else _postgresql)(self, connection)
            connection.rollback()
        self.seconds = time.perf_counter() - start
        assert len({row[0] for row in rows}) == PEOPLE - self.expected


def _sqlite(side: Side, connection: Any) -> list[Any]:
    connection.execute("PRAGMA query_only=OFF")
    connection.execute("BEGIN")
    connection.execute("CREATE TEMP TABLE sent (pairwise TEXT)")
    connection.executemany("INSERT INTO sent VALUES (?)", ((one,) for one in side.ids))
    marks = ", ".join("?" * len(side.keys))
    found = connection.execute(JOIN.format(mark="?", marks=marks), [side.body.hex, *side.keys])
    return list(found)


def _postgresql(side: Side, connection: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE sent (pairwise TEXT)")
        with cursor.copy("COPY sent FROM STDIN") as copy:
            for one in side.ids:
                copy.write_row((one,))
        cursor.execute("ANALYZE sent")
        marks = ", ".join(["%s"] * len(side.keys))
        cursor.execute(JOIN.format(mark="%s", marks=marks), [side.body, *side.keys])
        return list(cursor.fetchall())


JOIN = (
    "SELECT p.pairwise, s.scope, s.answer, s.number FROM sent "
    "JOIN pairwise_index p ON p.organisation_id = {mark} AND p.pairwise = sent.pairwise "
    "JOIN standing_choice s ON s.citizen_id = p.citizen_id AND s.scope IN ({marks})"
)


def main() -> int:
    held = []
    with tempfile.TemporaryDirectory() as name, postgres.address() as url:
        folder = Path(name)
        (folder / "keys").mkdir()
        for part in (sealing, signing, sign_in_keys):
            part.create(folder / "keys")
        for share in SHARES:
            sides = [Side("sqlite", f"sqlite:///{folder}/checks-{share}.db", folder, share)]
            sides += [Side("postgresql", url, folder, share)] if url else []
            held += [measured(side) for side in sides]
            for side in sides:
                side.engine.dispose()
    return 0 if all(held) else 1


def measured(side: Side) -> bool:
    side.headers = systems.connect(side.app, "clinic").headers(side.app)
    ours: list[float] = []
    bare: list[float] = []
    for turn in range(ROUNDS + 1):
        for way, taken in ((side.ours, ours), (side.bare, bare)):
            seconds = timed(side, way)
            if turn:
                taken.append(seconds)
    mine, limit, bar = statistics.median(ours), statistics.median(bare), BARS[side.name]
    print(
        f"{side.name:11} {side.share:4.0%} chose  "
        f"ours {mine:.2f} s ({min(ours):.2f}-{max(ours):.2f})  "
        f"bare {limit:.2f} s ({min(bare):.2f}-{max(bare):.2f})"
        f"  {limit / mine:.2f}x (bar: {bar}x)",
        flush=True,
    )
    return limit / mine >= bar


def timed(side: Side, way: Callable[[], None]) -> float:
    way()
    return side.seconds


if __name__ == "__main__":
    sys.exit(main())
