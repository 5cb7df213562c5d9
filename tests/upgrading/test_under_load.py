"""The schema grows and shrinks while people read and write: no request fails, few wait for long."""

import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import Engine, select, update
from sqlalchemy import column as named
from sqlalchemy import table as sql_table

from citizen_portal import schema
from citizen_portal.demo.folder import HOST
from citizen_portal.identity.models import Citizen, Visit
from citizen_portal.places import folder
from citizen_portal.web.ready import CHECKS
from tests import walled
from tests.access.running import browser, running
from tests.databases import Databases, opened
from tests.preferences.town import Town
from tests.thorough import times
from tests.upgrading.hosts import Machine, upgraded

SAMPLE = Path(__file__).parent / "sample"
ROUNDS = times(1, 10)
PLACE = sql_table("visit", named("citizen_id"), named("id"), named("place"))


@dataclass
class Callers:
    """People who read and write without pause; what they were answered, and the longest wait."""

    address: str
    people: list[requests.Session]
    seen: Counter[str] = field(default_factory=Counter)
    longest: float = 0.0
    over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Callers":
        tasks = [*(lambda one=one: self._write(one) for one in self.people), self._read]
        self.threads = [threading.Thread(target=self._go_on, args=[task]) for task in tasks]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join()

    def until(self, more: int) -> None:
        """Until so many more were answered."""
        wanted, end = self.seen.total() + more, time.monotonic() + 60
        while self.seen.total() < wanted:
            assert time.monotonic() < end, self.seen
            self.over.wait(0.05)

    def _go_on(self, task: Callable[[], Iterator[requests.Response]]) -> None:
        while not self.over.is_set():
            begun = time.monotonic()
            try:
                for answer in task():
                    self.seen[_told(answer)] += 1
                    self.longest = max(self.longest, time.monotonic() - begun)
                    begun = time.monotonic()
            except requests.RequestException as error:
                self.seen[type(error).__name__] += 1

    def _read(self) -> Iterator[requests.Response]:
        for page in ("/register", "/readyz"):
            yield requests.get(f"{self.address}{page}", timeout=30)

    def _write(self, one: requests.Session) -> Iterator[requests.Response]:
        """Clear the list of visits, as one may on the page of the account."""
        page = one.get(f"{self.address}/my/account", timeout=30)
        yield page
        token = BeautifulSoup(page.text, "html.parser").select_one("input[name=csrf_token]")
        assert token is not None, page.text[:2000]
        yield one.post(
            f"{self.address}/my/account/visits/clear",
            data={"csrf_token": token["value"]},
            allow_redirects=False,
            timeout=30,
        )


def _told(answer: requests.Response) -> str:
    """What was answered, and of a failure where and in which words."""
    said = f"{answer.request.method} {answer.status_code}"
    return said if answer.ok else f"{said} {answer.request.path_url}: {answer.text[-3000:]}"


@pytest.fixture
def machine(database_kind: str, tmp_path: Path, keys_folder: Path) -> Iterator[Machine]:
    with upgraded(tmp_path / "here", database_kind, keys_folder) as machine:
        yield machine


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    """Our migrations, and two more."""
    found = shutil.copytree(folder("migrations"), tmp_path / "migrations")
    newest = (found / "HEAD").read_text().strip()
    for sample in SAMPLE.glob("9*.py"):
        said = sample.read_text().replace("{newest}", newest)
        (found / "versions" / sample.name).write_text(said)
    return found


@pytest.mark.both
def test_no_request_fails_while_the_schema_grows_and_shrinks(
    machine: Machine, scripts: Path, tmp_path: Path
) -> None:
    with walled.started(machine.settings, machine.wall) as app:
        town = Town(app)
        people = [signed_in(app, town) for _ in range(2)]
        engine, wall = town.sessions.engine, app.extensions["wall"] if machine.wall else None
        with running(machine.as_served(), tmp_path) as web, Callers(web.address, people) as callers:
            callers.until(10)
            for _ in range(ROUNDS):
                schema.upgrade(engine, "9001", wall, scripts=scripts)
                callers.until(10)
                move_in_batches(engine)
                schema.upgrade(engine, "9002", wall, scripts=scripts)
                callers.until(10)
                schema.downgrade(engine, "-2", scripts=scripts)
    print(f"{callers.seen.total()} answers, the longest after {callers.longest:.1f} s")
    assert set(callers.seen) == {"GET 200", "POST 303"}, callers.seen
    assert callers.longest < 10.0


@pytest.mark.both
def test_while_each_table_is_held_it_is_as_ready_as_before(machine: Machine) -> None:
    """Requests wait for an upgrade. Were the server not ready, a load balancer would turn them
    away."""
    with walled.started(machine.settings, machine.wall) as app:
        engine = app.extensions["sessions"].engine
        with engine.connect() as upgrading, upgrading.begin():
            if engine.dialect.name == "postgresql":
                assert schema.lock_each_table(upgrading, last=True)
            answer = app.test_client().get("/readyz")
            assert (answer.status_code, answer.get_json()) == (200, dict.fromkeys(CHECKS, "ready"))


WAITS = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE starts_with(query, 'LOCK TABLE') AND state = 'active'"
)


def test_an_upgrade_lets_others_go_on_while_something_holds_a_table(
    postgresql_databases: Databases,
) -> None:
    """Who holds one table may have another: neither is given up, and the upgrade comes after."""
    with opened(postgresql_databases) as sessions, ThreadPoolExecutor() as beside:
        engine = sessions.engine
        with engine.connect() as report, report.begin():
            report.exec_driver_sql("SELECT count(*) FROM visit")
            upgrading = beside.submit(schema.upgrade, engine)
            with engine.connect() as looking:
                looked = looking.execution_options(isolation_level="AUTOCOMMIT")
                while not looked.exec_driver_sql(WAITS).scalar():
                    assert not upgrading.done()
            begun = time.monotonic()
            report.exec_driver_sql("SELECT count(*) FROM agreement")
            assert time.monotonic() - begun < 5.0
            assert not upgrading.done()
        upgrading.result(timeout=60)


def signed_in(app: Flask, town: Town) -> requests.Session:
    citizen = Citizen()
    citizen.id = town.person("clinic")
    found = browser(app, citizen)
    name, _, value = str(found.headers.pop("Cookie")).partition("=")
    found.cookies.set(name, value, domain=HOST)  # so that a newer one takes its place
    return found


def move_in_batches(engine: Engine) -> None:
    """Fill the new place, one row a transaction here, so that nobody waits for the whole."""
    with engine.connect() as connection:
        keys = connection.execute(select(Visit.citizen_id, Visit.id)).all()
    for citizen_id, id_ in keys:
        one = (PLACE.c.citizen_id == citizen_id) & (PLACE.c.id == id_)
        with engine.begin() as connection:
            connection.execute(update(PLACE).where(one).values(place="here"))
