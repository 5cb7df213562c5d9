"""May we use this data, for many people at once, with choices of 1 % and of 20 % of them.

The limit: the ids into a temporary table and the same join in plain SQL, by the bare driver. Ours:
the whole call, from the bytes that a body's system sends to those that it is answered, with the
check on disk.
"""

import json
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any
from uuid import UUID, uuid4

from citizen_portal import bulk, clock
from citizen_portal.identity.models import (
    Citizen,
    LinkProof,
    LinkState,
    PairwiseIndex,
    SubjectLink,
)
from citizen_portal.preferences.models import Answer, Effect, Reply, Standing
from citizen_portal.preferences.models import Scope as About
from citizen_portal.preferences.queries import keys_over
from tests.benchmarks.portals import portal
from tests.benchmarks.rows import Case, Place
from tests.benchmarks.sizes import size
from tests.preferences.asking import PATH, Asking

PEOPLE = size(100_000, 1_000)
REFERENCE = "DSA-0002"
SHARES = (0.01, 0.2)
STANDING = ("citizen_id", "id", "scope", "answer", "number", "choice_id", "made_at")
LINK = ("organisation_id", "pairwise", "citizen_id", "id", "state", "proof", "since")
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

    def __init__(self, place: Place, share: float) -> None:
        self.name = place.database
        self.app = portal(place)
        self.engine = self.app.extensions["sessions"].engine
        self.town = Asking(self.app)
        self.body = self.town.bodies["clinic"]
        self.ids = [f"{number:064x}" for number in range(PEOPLE)]
        self.keys = keys_over(self.town.terms(REFERENCE))
        every = round(1 / share)
        self._fill(every)
        self.expected = PEOPLE - len(range(0, PEOPLE, every))
        self.raw = json.dumps({"agreement": REFERENCE, "ids": self.ids}).encode()

    def _fill(self, every: int) -> None:
        """Of those who chose, a third each by agreement, by body, and by both."""
        people = sorted(uuid4() for _ in self.ids)
        chose = range(0, PEOPLE, every)
        with self.town.sessions.writing() as session:
            bulk.insert(session, Citizen, ("id",), [(one,) for one in people])
            pairs = zip(self.ids, people, strict=True)
            known = [(self.body, name, citizen_id) for name, citizen_id in pairs]
            stands = (LinkState.LINKED, LinkProof.CODE, clock.now())
            linked = [(*each, uuid4(), *stands) for each in known]
            names = ("organisation_id", "pairwise", "citizen_id")
            bulk.insert(session, PairwiseIndex, names, known)
            bulk.insert(session, SubjectLink, LINK, linked)
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

    def ours(self) -> float:
        client = self.app.test_client(use_cookies=False)
        headers = {**self.town.headers("clinic"), "Content-Type": "application/json"}
        start = time.perf_counter()
        response = client.post(PATH, data=self.raw, headers=headers)
        said = response.data
        taken = (time.perf_counter() - start) * 1000
        assert response.status_code == 200, said[:200]
        assert json.loads(said)["allowed_count"] == self.expected
        return taken

    def bare(self) -> float:
        start = time.perf_counter()
        with closing(self.engine.raw_connection()) as connection:
            rows = (_sqlite if self.name == "sqlite" else _postgresql)(self, connection)
            connection.rollback()
        taken = (time.perf_counter() - start) * 1000
        assert len({row[0] for row in rows}) == PEOPLE - self.expected
        return taken


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


@contextmanager
def check(place: Place) -> Iterator[Iterator[Case]]:
    yield (_case(place.beside(f"share{share:.0%}".rstrip("%")), share) for share in SHARES)


def _case(place: Place, share: float) -> Case:
    side = Side(place, share)
    return Case(side.ours, side.bare, f"{share:.0%} chose", rounds=7)
