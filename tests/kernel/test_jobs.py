import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_portal import clock, jobs
from citizen_portal.db import Sessions, make_sessions
from citizen_portal.jobs import Job, JobState, Work
from citizen_portal.queue import PATIENCE, Queue

NAME = "tests.note"


@pytest.fixture
def done() -> Iterator[list[str]]:
    """What the scratch handler was told; it fails when told to."""
    told: list[str] = []

    def note(work: Work, *, word: str) -> None:
        work.beat()
        told.append(word)
        if word == "fail":
            raise ValueError("a secret that must not be kept")

    jobs.HANDLERS[NAME] = note
    yield told
    del jobs.HANDLERS[NAME]


@pytest.fixture
def sessions(app: Flask) -> Sessions:
    kept = app.extensions["sessions"]
    assert isinstance(kept, Sessions)
    return kept


@pytest.fixture
def queue(app: Flask) -> Queue:
    kept = app.extensions["queue"]
    assert isinstance(kept, Queue)
    return kept


def enqueue(sessions: Sessions, word: str = "hello") -> UUID:
    with sessions.writing() as session:
        return jobs.enqueue(session, NAME, word=word).id


def state(session: Session, job_id: UUID) -> tuple[JobState, int, str | None]:
    session.expire_all()
    job = session.get_one(Job, job_id)
    return job.state, job.attempts, job.fault


@pytest.mark.both
def test_the_id_reaches_the_queue_once_the_row_is_kept(sessions: Sessions, queue: Queue) -> None:
    enqueue(sessions)
    assert queue.waiting() == 1


@pytest.mark.both
def test_nobody_who_waits_to_write_waits_for_the_queue(sessions: Sessions) -> None:
    """The connection is given back before an id is handed over. A savepoint hands over none."""
    held, pool = list[int](), sessions.engine.pool
    with sessions.writing() as session:
        session.info["carry"] = lambda _: held.append(pool.checkedout())  # type: ignore[attr-defined]
        with session.begin_nested():
            jobs.enqueue(session, NAME, word="hello")
        assert not held
    assert held == [0]


def test_nothing_reaches_the_queue_when_the_transaction_fails(
    sessions: Sessions, queue: Queue, session: Session
) -> None:
    class Stop(Exception):
        pass

    def enqueue_and_stop() -> None:
        with sessions.writing() as writing:
            jobs.enqueue(writing, NAME, word="never")
            writing.flush()
            raise Stop

    with pytest.raises(Stop):
        enqueue_and_stop()
    assert queue.waiting() == 0
    assert session.scalars(select(Job)).all() == []


@pytest.mark.both
def test_a_job_runs_once_however_often_its_id_arrives(
    sessions: Sessions, session: Session, done: list[str]
) -> None:
    job_id = enqueue(sessions)
    for _ in range(3):
        jobs.run(sessions, {}, job_id)
    assert done == ["hello"]
    assert state(session, job_id) == (JobState.DONE, 1, None)
    assert session.get_one(Job, job_id).arguments == {}


def test_a_failed_job_keeps_the_kind_of_error_and_is_tried_later(
    sessions: Sessions, session: Session, done: list[str]
) -> None:
    job_id = enqueue(sessions, "fail")
    jobs.run(sessions, {}, job_id)
    assert state(session, job_id) == (JobState.QUEUED, 1, "ValueError")
    session.rollback()  # lets go of SQLite's write lock
    handed: list[UUID] = []
    assert jobs.reap(sessions, handed.append) == 0, "not before two minutes are over"
    age(sessions, job_id, jobs.LOST_AFTER)
    assert jobs.reap(sessions, handed.append) == 1
    assert handed == [job_id]


@pytest.mark.both
def test_the_wait_doubles_with_each_failure(
    sessions: Sessions, session: Session, done: list[str]
) -> None:
    job_id = enqueue(sessions, "fail")
    for failures in range(1, jobs.MOST_ATTEMPTS):
        jobs.run(sessions, {}, job_id)
        waits = jobs.LOST_AFTER * 2 ** (failures - 1)
        age(sessions, job_id, waits - timedelta(seconds=30))
        assert jobs.reap(sessions, lambda _: None) == 0
        age(sessions, job_id, timedelta(seconds=30))
        assert jobs.reap(sessions, lambda _: None) == 1
    assert len(done) == jobs.MOST_ATTEMPTS - 1


def test_a_job_that_fails_too_often_is_given_up(
    sessions: Sessions, session: Session, done: list[str]
) -> None:
    job_id = enqueue(sessions, "fail")
    for attempt in range(jobs.MOST_ATTEMPTS):
        jobs.run(sessions, {}, job_id)
        age(sessions, job_id, jobs.LOST_AFTER * 2**attempt)
        jobs.reap(sessions, lambda _: None)
    jobs.run(sessions, {}, job_id)
    assert state(session, job_id) == (JobState.FAILED, jobs.MOST_ATTEMPTS, "ValueError")
    assert len(done) == jobs.MOST_ATTEMPTS
    assert session.get_one(Job, job_id).arguments == {}


def test_a_job_that_ends_each_worker_is_given_up(
    sessions: Sessions, session: Session, done: list[str]
) -> None:
    job_id = enqueue(sessions)
    with sessions.writing() as writing:
        job = writing.get_one(Job, job_id)
        job.state, job.attempts = JobState.RUNNING, jobs.MOST_ATTEMPTS
    age(sessions, job_id, jobs.LOST_AFTER)

    assert jobs.reap(sessions, lambda _: None) == 0

    assert state(session, job_id) == (JobState.FAILED, jobs.MOST_ATTEMPTS, jobs.LOST)
    assert session.get_one(Job, job_id).arguments == {}


@pytest.mark.parametrize(
    ("ended", "days", "left"),
    [
        (JobState.DONE, 0.9, 1),
        (JobState.DONE, 1.1, 0),
        (JobState.FAILED, 29, 1),
        (JobState.FAILED, 31, 0),
        (JobState.QUEUED, 90, 1),
    ],
)
def test_what_ended_long_ago_is_forgotten(
    sessions: Sessions, session: Session, ended: JobState, days: float, left: int
) -> None:
    job_id = enqueue(sessions)
    with sessions.writing() as writing:
        job = writing.get_one(Job, job_id)
        job.state = ended
        job.ended_at = None if ended is JobState.QUEUED else clock.now() - timedelta(days=days)

    jobs.forget_done(Work(sessions, {}, job_id))

    assert len(session.scalars(select(Job)).all()) == left
    assert "jobs.forget_done" in jobs.RECURRING


@pytest.mark.both
def test_a_job_whose_worker_died_is_handed_over_again(
    sessions: Sessions, session: Session, queue: Queue, done: list[str]
) -> None:
    job_id = enqueue(sessions)
    with sessions.writing() as writing:
        job = writing.get_one(Job, job_id)
        job.state = JobState.RUNNING
        job.heartbeat_at = clock.now() - 2 * jobs.LOST_AFTER
    handed: list[UUID] = []
    assert jobs.reap(sessions, handed.append) == 1
    assert jobs.reap(sessions, handed.append) == 0, "not again before it is lost again"
    jobs.run(sessions, {}, handed[0])
    assert done == ["hello"]


@pytest.mark.both
@pytest.mark.parametrize("ran", [False, True])
def test_what_a_clock_that_stood_ahead_left_to_do_is_done_once_it_is_right(
    sessions: Sessions, done: list[str], ran: bool
) -> None:
    job_id = enqueue(sessions)
    age(sessions, job_id, timedelta(days=-1))
    with sessions.writing() as writing:
        writing.get_one(Job, job_id).state = JobState.RUNNING if ran else JobState.QUEUED
    assert jobs.run(sessions, {}, job_id) is None
    handed: list[UUID] = []
    assert jobs.reap(sessions, handed.append) == 1
    assert jobs.reap(sessions, handed.append) == 0
    jobs.run(sessions, {}, handed[0])
    assert done == ["hello"]


def test_what_failed_and_waits_is_not_taken_for_that(sessions: Sessions, done: list[str]) -> None:
    jobs.run(sessions, {}, enqueue(sessions, "fail"))
    assert jobs.reap(sessions, lambda _: None) == 0


def test_parts_of_a_long_job_are_kept_one_by_one_with_a_sign_of_life_after_each(
    sessions: Sessions, session: Session
) -> None:
    job_id = enqueue(sessions)
    work, parts = Work(sessions, {}, job_id), [2, 1, 0]
    with sessions.writing() as writing:
        writing.get_one(Job, job_id).heartbeat_at = long_ago = clock.now() - 2 * jobs.LOST_AFTER
    alive = []

    def some(writing: Session) -> int:
        alive.append(writing.get_one(Job, job_id).heartbeat_at > long_ago)
        return len([jobs.enqueue(writing, NAME, word="kept") for _ in range(parts.pop(0))])

    assert work.repeat(some) == 3
    assert alive == [False, True, True]
    kept = session.scalars(select(Job).where(Job.name == NAME, Job.id != job_id)).all()
    assert len(kept) == 3


def test_a_job_with_a_fresh_heartbeat_is_left_alone(sessions: Sessions) -> None:
    enqueue(sessions)
    assert jobs.reap(sessions, lambda _: None) == 0


@pytest.mark.both
def test_a_recurring_job_is_never_there_twice(sessions: Sessions, session: Session) -> None:
    jobs.RECURRING[NAME] = timedelta(minutes=5)
    try:
        for _ in range(2):
            with sessions.writing() as writing:
                jobs.start_recurring(writing)
    finally:
        del jobs.RECURRING[NAME]
    assert len(session.scalars(select(Job).where(Job.name == NAME)).all()) == 1


def age(sessions: Sessions, job_id: UUID, by: timedelta) -> None:
    """As if so much time had gone by since."""
    with sessions.writing() as session:
        job = session.get_one(Job, job_id)
        job.heartbeat_at -= by + timedelta(seconds=1)
        job.due_at -= by + timedelta(seconds=1)


def test_a_queue_that_cannot_be_reached_undoes_nothing(
    app: Flask, database: str, session: Session
) -> None:
    def carry(_: UUID) -> None:
        raise OSError("no space left")

    sessions = make_sessions(database, carry=carry)
    with sessions.writing() as writing:
        job_id = jobs.enqueue(writing, NAME, word="kept").id
    sessions.engine.dispose()
    assert state(session, job_id)[0] == JobState.QUEUED


def test_a_queue_that_somebody_holds_holds_up_nobody_for_long(
    sessions: Sessions, session: Session, queue: Queue, app: Flask
) -> None:
    queue.waiting()
    begun = time.monotonic()
    with closing(sqlite3.connect(app.extensions["settings"].queue_file)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        job_id = enqueue(sessions)
    assert time.monotonic() - begun < 2 * PATIENCE
    assert state(session, job_id)[0] == JobState.QUEUED
    enqueue(sessions)
    assert queue.waiting() == 1
