"""A worker whose clock was moved while it ran destroys, signs and releases nothing."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from citizen_portal import audit, clock, jobs
from citizen_portal.access.models import Digest, Received, Refusal
from tests.access.pushing import Pushing, row
from tests.access.withholding import Withholding

YEARS = timedelta(days=3653)
NOON = time_of_day(12)
"""A day is signed some time after its end, so what counts days does not start right after one."""
BY_DATE = [
    "access.digest",
    "access.holds",
    "access.remove_outdated",
    "bodies.forget_assertions",
    "bodies.forget_deliveries",
    "bodies.forget_samples",
    "exports.expire",
    "exports.release",
    "jobs.forget_done",
]


@pytest.fixture
def clinic(app: Flask) -> Withholding:
    return Withholding(Pushing(app, "clinic"))


@pytest.fixture
def ahead(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Move the clock while the time since the machine started goes on, and note something then."""
    since_boot, real = time.clock_gettime, clock.now

    def move(by: timedelta) -> None:
        seconds = by.total_seconds()
        monkeypatch.setattr(time, "clock_gettime", lambda one: since_boot(one) - seconds)
        monkeypatch.setattr(clock, "now", lambda: real() + by)
        with app.extensions["sessions"].writing() as session:
            audit.record(session, "citizen:signed-in")

    return move


def digests(session: Session) -> int:
    session.expire_all()
    return session.scalar(select(func.count()).select_from(Digest)) or 0


def test_a_clock_that_jumped_ahead_destroys_signs_and_releases_nothing(
    clinic: Withholding,
    session: Session,
    ahead: Callable[[timedelta], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    me, mine = clinic.pushing.person()
    sent = [row(mine["clinic"]), clinic.row(mine["clinic"]), {}]
    assert clinic.pushing.send(*sent).status_code == 200
    capsys.readouterr()

    ahead(YEARS)
    for name in BY_DATE:
        clinic.work(name)

    logged = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(one["event"], one["job"]) for one in logged] == [("clock.jumped", n) for n in BY_DATE]
    assert [hold.state for hold in clinic.holds()] == ["held"]
    assert len(clinic.pushing.kept(me)) == 1
    assert clinic.pushing.count(Received) == 2
    assert clinic.pushing.count(Refusal) == 5
    assert digests(session) == 0


@pytest.mark.parametrize("by", [timedelta(minutes=59), timedelta(minutes=-59)])
def test_a_clock_that_is_set_right_by_less_than_an_hour_is_believed(
    ahead: Callable[[timedelta], None], by: timedelta
) -> None:
    ahead(by)
    assert not clock.jumped()
    ahead(by * 1.1)
    assert clock.jumped()


def test_what_starts_after_weeks_off_catches_up(
    clinic: Withholding, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock and the time since the machine started have gone on alike."""
    me, mine = clinic.pushing.person()
    clinic.pushing.send(clinic.row(mine["clinic"]))
    with clinic.pushing.app.extensions["sessions"].reading() as reading:
        first = reading.scalars(select(Received.accepted_on)).one()
    later = datetime.combine(first + timedelta(days=40), NOON, UTC)
    monkeypatch.setattr(clock, "now", lambda: later)
    with clinic.pushing.app.extensions["sessions"].writing() as writing:
        audit.record(writing, "citizen:signed-in")
    for name in BY_DATE:
        clinic.work(name)

    assert len(clinic.pushing.kept(me)) == 1
    assert digests(session) == 40


def test_recurring_jobs_go_on_once_the_clock_is_right_again(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as moved:
        later = clock.now() + YEARS
        moved.setattr(clock, "now", lambda: later)
        jobs.start_recurring(session)
        session.execute(update(jobs.Job).values(state=jobs.JobState.DONE, ended_at=later))
    jobs.start_recurring(session)
    assert session.scalars(select(jobs.Job.name).where(jobs.Job.due_at <= clock.now())).all()


def test_a_new_portal_is_not_warned_of_its_clock_before_anything_is_recorded(
    clinic: Withholding,
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    session.execute(delete(audit.AuditEntry))
    session.commit()
    capsys.readouterr()
    clinic.work()
    assert "holds.clock_jumped" not in capsys.readouterr().err
    with clinic.pushing.app.extensions["sessions"].writing() as writing:
        audit.record(writing, "citizen:signed-in")
    later = clock.now() + timedelta(days=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    clinic.work()
    assert "holds.clock_jumped" in capsys.readouterr().err
