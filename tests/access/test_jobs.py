"""The worker's rounds: are the sources well, and which answers are old."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from citizen_portal import clock, jobs
from citizen_portal.access.jobs import answers, checking
from citizen_portal.access.models import Answer
from citizen_portal.bodies.models import Protocol
from citizen_portal.identity import actions as identity_actions
from citizen_portal.settings import Settings
from tests.access import world
from tests.access.conftest import Body
from tests.fakes.body import hostile


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"ask_seconds": 0.5})


@pytest.fixture
def work(app: Flask) -> jobs.Work:
    return jobs.Work(app.extensions["sessions"], app.extensions, uuid4())


def test_both_recur() -> None:
    assert {"access.forget_answers", "access.check_sources"} <= jobs.RECURRING.keys()


def test_old_answers_are_forgotten(
    app: Flask, session: Session, address: str, work: jobs.Work
) -> None:
    old, young = world.somebody(session), world.somebody(session)
    for who in (old, young):
        world.source_at(session, address, who)
        world.ask(app, who)
    session.execute(
        update(Answer).where(Answer.citizen_id == old.citizen_id).values(expires_at=clock.now())
    )
    session.commit()

    answers.forget_answers(work)

    assert session.scalars(select(Answer.citizen_id).distinct()).all() == [young.citizen_id]


def test_what_was_answered_for_an_ended_session_is_forgotten(
    app: Flask, session: Session, address: str
) -> None:
    who = world.somebody(session)
    world.source_at(session, address, who)
    here = world.signed_in(session, who.citizen_id)
    for each in (who, here):
        world.ask(app, each)

    identity_actions.end_others(session, who.citizen_id, but=here.sign_in_id)
    session.commit()
    ended = select(jobs.Job).where(jobs.Job.name == "access.forget_session")
    job = session.scalars(ended).one()
    assert job.arguments == {"citizen": str(who.citizen_id), "sign_in": str(who.sign_in_id)}
    session.commit()
    jobs.run(app.extensions["sessions"], app.extensions, job.id)

    assert session.scalars(select(Answer.sign_in_id).distinct()).all() == [here.sign_in_id]


def test_what_one_round_found_is_kept_though_the_next_is_lost(
    app: Flask, session: Session, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "AT_ONCE", 1)
    monkeypatch.setattr(checking, "SPARE", -0.9)  # so that a round ends before its question
    who = world.somebody(session)
    job = jobs.enqueue(session, "access.check_sources")
    job.heartbeat_at = clock.now() - jobs.LOST_AFTER
    well = world.source_at(session, address, who)
    with hostile() as bad:
        slow = world.source_at(session, f"{bad}/hangs", who)

        jobs.run(app.extensions["sessions"], app.extensions, job.id)

    session.expire_all()
    assert job.state is jobs.JobState.DONE
    assert (well.last_answer_at is not None, slow.last_answer_at) == (True, None)


def test_sources_say_what_they_hold_and_nobody_is_named(
    session: Session, body: Body, address: str, work: jobs.Work
) -> None:
    who = world.somebody(session)
    source = world.source_at(session, address, who)

    checking.check_sources(work)

    session.refresh(source)
    assert source.window_from == datetime(2024, 1, 1, tzinfo=UTC)
    assert source.last_answer_at is not None
    assert body.asked == []
    assert session.scalar(select(func.count()).select_from(Answer)) == 0


def test_a_source_that_does_not_answer_holds_up_no_other(
    session: Session, address: str, work: jobs.Work, capsys: pytest.CaptureFixture[str]
) -> None:
    who = world.somebody(session)
    with hostile() as bad:
        sources = {
            manner: world.source_at(session, f"{bad}/{manner}", who)
            for manner in ("hangs", "says-500", "redirect", "not-json", "endless")
        }
        well = world.source_at(session, address, who)
        silent = world.source_at(session, None, who, protocol=Protocol.NONE)

        checking.check_sources(work)

    session.expire_all()
    for source in (*sources.values(), silent):
        assert source.last_answer_at is None
    assert well.last_answer_at is not None
    assert bad not in capsys.readouterr().err
