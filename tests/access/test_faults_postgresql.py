"""On PostgreSQL: the portal, its connection or the server goes at any moment of a batch.

``make faults`` strikes at 50 moments; a usual run at some of them.
"""

import statistics
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text

from citizen_portal.settings import Settings
from tests import postgres
from tests.access.batches import Sender
from tests.access.portal_process import Portal, portal
from tests.thorough import EVERY, times

MOMENTS = 50 if EVERY else 5
ROWS = 200
TRIES = 5


@dataclass
class Striking:
    """A sender whose portal keeps its data on a server of its own, which syncs as it should."""

    sender: Sender
    folder: Path

    def kill(self, one: Portal) -> None:
        one.process.kill()

    def end_connections(self, _: Portal) -> None:
        ours = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = :kind"
        with self.sender.sessions.engine.connect() as connection:
            more = f"{ours} AND pid <> pg_backend_pid()"
            connection.execute(text(more), {"kind": "client backend"})

    def crash(self, _: Portal) -> None:
        postgres.crash(self.folder)

    def fault(self, number: int) -> Callable[[Portal], None]:
        order = (self.kill, self.end_connections, self.kill, self.end_connections, self.crash)
        return order[number % len(order)]


@pytest.fixture
def striking(settings: Settings) -> Iterator[Striking]:
    try:
        with postgres.started(postgres.DURABLE) as folder:
            url = f"postgresql+psycopg://portal@/postgres?host={folder}"
            changed = {"database_url": url, "testing": False, "log_level": "ERROR"}
            changed["database_roles"] = ""  # nobody has raised a wall on this server
            sender = Sender(settings.model_copy(update=changed))
            yield Striking(sender, folder)
            sender.sessions.engine.dispose()
    except postgres.AbsentError as error:
        pytest.skip(str(error))


def test_at_whatever_moment_nothing_is_lost_and_nothing_doubled(striking: Striking) -> None:
    sender = striking.sender
    with sender.sessions.engine.connect() as connection:
        assert connection.scalar(text("SHOW fsync")) == "on"
    usual = statistics.median(taken(sender, n) for n in range(times(3, 5)))
    for number in range(MOMENTS):
        strike(striking, number, after=usual * (number + 0.5) / MOMENTS)
    print(f"a batch of {ROWS} takes {usual * 1000:.0f} ms: {sender.ledger}")
    assert sender.ledger.struck > 0


def taken(sender: Sender, number: int) -> float:
    """Seconds that a batch takes when nothing breaks."""
    with portal(sender.settings) as one:
        sender.warm(one)
        start = time.perf_counter()
        assert one.send(sender.batch(f"clean-{number}", ROWS), sender.headers) == 200
        return time.perf_counter() - start


def strike(striking: Striking, number: int, *, after: float) -> None:
    sender, fault = striking.sender, striking.fault(number)
    sender.headers = sender.fresh_headers()
    events = sender.batch(f"batch-{number}", ROWS)
    with portal(sender.settings) as one:
        sender.warm(one)
        strikes = threading.Timer(after, fault, [one])
        strikes.start()
        status = one.send(events, sender.headers)
        strikes.join()
        sender.ledger.struck += status != 200
        sender.sessions.engine.dispose()  # its own connections may be gone as well
        sender.check(sender.sessions, sender.settings, events, status)
        assert fault == striking.kill or recovers(sender, one, events)


def recovers(sender: Sender, one: Portal, events: list[dict[str, object]]) -> bool:
    """Whether a portal that lost its connections goes on without being started anew."""
    return 200 in (one.send(events, sender.headers) for _ in range(TRIES))
