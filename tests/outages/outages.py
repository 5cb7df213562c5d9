"""Each outage: how it begins, what it must be seen to do, and how it ends. Nobody mends more."""

import os
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta

import psycopg

from citizen_portal.jobs import LOST_AFTER
from tests import postgres
from tests.fakes import provider as fakes
from tests.fakes.receiver import HANG
from tests.outages.ledger import Seen
from tests.outages.load import Load
from tests.outages.rig import Rig, wait

HOUR, DAY = timedelta(hours=1, minutes=5), timedelta(days=1)
AWAY = 5.0
"""Seconds for which the database is away, or the queue locked."""
Strikes = Callable[[Rig, Load], None]


@dataclass(frozen=True)
class Outage:
    name: str
    kind: str
    """The database that it is tried on."""
    strike: Strikes
    jumps: bool = False
    """Whether the clock does: then sessions may end."""

    def absent(self, rig: Rig) -> str | None:
        """Why it cannot be tried here, if it cannot."""
        if self.jumps or self.strike is kill_worker:
            return rig.clock.absent
        return rig.disk.absent if self.strike is fill_disk else None


def refused(load: Load, more: int) -> None:
    """Until so many requests more were not served: the outage is felt."""
    begun = load.seen.not_served
    load.until(lambda seen: seen.not_served >= begun + more, "requests that are not served")


def more_served(load: Load, more: int = 20) -> None:
    begun = load.seen.served
    load.until(lambda seen: seen.served >= begun + more, "requests that are served")


def crash_database(rig: Rig, load: Load) -> None:
    assert rig.cluster is not None
    for _ in range(3):
        postgres.crash(rig.cluster)
        more_served(load)


def stop_database(rig: Rig, load: Load) -> None:
    assert rig.cluster is not None
    begun = time.monotonic()
    rig.supervisor.held.set()
    postgres.stop(rig.cluster)
    load.until(lambda _: time.monotonic() > begun + AWAY, "the time")
    refused(load, 5)
    assert not rig.ready()
    rig.supervisor.held.clear()


def fill_disk(rig: Rig, load: Load) -> None:
    begun = load.seen.not_served

    def felt(seen: Seen) -> bool:
        rig.disk.fill()
        return seen.not_served >= begun + 20

    load.until(felt, "requests that are not served")
    rig.disk.free()


def kill_worker(rig: Rig, load: Load) -> None:
    """In the middle of a job. It comes again once the job is given up for lost, by its clock."""
    rig.told.answers.append(HANG)
    assert rig.told.hanging.wait(60), "the worker tells nobody"
    rig.supervisor.held.set()
    os.kill(rig.supervisor.pid("worker"), signal.SIGKILL)
    more_served(load)
    rig.told.let_go.set()
    rig.clock.move(rig.clock.shift + LOST_AFTER + timedelta(seconds=30))
    rig.supervisor.held.clear()
    rig.told.hanging.clear()
    rig.told.let_go.clear()


def kill_servers(rig: Rig, load: Load) -> None:
    """One process after the other, then the one that starts them."""
    for _ in range(4):
        before = wait_for_servers(rig)
        os.kill(min(before), signal.SIGKILL)
        wait(lambda: bool(rig.servers() - before), "another process")  # noqa: B023
        more_served(load)
    os.killpg(rig.supervisor.pid("portal"), signal.SIGKILL)
    refused(load, 1)


def wait_for_servers(rig: Rig) -> set[int]:
    wait(lambda: len(rig.servers()) == 2, "both processes")
    return rig.servers()


def lock_queue(rig: Rig, load: Load) -> None:
    """Pages must go on, and what is to be done later must be done later."""
    with locked(rig):
        begun = time.monotonic()
        load.until(lambda _: time.monotonic() > begun + AWAY, "the time")
        more_served(load)


@contextmanager
def locked(rig: Rig) -> Iterator[None]:
    if rig.cluster is not None:
        with psycopg.connect(host=str(rig.cluster), user="portal", dbname="postgres") as connection:
            connection.execute("LOCK TABLE huey_task IN ACCESS EXCLUSIVE MODE")
            yield
        return
    file = rig.app.extensions["settings"].queue_file
    with closing(sqlite3.connect(file, isolation_level=None, timeout=30)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        yield


def jump(span: timedelta) -> Strikes:
    """Ahead and back, then back and ahead."""

    def strike(rig: Rig, load: Load) -> None:
        usual, begun = rig.clock.shift, load.seen.signed_out
        for shift in (usual + span, usual, usual - span, usual):
            rig.clock.move(shift)
            load.whole_rounds()
        load.until(lambda seen: seen.signed_out > begun, "that sessions ended by the clock")

    return strike


def away_for_a_day(rig: Rig, load: Load) -> None:
    """One source, while hours pass for everybody."""
    source = rig.world.sources[3]
    source.stop()
    for _ in range(4):
        rig.clock.move(rig.clock.shift + DAY / 4)
        rounds_with_gaps(load)
    source.start()


def each_source_away(rig: Rig, load: Load) -> None:
    for source in rig.world.sources:
        source.stop()
    rounds_with_gaps(load, 2)
    for source in rig.world.sources:
        source.start()


def rounds_with_gaps(load: Load, more: int = 1) -> None:
    """Everybody goes on, and pages say what they lack."""
    gaps = load.seen.gaps
    load.rounds([one.name for one in load.everybody], more)
    load.until(lambda seen: seen.gaps >= gaps + more, "pages without what is away")


def provider_away(rig: Rig, load: Load) -> None:
    """First it answers badly, then not at all; who is signed in goes on."""
    paths = ("/token", "/jwks", "/.well-known/openid-configuration")
    rig.world.fake.instead = dict.fromkeys(paths, fakes.busy)
    for stopped in (False, True):
        if stopped:
            rig.world.provider.stop()
        refused(load, 3)
        load.rounds([one.name for one in load.everybody if one is not load.citizens[0]])
    rig.world.fake.instead = {}
    rig.world.provider.start()


OUTAGES = [
    Outage("database crashes", "postgresql", crash_database),
    Outage("database away", "postgresql", stop_database),
    Outage("disk full", "postgresql", fill_disk),
    Outage("worker killed", "postgresql", kill_worker),
    Outage("web server killed", "postgresql", kill_servers),
    Outage("queue locked", "postgresql", lock_queue),
    Outage("8 of 8 sources away", "postgresql", each_source_away),
    Outage("identity provider away", "postgresql", provider_away),
    Outage("clock jumps an hour", "postgresql", jump(HOUR), jumps=True),
    Outage("clock jumps a day", "postgresql", jump(DAY), jumps=True),
    Outage("a source away for a day", "postgresql", away_for_a_day, jumps=True),
    Outage("disk full", "sqlite", fill_disk),
    Outage("web server killed", "sqlite", kill_servers),
    Outage("queue locked", "sqlite", lock_queue),
]
