"""A worker is killed at random moments: each copy ends ready or failed, and nothing is left behind.

``make faults`` kills fifty times; a usual run three.
"""

import random
import subprocess
import tempfile
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url, update

from citizen_portal import clock
from citizen_portal.exports.models import ENDED, THERE, Export, State, Why
from citizen_portal.settings import Settings
from tests.exports.worker_process import wait_until, worker
from tests.exports.world import World, lines
from tests.thorough import times

KILLS = times(3, 50)
LARGE = times(1, 3)
"""Bodies that tell of a thousand looks each."""
CANARY = b"Checked an address"
"""What the bodies of this world say of each look; it may stand nowhere but sealed."""
PACKED = b"index.html"
"""Stands in each package, whatever else is packed."""


@pytest.fixture
def settings(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """What a process writes aside, it writes where we look for it."""
    aside = tmp_path / "a"  # short: the address of a socket that lies there has a bound
    aside.mkdir()
    monkeypatch.setenv("TMPDIR", str(aside))
    monkeypatch.setattr(tempfile, "tempdir", None)
    changed = {"log_level": "ERROR", "ask_seconds": 20.0}
    return settings.model_copy(update=changed)


def test_killed_at_any_moment(world: World, settings: Settings, tmp_path: Path) -> None:
    for n in range(LARGE):
        world.body(f"large-{n}", "never-ends-paging")
    world.body("silent", "says-500")
    usual = one_undisturbed(world, settings)
    chance, killed, ends = random.Random(11), 0, dict[State, int]()  # noqa: S311
    while killed < KILLS or (State.READY not in ends and killed < 4 * KILLS):
        long_ago(world)
        address = world.ask()
        for _ in range(chance.choice([1, 1, 2, 5])):
            killed += kill_one(settings, chance.uniform(0, usual))
            look_for_plain_text(tmp_path, settings)
        with worker(settings):
            wait_until(lambda at=address: world.row(at).state in ENDED | THERE)  # type: ignore[misc]
            row = world.row(address)
            ends[row.state] = ends.get(row.state, 0) + 1
            if row.state in THERE:
                assert len(lines(world.package(address), "accesses")) == LARGE * 1000
            else:
                assert (row.state, row.fault) == (State.FAILED, Why.LOST)
            look_for_plain_text(tmp_path, settings)
            world.browser.post(f"{address}/stop")
            wait_until(lambda: world.stored() == [])
    print(f"{killed} kills within {usual:.1f} s each: {ends}")
    assert ends.get(State.READY, 0) > 0


def one_undisturbed(world: World, settings: Settings) -> float:
    """How long a worker takes from its start to the end of a copy."""
    address = world.ask()
    began = time.monotonic()
    with worker(settings):
        wait_until(lambda: world.row(address).state in THERE)
        took = time.monotonic() - began
        world.browser.post(f"{address}/stop")
        wait_until(lambda: world.stored() == [])
    return took


def long_ago(world: World) -> None:
    """So that ten copies a day are no bound for fifty kills."""
    with world.sessions.writing() as session:
        session.execute(update(Export).values(asked_at=clock.now() - timedelta(days=1)))


def kill_one(settings: Settings, after: float) -> int:
    with worker(settings) as process:
        threading.Event().wait(after)
        process.kill()
        process.join()
    return 1


def look_for_plain_text(folder: Path, settings: Settings) -> None:
    """Where a worker writes: the store, the database with its log, what lies aside.

    Another process reads: to close a file of SQLite's here would let go of our own locks on it.
    """
    database = Path(str(make_url(settings.database_url).database))
    for path in [*folder.rglob("*"), *database.parent.glob(f"{database.name}*")]:
        if path.is_file():
            found = subprocess.run(["cat", str(path)], capture_output=True).stdout  # noqa: S607
            assert CANARY not in found, path.name
            assert PACKED not in found, path.name
