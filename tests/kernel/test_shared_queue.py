"""What several programs share a queue by: on PostgreSQL it lies in the database, for workers on any
machine; and each believes what is signed."""

import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from citizen_portal import jobs
from citizen_portal.app import create_app
from citizen_portal.cli import main
from citizen_portal.demo.processes import Processes
from citizen_portal.demo.run import WORKER
from citizen_portal.jobs import Job, JobState
from citizen_portal.queue import Queue
from citizen_portal.settings import Settings
from tests.access.running import environment
from tests.databases import Databases

JOBS, SECONDS = 60, 60.0
NAME = "access.forget_session"


@pytest.fixture
def app(settings: Settings, postgresql_databases: Databases) -> Iterator[Flask]:
    with postgresql_databases.lend() as url:
        changed = {"database_url": url, "queue_file": None}
        app = create_app(settings.model_copy(update=changed))
        app.extensions["queue"].prepare()
        yield app
        app.extensions["queue"].huey.storage.close()
        app.extensions["sessions"].engine.dispose()


@pytest.mark.parametrize("threads", ["0", "65"])
def test_a_worker_that_could_do_no_job_does_not_start(threads: str) -> None:
    refused = CliRunner().invoke(main, ["worker", "--threads", threads])
    assert (refused.exit_code, "1<=x<=64" in refused.output) == (2, True)


def ended(app: Flask) -> list[Job]:
    with app.extensions["sessions"].reading() as session:
        found = select(Job).where(Job.name == NAME, Job.state == JobState.DONE)
        return list(session.scalars(found))


def enqueue(session: Session) -> UUID:
    return jobs.enqueue(session, NAME, citizen=uuid4().hex, sign_in=uuid4().hex).id


def test_two_workers_do_each_job_once(app: Flask, tmp_path: Path) -> None:
    with app.extensions["sessions"].writing() as session:
        for _ in range(JOBS):
            enqueue(session)
    assert waiting(app) == JOBS
    env = {"PATH": "/usr/bin:/bin", **environment(app.extensions["settings"])}
    processes = Processes(tmp_path)
    try:
        for name in ("worker", "other worker"):
            processes.start(name, WORKER, env)
        until = time.monotonic() + SECONDS
        while len(ended(app)) < JOBS:
            assert time.monotonic() < until, "the jobs were not done"
    finally:
        processes.end()
    assert {job.attempts for job in ended(app)} == {1}


def test_a_queue_that_is_not_there_undoes_nothing(app: Flask) -> None:
    app.extensions["queue"].huey.storage.sql("DROP TABLE huey_task")
    with app.extensions["sessions"].writing() as session:
        job_id = enqueue(session)
    app.extensions["queue"].prepare()
    with app.extensions["sessions"].reading() as session:
        assert session.get_one(Job, job_id).state is JobState.QUEUED
        assert session.scalar(select(func.count()).select_from(Job)) == 1


def test_a_queue_that_somebody_holds_holds_up_nobody_for_long(app: Flask) -> None:
    waiting(app)
    with app.extensions["sessions"].engine.begin() as holder:
        holder.execute(text("LOCK TABLE huey_task IN ACCESS EXCLUSIVE MODE"))
        with app.extensions["sessions"].writing() as session:
            job_id = enqueue(session)
        with pytest.raises(psycopg.errors.LockNotAvailable):
            waiting(app)
    with app.extensions["sessions"].reading() as session:
        assert session.get_one(Job, job_id).state is JobState.QUEUED
    assert waiting(app) == 0, "it is handed over later"


def waiting(app: Flask) -> int:
    queue = app.extensions["queue"]
    assert isinstance(queue, Queue)
    return queue.waiting()


def test_a_message_signed_by_another_is_not_read(tmp_path: Path) -> None:
    ours = Queue(lambda: ("our secret",), file=tmp_path / "shared.db")
    theirs = Queue(lambda: ("their secret",), file=tmp_path / "shared.db")
    theirs.put(UUID(int=1))
    with pytest.raises(ValueError, match="[Ss]ignature"):
        ours.huey.dequeue()
