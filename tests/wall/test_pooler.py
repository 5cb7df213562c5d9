"""Requests and jobs through PgBouncer in transaction mode, behind the second wall."""

import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, func, select, text
from sqlalchemy.exc import ProgrammingError

from citizen_portal import clock, connections, jobs
from citizen_portal.app import create_app
from citizen_portal.db import Sessions, make_sessions
from citizen_portal.demo.processes import Processes
from citizen_portal.demo.run import WORKER as COMMAND
from citizen_portal.doctor import database
from citizen_portal.doctor.findings import Level, Portal
from citizen_portal.identity import actions as identity_actions
from citizen_portal.job import Job, JobState
from citizen_portal.queue import Queue
from citizen_portal.secret_keys import load
from citizen_portal.settings import Settings
from citizen_portal.wall import patience
from tests import make, postgres, walled
from tests.access.running import environment
from tests.conftest import settings_in
from tests.databases import make_tables
from tests.pooler import PROGRAM, SERVERS, address, pooling
from tests.thorough import times

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="no PgBouncer here")
REQUESTS, PEOPLE, JOBS = times(8, 1000), 4, times(8, 1000)
NAME = "access.forget_session"


@dataclass(frozen=True)
class Pooled:
    owner: Sessions
    web: Settings
    worker: Settings


@pytest.fixture(scope="module")
def pooled(keys_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pooled]:
    if reason := postgres.absent():
        pytest.skip(reason)
    roles = ("portal_web", "portal_worker")
    with postgres.started() as server, pooling(server, "portal", *roles) as port:
        straight = f"postgresql+psycopg://portal@/postgres?host={server}"
        make_tables(straight)
        owner = make_sessions(straight)
        usual = settings_in(tmp_path_factory.mktemp("pooled"), keys_folder, straight)
        settings = usual.model_copy(
            update={"database_roles": "portal", "queue_file": None, "database_pooler": True}
        )
        Queue(load(settings), database_url=straight).prepare()
        wall = walled.wall_of(keys_folder)
        walled.build(owner, wall)
        with owner.engine.begin() as connection:
            patience.tell(connection, wall, settings)
        web, worker = (
            settings.model_copy(
                update={"database_url": f"postgresql+psycopg://{address(role, port)}"}
            )
            for role in roles
        )
        yield Pooled(owner, web, worker)
        owner.engine.dispose()


def cookie_of(pooled: Pooled) -> tuple[str, str]:
    """Somebody who is signed in: their cookie and their one session."""
    with pooled.owner.writing() as session:
        me = make.citizen()
        session.add(me)
        session.flush()
        proof = identity_actions.Proof(assurance="", auth_time=clock.now())
        begun = identity_actions.start(session, me.id, proof=proof)
        return f"{me.id}:{begun.sign_in.id}:{begun.token}", str(begun.sign_in.id)


def ask(app: Flask, mine: tuple[str, str], others: list[str]) -> Counter[str]:
    """Ask for one's account again and again; what it shows is one's own."""
    client, seen = app.test_client(), Counter[str]()
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = mine[0], True
    for _ in range(REQUESTS):
        page = client.get("/my/account")
        seen[f"{page.status_code}"] += 1
        seen["another's"] += any(one in page.text for one in others)
    return seen


def test_requests_of_many_share_few_connections(pooled: Pooled) -> None:
    app = create_app(pooled.web)
    people = [cookie_of(pooled) for _ in range(PEOPLE)]
    with ThreadPoolExecutor(PEOPLE) as pool:
        asked = [
            pool.submit(ask, app, me, [one for _, one in people if one != me[1]]) for me in people
        ]
        seen = sum((one.result() for one in asked), Counter[str]())
    assert seen["200"] == PEOPLE * REQUESTS
    assert seen["another's"] == 0
    print(f"{PEOPLE * REQUESTS} requests through PgBouncer")
    here = text("SELECT count(*) FROM pg_stat_activity WHERE usename = 'portal_web'")
    with pooled.owner.reading() as session:
        assert 1 <= session.scalars(here).one() <= SERVERS
    app.extensions["sessions"].engine.dispose()


def test_jobs_are_handed_over_and_done(pooled: Pooled, tmp_path: Path) -> None:
    app = create_app(pooled.web)
    with app.extensions["sessions"].writing() as session:
        for _ in range(JOBS):
            jobs.enqueue(session, NAME, citizen=uuid4().hex, sign_in=uuid4().hex)
    assert app.extensions["queue"].waiting() == JOBS
    processes = Processes(tmp_path)
    env = {"PATH": "/usr/bin:/bin", **environment(pooled.worker)}
    asked = select(func.count()).where(Job.name == NAME, Job.state == JobState.DONE)
    try:
        processes.start("worker", COMMAND, env)
        (worker,) = processes.children
        end = monotonic() + 120
        while True:
            with pooled.owner.reading() as session:
                if (done := session.scalars(asked).one()) == JOBS:
                    break
            assert monotonic() < end, (done, worker.log.read_text())
    finally:
        processes.end()
    assert not re.search(r"turn_failed|job\.failed", worker.log.read_text())
    print(f"{JOBS} jobs through PgBouncer")
    app.extensions["queue"].huey.storage.close()
    app.extensions["sessions"].engine.dispose()


def test_bounds_of_the_roles_hold_behind_it(pooled: Pooled) -> None:
    for settings, seconds in ((pooled.web, "30s"), (pooled.worker, "10min")):
        engine = create_engine(settings.database_url, **connections.options(settings))
        with engine.connect() as connection:
            assert connection.scalar(text("SHOW statement_timeout")) == seconds
        engine.dispose()


def ask_in_turn(*engines: Engine) -> None:
    """So often that a driver prepares what it asks, each on what the pooler gives it."""
    for engine in engines:
        for _ in range(8):
            with engine.begin() as connection:
                connection.execute(text("SELECT 1"))


def test_a_portal_that_is_not_told_of_it_fails_and_the_doctor_sees_why(pooled: Pooled) -> None:
    untold = pooled.web.model_copy(update={"database_pooler": False})
    options: dict[str, Any] = connections.options(untold)
    first, second = (create_engine(untold.database_url, **options) for _ in range(2))
    with pytest.raises(ProgrammingError, match="prepared statement"):
        ask_in_turn(first, second)
    first.dispose()
    second.dispose()
    for settings, level in ((untold, Level.FAIL), (pooled.web, Level.OK)):
        portal = Portal(settings)
        found = [one for one in database.database(portal) if "may lose" not in one.said]
        assert found[0].level is level, found
        portal.engine.dispose()
