"""Ingest of events against bare reading and writing, and what a million of them leave in memory.

The limit: ``json.loads`` for each line, then the rows by the bare driver (SQLite: executemany;
PostgreSQL: COPY) into the same tables with the same indexes, in one transaction. Ours: read
strictly, validate, identify, look up whom they name, store, commit.
"""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Engine, create_engine

from citizen_portal import clock
from citizen_portal.access.actions import receiving
from citizen_portal.access.actions.receiving import RECEIVED, Sender
from citizen_portal.access.schemas import batches, pushed
from citizen_portal.bodies.models import Protocol
from citizen_portal.bodies.queries import directory
from citizen_portal.db import Base, Sessions, make_sessions
from citizen_portal.identity.models import Citizen, PairwiseIndex
from citizen_portal.sealing import Index
from tests import make
from tests.benchmarks.processes import peak_mb
from tests.benchmarks.rows import Case, Place
from tests.benchmarks.sizes import size

ROWS = size(10_000, 200)
PEOPLE = 2_000
MILLION = size(1_000_000, 400)
INDEX = Index(b"k" * 32)
NOW = datetime.now(UTC)
NUMBERS = count()


class Side:
    """One database, with a body that sends and people who are linked to it."""

    def __init__(self, name: str, url: str) -> None:
        self.name = name
        self.sessions: Sessions = make_sessions(url)
        self.engine: Engine = create_engine(url)
        Base.metadata.create_all(self.sessions.engine)
        with self.sessions.writing() as session:
            body = make.body(slug="clinic")
            session.add(body)
            session.flush()
            source = make.source(body, slug="clinic-log", protocol=Protocol.PUSH)
            people = [Citizen() for _ in range(PEOPLE)]
            session.add_all([source, *people])
            session.flush()
            self.known = {f"{n:064x}": one.id for n, one in enumerate(people)}
            session.add_all(
                PairwiseIndex(organisation_id=body.id, pairwise=pairwise, citizen_id=citizen_id)
                for pairwise, citizen_id in self.known.items()
            )
            self.sender, self.source_id = Sender(body.id, "clinic-1"), source.id

    def lines(self, rows: int = ROWS) -> bytes:
        """As a body would send them; each names somebody who is linked."""
        subjects = list(self.known)
        return b"\n".join(json.dumps(_event(next(NUMBERS), subjects)).encode() for _ in range(rows))

    def ours(self, raw: bytes) -> None:
        values, faults = batches.of_lines(raw)
        with self.sessions.reading() as reading:
            own = {one.slug: one for one in directory(reading).sources.values()}
        now = clock.now()
        good, wrong = pushed.checked(values, sources=own, now=now)
        with self.sessions.writing() as session:
            taken = receiving.receive(session, self.sender, good, index=INDEX, now=now)
        assert taken.accepted == len(values)
        assert [*faults, *wrong, *taken.faults] == []

    def bare(self, raw: bytes) -> None:
        """What no ingest can do without: each line read, each row written."""
        said = [json.loads(line) for line in raw.split(b"\n")]
        identities = [(self.source_id, one["source_ref"]) for one in said]
        received = [
            (*key, b"s" * 16, b"l" * 32, True, NOW.date(), NOW.date()) for key in identities
        ]
        kept = [_row(one, self.known, self.source_id) for one in said]
        with closing(self.engine.raw_connection()) as connection:
            if self.name == "sqlite":
                _executemany(connection, received, kept)
            else:
                _copy(connection, received, kept)
            connection.commit()


@contextmanager
def ingest(place: Place) -> Iterator[list[Case]]:
    """Events that neither way has seen."""
    with _side(place) as side:
        yield [Case(_timed(side, side.ours), _timed(side, side.bare), rounds=9)]


@contextmanager
def growth(place: Place) -> Iterator[list[Case]]:
    """The process must not grow with what it has taken."""
    with _side(place) as side:
        side.ours(side.lines())

        def grown() -> float:
            before = peak_mb()
            for _ in range(MILLION // ROWS):
                side.ours(side.lines())
            return peak_mb() - before

        yield [Case(grown, rounds=1, warm=0)]


@contextmanager
def _side(place: Place) -> Iterator[Side]:
    side = Side(place.database, place.url)
    yield side
    side.sessions.engine.dispose()
    side.engine.dispose()


def _timed(side: Side, work: Callable[[bytes], None]) -> Callable[[], float]:
    def way() -> float:
        raw = side.lines()
        start = time.perf_counter()
        work(raw)
        return (time.perf_counter() - start) * 1000

    return way


def _event(number: int, subjects: list[str]) -> dict[str, Any]:
    at = NOW - timedelta(minutes=number % 500_000)
    return {
        "source": "clinic-log",
        "source_ref": f"2026/{number:010}",
        "subject": subjects[number % len(subjects)],
        "occurred": at.isoformat(),
        "action": f"Looked at the record before a visit of kind {number % 7}",
        "receiver_code": f"B{number % 9:04}",
        "receiver_name": "Harbour Street Surgery",
        "system": "Front desk",
        "agreement": "DSA-0011",
        "categories": ["Name", "Address"],
        "actor_kind": "person" if number % 3 else "machine",
        "actor_handle": f"u-{number % 50}",
        "trigger": "duty",
        "outcome": "given",
    }


def _row(said: dict[str, Any], known: dict[str, UUID], source_id: UUID) -> dict[str, Any]:
    at = datetime.fromisoformat(said["occurred"])
    return {
        "citizen_id": known[said["subject"]],
        "id": uuid4(),
        "source_id": source_id,
        "source_ref": said["source_ref"],
        "occurred_at": at,
        "recorded_at": None,
        "accepted_at": NOW,
        "shown_from": None,
        "role": "self",
        "actor": said["actor_kind"],
        "actor_handle": said["actor_handle"],
        "trigger": said["trigger"],
        "result": said["outcome"],
        "emergency": False,
        "action": said["action"],
        "receiver_code": said["receiver_code"],
        "receiver_name": said["receiver_name"],
        "system": said["system"],
        "agreement": said["agreement"],
        "legal_power": None,
        "processor": None,
        "categories": json.dumps(said["categories"]),
        "trace_id": None,
    }


def _tables(
    received: list[Any], kept: list[dict[str, Any]]
) -> list[tuple[str, Sequence[str], list[Any]]]:
    rows = [tuple(row.values()) for row in kept]
    return [("received", RECEIVED, received), ("pushed_event", tuple(kept[0]), rows)]


def _executemany(connection: Any, received: list[Any], kept: list[dict[str, Any]]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    for table, names, rows in _tables(received, kept):
        marks = ", ".join("?" * len(names))
        connection.executemany(
            f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})",  # noqa: S608
            [tuple(_plain(value) for value in row) for row in rows],
        )


def _copy(connection: Any, received: list[Any], kept: list[dict[str, Any]]) -> None:
    with connection.cursor() as cursor:
        for table, names, rows in _tables(received, kept):
            with cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return value.hex
    return str(value) if isinstance(value, date) else value
