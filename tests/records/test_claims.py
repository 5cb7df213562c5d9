"""A body is asked by a verified claim, by the worker, with the claim sealed until then."""

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_portal import clock, jobs
from citizen_portal.bodies.models import Organisation
from citizen_portal.identity import actions
from citizen_portal.identity.models import LinkProof, LinkState, SubjectLink
from citizen_portal.jobs import Job, JobState
from tests.records.conftest import Town

VALUE = "C-1"


def ask(town: Town, body: Organisation, value: object = VALUE) -> UUID | None:
    """As a sign-in does; the id of the job, if there is one."""
    town.session.merge(town.citizen)
    town.session.flush()
    sealer = town.app.extensions["sealer"]
    actions.ask_by_claim(town.session, sealer, town.citizen.id, body.id, claim="card", value=value)
    town.session.commit()
    job_id = town.session.scalar(select(Job.id).where(Job.name == "records.link_by_claim"))
    town.session.rollback()  # lets go of SQLite's write lock
    return job_id


def run(app: Flask, job_id: UUID | None) -> None:
    assert job_id is not None
    jobs.run(app.extensions["sessions"], app.extensions, job_id)


def state(session: Session) -> LinkState | None:
    session.rollback()
    return session.scalar(select(SubjectLink.state))


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("C-1", LinkState.LINKED),
        ("C-2", LinkState.AMBIGUOUS),
        ("C-9", LinkState.NOT_MATCHED),
    ],
)
def test_the_body_says_whether_it_knows_the_claim(
    town: Town, app: Flask, session: Session, value: str, found: LinkState
) -> None:
    job_id = ask(town, town.body(), value)

    run(app, job_id)

    assert state(session) is found
    assert session.scalars(select(SubjectLink.proof)).one() is LinkProof.CLAIM
    notices = session.scalars(select(Job.arguments).where(Job.name == "news.first_notice")).all()
    kinds = [notice["kind"] for notice in notices]
    assert kinds == (["new_body"] if found is LinkState.LINKED else [])


def test_the_claim_is_sealed_and_then_wiped(town: Town, app: Flask, session: Session) -> None:
    job_id = ask(town, town.body(), "a-card-number")
    before = session.scalars(select(Job.arguments)).one()
    session.rollback()
    assert "a-card-number" not in str(before)

    run(app, job_id)

    session.expire_all()
    job = session.scalars(select(Job)).one()
    assert job.state is JobState.DONE
    assert job.arguments == {}


def test_a_body_that_is_away_is_asked_again_and_in_the_end_let_be(
    town: Town, app: Flask, session: Session
) -> None:
    job_id = ask(town, town.absent())

    for attempt in range(1, jobs.MOST_ATTEMPTS + 1):
        session.expire_all()
        job = session.scalars(select(Job)).one()
        assert "sealed" in job.arguments
        assert job.attempts == attempt - 1
        job.due_at = clock.now()  # as if the wait were over
        session.commit()
        run(app, job_id)

    session.expire_all()
    job = session.scalars(select(Job)).one()
    assert (job.state, set(job.arguments)) == (JobState.DONE, set())
    assert state(session) is None


def test_a_link_that_stands_or_was_ended_is_not_asked_for(town: Town, session: Session) -> None:
    body = town.body()
    session.merge(town.citizen)
    session.flush()
    pairwise = actions.pairwise(town.app.extensions["index"], town.citizen.id, body.id)
    actions.link(
        session,
        town.citizen.id,
        body.id,
        pairwise=pairwise,
        state=LinkState.LINKED,
        proof=LinkProof.CODE,
    )
    session.commit()
    assert ask(town, body) is None

    actions.unlink(session, town.citizen.id, body.id)
    session.commit()
    assert ask(town, body) is None


def test_a_link_ended_while_the_body_was_asked_stays_ended(
    town: Town, app: Flask, session: Session
) -> None:
    body = town.body()
    job_id = ask(town, body)
    pairwise = actions.pairwise(app.extensions["index"], town.citizen.id, body.id)
    actions.link(
        session,
        town.citizen.id,
        body.id,
        pairwise=pairwise,
        state=LinkState.LINKED,
        proof=LinkProof.CODE,
    )
    session.flush()
    actions.unlink(session, town.citizen.id, body.id)
    session.commit()

    run(app, job_id)

    assert state(session) is LinkState.UNLINKED


@pytest.mark.parametrize("value", [None, 7, "", "x" * 256, ["C-1"], {"a": "b"}])
def test_what_is_no_text_is_no_claim(town: Town, value: object) -> None:
    assert ask(town, town.body(), value) is None
