"""A body that sends batches to a portal which fails, and what must be there afterwards."""

from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from citizen_portal import jobs
from citizen_portal.access.models import PushedEvent, Received
from citizen_portal.app import create_app
from citizen_portal.db import Base, Sessions
from citizen_portal.settings import Settings
from tests.access.portal_process import Portal, portal
from tests.access.pushing import Pushing, rows
from tests.bodies import systems

ROWS = 20


@dataclass
class Ledger:
    """What points of failure came to."""

    points: int = 0
    accepted: int = 0
    """Batches that were answered 2xx although something broke."""
    whole: int = 0
    """Batches that stood although nobody was told so."""
    struck: int = 0
    """Points at which something did break."""

    def __str__(self) -> str:
        return (
            f"{self.points} points, {self.struck} struck, {self.accepted} answered 2xx,"
            f" {self.whole} kept unanswered; 0 lost, 0 doubled"
        )


@dataclass
class Sender:
    """One body, one citizen, and a first batch that was accepted before anything broke."""

    settings: Settings
    ledger: Ledger = field(default_factory=Ledger)

    def __post_init__(self) -> None:
        self.app: Flask = create_app(self.settings)
        Base.metadata.create_all(self.sessions.engine)
        pushing = Pushing(self.app, "clinic")
        self.system = systems.connect(self.app, "clinic")
        self.subject = pushing.person()[1]["clinic"]
        self.first = self.batch("first")
        assert pushing.send(*self.first).status_code == 200
        with self.sessions.writing() as session:  # so that each batch asks for a review anew
            job = session.scalars(select(jobs.Job).where(jobs.Job.name == "access.review")).one()
            job.state = jobs.JobState.DONE
        self.headers = self.fresh_headers()

    @property
    def sessions(self) -> Sessions:
        found: Sessions = self.app.extensions["sessions"]
        return found

    def fresh_headers(self) -> dict[str, str]:
        return self.system.headers(self.app)

    def batch(self, name: str, count: int = ROWS) -> list[dict[str, Any]]:
        return rows(self.subject, [f"{name}-{n}" for n in range(count)])

    def warm(self, one: Portal) -> None:
        """Let it open its files and import what it needs, with what it was sent before."""
        assert one.send(self.first, self.headers) == 200

    def check(
        self, sessions: Sessions, settings: Settings, events: list[dict[str, Any]], status: int
    ) -> None:
        """Nothing that was accepted is lost, nothing is there twice, and sending again helps."""
        assert status in {0, 200, 503}, status
        self.ledger.points += 1
        self.ledger.accepted += status == 200
        kept = standing(sessions, events)
        assert kept in ({len(events)}, {0}), f"a part of a batch stands: {kept}"
        assert status != 200 or kept == {len(events)}, "what was accepted is lost"
        self.ledger.whole += status != 200 and kept == {len(events)}
        with portal(settings) as clean:
            assert clean.send(events, self.headers) == 200
        assert standing(sessions, events) == {len(events)}
        assert standing(sessions, self.first) == {len(self.first)}


def standing(sessions: Sessions, events: list[dict[str, Any]]) -> set[int]:
    """How many of these are known as received, and how many are kept: rows, and identities."""
    refs = [event["source_ref"] for event in events]
    found: set[int] = set()
    with sessions.reading() as session:
        for column in (Received.source_ref, PushedEvent.source_ref):
            for counted in (func.count(column), func.count(column.distinct())):
                found.add(session.scalar(select(counted).where(column.in_(refs))) or 0)
    return found
