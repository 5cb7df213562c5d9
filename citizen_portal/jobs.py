"""Later work as rows: the row is the truth, the queue carries its id and nothing else.

``enqueue`` adds the row in the caller's transaction; the id is handed to the queue once that has
committed. A row whose hand-over was lost, or whose worker died, is found by ``reap`` (its
heartbeat is old) and handed over again. So a handler may run twice and must not mind.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from huey import SqliteHuey, crontab
from huey.serializer import SignedSerializer
from sqlalchemy import CursorResult, Index, event, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from citizen_portal import clock
from citizen_portal.db import Row, Sessions

LOST_AFTER = timedelta(minutes=2)
"""A job without a heartbeat for this long has lost its worker or its place in the queue."""
MOST_ATTEMPTS = 5

log = structlog.get_logger()


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(Row, kw_only=True):
    __tablename__ = "job"
    __table_args__ = (Index(None, "state", "heartbeat_at"), Index(None, "name", "state"))

    name: Mapped[str]
    arguments: Mapped[dict[str, Any]]
    state: Mapped[JobState] = mapped_column(default=JobState.QUEUED)
    due_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    heartbeat_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    attempts: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    fault: Mapped[str | None] = mapped_column(default=None)
    """The kind of error that ended the last attempt, never its words."""


@dataclass(frozen=True)
class Work:
    """What a handler is given: its transactions, the portal's parts, and a sign of life."""

    sessions: Sessions
    parts: Any
    job_id: UUID

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        with self.sessions.writing() as session:
            yield session

    def beat(self) -> None:
        """Say that the work is going on; call it at least once a minute in long work."""
        with self.sessions.writing() as session:
            session.execute(
                update(Job).where(Job.id == self.job_id).values(heartbeat_at=clock.now())
            )


Handler = Callable[..., None]
HANDLERS: dict[str, Handler] = {}
RECURRING: dict[str, timedelta] = {}


def handler(name: str, *, every: timedelta | None = None) -> Callable[[Handler], Handler]:
    """Register the function that does the jobs of this name; ``every`` makes it recurring."""

    def register(function: Handler) -> Handler:
        HANDLERS[name] = function
        if every is not None:
            RECURRING[name] = every
        return function

    return register


def enqueue(session: Session, name: str, **arguments: Any) -> Job:
    """Add a job to the caller's transaction. Arguments are ids and plain values."""
    job = Job(name=name, arguments=arguments)
    session.add(job)
    session.info.setdefault("jobs", []).append(job.id)
    return job


@event.listens_for(Session, "after_commit")
def _hand_over(session: Session) -> None:
    carry = session.info.get("carry")
    for job_id in session.info.pop("jobs", []):
        if carry is not None:
            carry(job_id)


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop("jobs", None)


class Queue:
    """The queue of ids, in a file of its own, each message signed."""

    def __init__(self, file: Path, secret: str) -> None:
        self.huey = SqliteHuey(
            "citizen-portal",
            filename=str(file),
            results=False,
            store_intermediate_errors=False,
            serializer=SignedSerializer(secret=secret, salt="citizen-portal.jobs"),
        )
        self._run: Callable[[UUID], None] | None = None
        self._tick: Callable[[], None] | None = None
        self._task = self.huey.task(name="run_job")(self._run_one)
        self.huey.periodic_task(crontab(minute="*"), name="tick")(self._each_minute)

    def put(self, job_id: UUID) -> None:
        self._task(str(job_id))

    def waiting(self) -> int:
        """How many ids wait; raises when the queue cannot be read."""
        return int(self.huey.pending_count())

    def serve(self, run: Callable[[UUID], None], tick: Callable[[], None], workers: int) -> None:
        """Work until told to stop (SIGINT, SIGTERM)."""
        self._run, self._tick = run, tick
        tick()
        self.huey.create_consumer(workers=workers, check_worker_health=True).run()

    def _run_one(self, job_id: str) -> None:
        assert self._run is not None, "only a worker runs jobs"  # noqa: S101
        self._run(UUID(job_id))

    def _each_minute(self) -> None:
        if self._tick is not None:
            self._tick()


def run(sessions: Sessions, parts: Any, job_id: UUID) -> None:
    """Do one job, if it is still to be done and nobody else does it."""
    job = _claim(sessions, job_id)
    if job is None:
        return
    try:
        HANDLERS[job.name](Work(sessions, parts, job_id), **job.arguments)
    except Exception as error:  # a job's failure is a row, not the end of the worker
        _end_attempt(sessions, job, type(error).__name__)
        log.error("job.failed", job=job.name, fault=type(error).__name__)
    else:
        _settle(sessions, job_id, state=JobState.DONE, fault=None, ended_at=clock.now())


def reap(sessions: Sessions, put: Callable[[UUID], None]) -> int:
    """Hand over again what lost its worker or its hand-over; returns how many."""
    now = clock.now()
    lost = or_(Job.state == JobState.QUEUED, Job.state == JobState.RUNNING)
    with sessions.writing() as session:
        jobs = session.scalars(
            select(Job)
            .where(lost, Job.heartbeat_at < now - LOST_AFTER, Job.due_at <= now)
            .order_by(Job.due_at)
            .limit(500)
        ).all()
        for job in jobs:
            job.state, job.heartbeat_at = JobState.QUEUED, now
    for job in jobs:
        put(job.id)
    return len(jobs)


def start_recurring(session: Session) -> None:
    """Enqueue each recurring job whose turn has come; never two of one name at once."""
    now = clock.now()
    for name, every in sorted(RECURRING.items()):
        recent = select(Job.id).where(
            Job.name == name,
            or_(
                Job.state.in_([JobState.QUEUED, JobState.RUNNING]),
                Job.due_at > now - every,
            ),
        )
        if session.scalar(recent.limit(1)) is None:
            enqueue(session, name)


def _claim(sessions: Sessions, job_id: UUID) -> Job | None:
    with sessions.writing() as session:
        claimed = session.execute(
            update(Job)
            .where(Job.id == job_id, Job.state == JobState.QUEUED, Job.due_at <= clock.now())
            .values(state=JobState.RUNNING, heartbeat_at=clock.now(), attempts=Job.attempts + 1)
        )
        assert isinstance(claimed, CursorResult)  # noqa: S101
        return session.get(Job, job_id) if claimed.rowcount else None


def _end_attempt(sessions: Sessions, job: Job, fault: str) -> None:
    if job.attempts >= MOST_ATTEMPTS:
        _settle(sessions, job.id, state=JobState.FAILED, fault=fault, ended_at=clock.now())
        return
    later = clock.now() + timedelta(seconds=2**job.attempts * 5)
    _settle(sessions, job.id, state=JobState.QUEUED, fault=fault, due_at=later)


def _settle(sessions: Sessions, job_id: UUID, **values: Any) -> None:
    with sessions.writing() as session:
        session.execute(update(Job).where(Job.id == job_id).values(**values))
