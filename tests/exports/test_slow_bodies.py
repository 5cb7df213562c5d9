"""A body that is slow to answer for a copy delays that copy, and nothing else."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from citizen_portal import jobs
from citizen_portal.demo.processes import Processes
from citizen_portal.exports.models import State
from citizen_portal.jobs import Job, JobState
from citizen_portal.settings import Settings
from tests.access.running import environment
from tests.exports.worker_process import wait_until
from tests.exports.world import World
from tests.fakes.serving import served

SECONDS = 60.0
ONE_THREAD = ("-c", "from citizen_portal.cli import main; main(['worker', '--threads', '1'])")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"ask_seconds": 50.0})


@pytest.fixture
def silent(world: World) -> Iterator[tuple[threading.Event, threading.Event]]:
    """A body that was asked, and answers once it is let."""
    asked, answers = threading.Event(), threading.Event()
    app = Flask("silent")

    @app.get("/honest/v1/holdings")
    def holdings() -> dict[str, Any]:
        asked.set()
        answers.wait(SECONDS)
        return {}

    with ExitStack() as stack:
        world.bodies_at = stack.enter_context(served(lambda _: app))
        world.body("silent")
        yield asked, answers
        answers.set()


def test_other_jobs_are_done_while_a_copy_waits_for_a_body(
    world: World, silent: tuple[threading.Event, threading.Event], tmp_path: Path
) -> None:
    asked, _ = silent
    address = world.ask(parts=["records"])
    env = {"PATH": "/usr/bin:/bin", **environment(world.app.extensions["settings"])}
    processes = Processes(tmp_path)
    try:
        processes.start("worker", ONE_THREAD, env)
        assert asked.wait(SECONDS)
        with world.sessions.writing() as session:
            given = {"citizen": uuid4().hex, "sign_in": uuid4().hex}
            job_id = jobs.enqueue(session, "access.forget_session", **given).id
        wait_until(lambda: _state(world, job_id) is JobState.DONE)
        assert world.row(address).state is State.BUILDING
    finally:
        processes.end()


def _state(world: World, job_id: Any) -> JobState:
    with world.sessions.reading() as session:
        return session.get_one(Job, job_id).state
