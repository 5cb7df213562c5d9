"""Later work as rows: the row is the truth, the queue carries its id and nothing else.

``enqueue`` adds the row in the caller's transaction; the id is handed to the queue once that has
committed. One rule for all that goes wrong: a job that is not done, and gave no sign of life for
``LOST_AFTER``, is handed over again by ``reap``, whether its handler raised, its worker died or
its hand-over was lost. After a handler that raised, the wait doubles each time. What has begun
``MOST_ATTEMPTS`` times is given up. So a handler may run twice and must not mind.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import CursorResult, and_, bindparam, delete, event, insert, or_, select, update
from sqlalchemy.orm import Session, SessionTransaction
from uuid_utils.compat import uuid7

from citizen_portal import clock
from citizen_portal.db import Sessions, connected
from citizen_portal.job import Job as Job
from citizen_portal.job import JobState as JobState
from citizen_portal.reach import Kind, Reach, of_citizen

LOST_AFTER = timedelta(minutes=2)
"""A job without a heartbeat for this long is handed over again."""
MOST_ATTEMPTS = 5
LOST = "Lost"
"""The fault of a job whose last worker died."""
DONE_FOR = timedelta(days=1)
FAILED_FOR = timedelta(days=30)
"""How long a row stays once its job has ended."""

log = structlog.get_logger()


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

    def repeat(self, some: Callable[[Session], int]) -> int:
        """Do some of it in one transaction after the other until none is left; gives how many."""
        total = 0
        while True:
            with self.transaction() as session:
                done = some(session)
            if not done:
                return total
            total += done
            self.beat()

    def beat(self) -> None:
        """Say that the work is going on; call it at least once a minute in long work."""
        with self.sessions.writing() as session:
            session.execute(
                update(Job).where(Job.id == self.job_id).values(heartbeat_at=clock.now())
            )


Handler = Callable[..., None]
HANDLERS: dict[str, Handler] = {}
RECURRING: dict[str, timedelta] = {}
LONG: set[str] = set()
PATHS: dict[str, Reach] = {}
"""How far the jobs of a name reach that are not about one citizen."""


def handler(
    name: str,
    *,
    every: timedelta | None = None,
    by_date: bool = False,
    long: bool = False,
    path: Kind | None = None,
) -> Callable[[Handler], Handler]:
    """Register the function that does the jobs of this name; ``every`` makes it recurring.

    One that destroys, signs or releases ``by_date`` does nothing while the clock has jumped.
    One that is ``long`` does not keep the others of its worker waiting. One with the argument
    ``citizen`` asks on behalf of that citizen, one of many citizens on the ``path`` that it names.
    """

    def register(function: Handler) -> Handler:
        HANDLERS[name] = _unless_jumped(name, function) if by_date else function
        if every is not None:
            RECURRING[name] = every
        if long:
            LONG.add(name)
        if path is not None:
            PATHS[name] = Reach(path)
        return function

    return register


def _unless_jumped(name: str, function: Handler) -> Handler:
    def run_if_sound(work: Work, **arguments: Any) -> None:
        if clock.jumped():
            log.error("clock.jumped", job=name)
        else:
            function(work, **arguments)

    return run_if_sound


def enqueue(session: Session, name: str, **arguments: Any) -> Job:
    """Add a job to the caller's transaction. Arguments are ids and plain values."""
    job = Job(name=name, arguments=arguments)
    session.add(job)
    session.info.setdefault("jobs", []).append(job.id)
    return job


_WAITS = select(Job.id).where(Job.name == bindparam("waits"), Job.state == JobState.QUEUED)
_ADDED = ("id", "name", "arguments", "state", "due_at", "heartbeat_at", "attempts")
_ADD_ONCE = insert(Job.__table__).from_select(  # type: ignore[arg-type]
    _ADDED,
    select(*(bindparam(name, type_=getattr(Job, name).type) for name in _ADDED)).where(
        ~_WAITS.exists()
    ),
)


def enqueue_once(session: Session, name: str) -> None:
    """Add a job without arguments, unless one of that name waits already.

    One that runs does not count: it may have looked before the caller's rows were there.
    """
    session.flush()
    now, job_id = clock.now(), uuid7()
    row = {
        "id": job_id,
        "name": name,
        "arguments": {},
        "state": JobState.QUEUED,
        "due_at": now,
        "heartbeat_at": now,
        "attempts": 0,
    }
    if connected(session).execute(_ADD_ONCE, {**row, "waits": name}).rowcount:
        session.info.setdefault("jobs", []).append(job_id)


def drop(session: Session, **arguments: str) -> None:
    """Delete the jobs that wait with these arguments: there is nothing left to do for them."""
    given = (Job.arguments[name].as_string() == value for name, value in arguments.items())
    session.execute(delete(Job).where(Job.state == JobState.QUEUED, *given))


@event.listens_for(Session, "after_commit")
def _keep(session: Session) -> None:
    session.info.setdefault("kept_jobs", []).extend(session.info.pop("jobs", ()))


@event.listens_for(Session, "after_transaction_end")
def _hand_over(session: Session, transaction: SessionTransaction) -> None:
    """Once its connection is given back: nobody who waits to write waits for the queue."""
    carry = session.info.get("carry")
    if transaction.parent is not None or carry is None:
        return
    for job_id in session.info.pop("kept_jobs", ()):
        try:
            carry(job_id)
        except Exception as error:  # the row is kept: the reaper hands it over later
            log.error("queue.not_reached", fault=type(error).__name__)


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop("jobs", None)
    session.info.pop("kept_jobs", None)


def is_long(sessions: Sessions, job_id: UUID) -> bool:
    with sessions.reading() as session:
        return session.scalar(select(Job.name).where(Job.id == job_id)) in LONG


def run(sessions: Sessions, parts: Any, job_id: UUID) -> JobState | None:
    """Do one job, if it is still to be done and nobody else does it; gives how that ended."""
    job = _claim(sessions, job_id)
    if job is None:
        return None
    try:
        work = Work(sessions.of(_reach(job)), parts, job_id)
        HANDLERS[job.name](work, **job.arguments)
    except Exception as error:  # a job's failure is a row, not the end of the worker
        _end_attempt(sessions, job, type(error).__name__)
        log.error("job.failed", job=job.name, fault=type(error).__name__)
        return JobState.FAILED
    _end(sessions, job_id, state=JobState.DONE, fault=None)
    return JobState.DONE


def _reach(job: Job) -> Reach | None:
    citizen = job.arguments.get("citizen")
    return of_citizen(UUID(citizen)) if citizen else PATHS.get(job.name)


def reap(sessions: Sessions, put: Callable[[UUID], None]) -> int:
    """Hand over again what gave no sign of life, or give it up; returns how many it hands over.

    A sign of life that is still to come was given by a clock that stood ahead, as was then the
    time at which the job is due: nobody waits for that.
    """
    now = clock.now()
    open_ = or_(Job.state == JobState.QUEUED, Job.state == JobState.RUNNING)
    silent = and_(Job.heartbeat_at < now - LOST_AFTER, Job.due_at <= now)
    with sessions.writing() as session:
        jobs = session.scalars(
            select(Job)
            .where(open_, or_(silent, Job.heartbeat_at > now + LOST_AFTER))
            .order_by(Job.due_at)
            .limit(500)
        ).all()
        again = [job for job in jobs if job.attempts < MOST_ATTEMPTS]
        for job in again:
            job.state, job.heartbeat_at = JobState.QUEUED, now
            job.due_at = min(job.due_at, now)
        for job in jobs:
            if job.attempts >= MOST_ATTEMPTS:
                job.state, job.fault, job.ended_at = JobState.FAILED, LOST, now
                job.arguments = {}
                log.error("job.failed", job=job.name, fault=LOST)
    for job in again:
        put(job.id)
    return len(again)


def start_recurring(session: Session) -> None:
    """Enqueue each recurring job whose turn has come; never two of one name at once."""
    now = clock.now()
    for name, every in sorted(RECURRING.items()):
        recent = select(Job.id).where(
            Job.name == name,
            Job.due_at <= now,  # not what a clock left there that stood too far ahead
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
        _end(sessions, job.id, state=JobState.FAILED, fault=fault)
    else:
        now = clock.now()
        due = now + LOST_AFTER * 2 ** (job.attempts - 1)
        _change(sessions, job.id, state=JobState.QUEUED, fault=fault, heartbeat_at=now, due_at=due)


def _end(sessions: Sessions, job_id: UUID, *, state: JobState, fault: str | None) -> None:
    """What is left of a job says that there was one, and of whom or what no more."""
    now = clock.now()
    _change(sessions, job_id, state=state, fault=fault, ended_at=now, arguments={})


def _change(sessions: Sessions, job_id: UUID, **values: Any) -> None:
    with sessions.writing() as session:
        session.execute(update(Job).where(Job.id == job_id).values(**values))


@handler("jobs.forget_done", every=timedelta(hours=1), by_date=True)
def forget_done(work: Work) -> None:
    """Delete the rows of jobs that ended long ago."""
    now = clock.now()
    done = and_(Job.state == JobState.DONE, Job.ended_at < now - DONE_FOR)
    failed = and_(Job.state == JobState.FAILED, Job.ended_at < now - FAILED_FOR)
    with work.transaction() as session:
        session.execute(delete(Job).where(or_(done, failed)))
