"""What the worker tells of how far behind the portal is, as it stands in the database."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from citizen_portal import clock, jobs
from citizen_portal.bodies.models import Delivery, DeliveryState, SourceHealth, Webhook
from citizen_portal.cli import Operator, worker
from citizen_portal.jobs import Job, JobState
from citizen_portal.metrics import Told
from citizen_portal.metrics.counting import Work
from citizen_portal.metrics.told import TOLD
from citizen_portal.questions.models import About, Kind, Question
from citizen_portal.settings import Settings
from tests import make
from tests.metrics.scraping import Samples, told


def tells(app: Flask) -> Samples:
    return told(Work(app.extensions["sessions"], app.extensions).registry())


@pytest.mark.both
def test_an_idle_portal_is_behind_with_nothing(app: Flask) -> None:
    found = tells(app)
    assert {labels: value for (name, labels), value in found.items() if name == "portal_jobs"} == {
        ("queued",): 0,
        ("running",): 0,
        ("failed",): 0,
    }
    for name in ("portal_queue_age_seconds", "portal_delivery_age_seconds"):
        assert found[name, ()] == 0
    assert found["portal_questions_overdue", ()] == 0
    assert found["portal_database_up", ()] == 1


@pytest.mark.both
def test_the_queue_is_as_old_as_the_first_job_that_is_due(app: Flask, session: Session) -> None:
    now = clock.now()
    session.add_all(
        [
            Job(name="a", arguments={}, due_at=now - timedelta(minutes=5)),
            Job(name="a", arguments={}, due_at=now - timedelta(minutes=2)),
            Job(name="later", arguments={}, due_at=now + timedelta(hours=1)),
            Job(name="b", arguments={}, state=JobState.FAILED, due_at=now - timedelta(days=1)),
        ]
    )
    session.commit()
    found = tells(app)
    assert 300 <= found["portal_queue_age_seconds", ()] < 360
    assert found["portal_jobs", ("queued",)] == 3
    assert found["portal_jobs", ("failed",)] == 1


@pytest.mark.both
def test_messages_are_as_old_as_the_first_that_waits(app: Flask, session: Session) -> None:
    now = clock.now()
    well, ill, gone = (make.body() for _ in range(3))
    session.add_all([well, ill, gone])
    session.flush()
    for body, given in ((well, {}), (ill, {"failing_since": now}), (gone, {"stopped_at": now})):
        session.add(Webhook(organisation_id=body.id, url="https://b.test", secrets=[], **given))
    for hours, state in ((9, DeliveryState.DELIVERED), (3, DeliveryState.WAITING)):
        made = now - timedelta(hours=hours)
        session.add(
            Delivery(organisation_id=ill.id, kind="k", payload={}, state=state, made_at=made)
        )
    session.commit()
    found = tells(app)
    assert 10800 <= found["portal_delivery_age_seconds", ()] < 10860
    assert [found["portal_webhooks", (state,)] for state in ("taking", "failing", "stopped")] == [
        1,
        1,
        1,
    ]


@pytest.mark.both
def test_sources_stand_as_their_public_pages_say(app: Flask, session: Session) -> None:
    now = clock.now()
    clinic, council = make.body(slug="clinic"), make.body(slug="council")
    long_ago = now - timedelta(days=9)
    silent = make.source(clinic, last_answer_at=long_ago)
    session.add_all([clinic, council, silent, make.source(council), make.source(council)])
    session.flush()
    session.add(SourceHealth(source_id=silent.id, reckoned_at=now, patience_seconds=3600))
    session.commit()
    found = tells(app)
    assert found["portal_sources", ("clinic", "gone-quiet")] == 1
    assert found["portal_sources", ("council", "connected")] == 2


def question(session: Session, body_id: UUID, *, days: int) -> None:
    citizen = make.citizen()
    session.add(citizen)
    session.flush()
    session.add(
        Question(
            citizen_id=citizen.id,
            token=uuid4().hex,
            kind=Kind.WHY,
            about=About.EVENT,
            organisation_id=body_id,
            subject=None,
            agreement=None,
            blind="b",
            sealed_facts=b"",
            due_on=clock.now().date() + timedelta(days=days),
        )
    )


@pytest.mark.both
def test_overdue_questions_are_told_as_in_public_and_few_are_not(
    app: Flask, session: Session
) -> None:
    body = make.body()
    session.add(body)
    session.flush()
    for _ in range(9):
        question(session, body.id, days=-3)
    question(session, body.id, days=3)
    session.commit()
    assert tells(app)["portal_questions_overdue", ()] == 0, "nine are people, not a number"
    for _ in range(3):
        question(session, body.id, days=-3)
    session.commit()
    assert tells(app)["portal_questions_overdue", ()] == 10, "twelve, to the nearest five"


@contextmanager
def before_each(hear: Callable[[str], None]) -> Iterator[None]:
    """Whichever connection a statement goes by: behind the second wall it is another one."""

    def told_of(_: object, __: object, statement: str, *___: object) -> None:
        hear(statement)

    event.listen(Engine, "before_cursor_execute", told_of)
    yield
    event.remove(Engine, "before_cursor_execute", told_of)


def test_asking_costs_one_statement_for_each_number(app: Flask) -> None:
    tells(app)
    said: list[str] = []
    with before_each(said.append):
        tells(app)
    assert len([one for one in said if "FROM" in one]) == len(TOLD) == 6


def test_what_cannot_be_told_is_left_out_and_said(app: Flask) -> None:
    """So an old number is never taken for a new one, and what can be told still is."""

    def fail(_: str) -> None:
        raise OSError

    work = Work(app.extensions["sessions"], app.extensions)
    work.turn()
    with before_each(fail):
        found = told(work.registry())
    assert found["portal_database_up", ()] == 0
    assert not [one for one in found if one[0] in TOLD]
    assert found["portal_worker_turn_timestamp_seconds", ()] > 0


def test_jobs_are_counted_by_how_they_ended(app: Flask, session: Session) -> None:
    work = Work(app.extensions["sessions"], app.extensions)
    session.add(job := Job(name="jobs.forget_done", arguments={}))
    session.commit()
    ended = jobs.run(app.extensions["sessions"], app.extensions, job.id)
    assert ended is JobState.DONE
    assert jobs.run(app.extensions["sessions"], app.extensions, job.id) is None, "it is done"
    work.job(ended.value, 0.2)
    found = told(work.registry())
    assert found["portal_job_seconds_count", ("done",)] == 1
    assert found["portal_job_seconds_bucket", ("0.1", "done")] == 0
    assert found["portal_job_seconds_bucket", ("1.0", "done")] == 1


def test_a_port_that_another_worker_has_is_refused_by_its_name(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        given = settings.model_copy(update={"worker_metrics_port": port})
        operator = Operator()
        operator.__dict__["settings"] = given  # made when first asked for, otherwise
        done = CliRunner().invoke(worker, obj=operator)
    assert (done.exit_code, done.output) == (
        1,
        "Error: PORTAL_WORKER_METRICS_PORT: Address already in use\n",
    )


def test_only_states_and_public_bodies_are_labels() -> None:
    assert TOLD
    assert {label for one in TOLD.values() for label in one.labels} == {"state", "body"}
    of_bodies = [one.name for one in TOLD.values() if "body" in one.labels]
    assert of_bodies == ["portal_sources"], "what stands on the public page of each"
    assert all(isinstance(one, Told) and one.says.endswith(".") for one in TOLD.values())
