"""What asking leaves behind of how a source answered: its time and its proof, nothing personal."""

from uuid import uuid4

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_portal import jobs
from citizen_portal.access.jobs import checking
from citizen_portal.bodies.models import Protocol, SourceSample
from citizen_portal.bodies.queries import Reach, directory
from tests.access import world
from tests.access.conftest import Body
from tests.fakes.body import hostile


def test_a_personal_answer_leaves_its_time_and_its_proof(app: Flask, session: Session) -> None:
    who = world.somebody(session)
    with hostile() as address:
        sources = {
            manner: world.source_at(session, f"{address}/{manner}", who)
            for manner in ("honest", "no-proof", "says-500", "other-subject")
        }
        world.ask(app, who)

    kept = {row.source_id: row for row in session.scalars(select(SourceSample))}
    found = {manner: kept.get(source.id) for manner, source in sources.items()}
    assert {manner: row.proven for manner, row in found.items() if row} == {
        "honest": True,
        "no-proof": False,
    }
    assert [row for row in kept.values() if not 0 <= row.ms < world.PATIENCE * 1000] == []


def test_one_that_sends_accesses_itself_is_sampled_by_what_it_holds(
    app: Flask, session: Session, body: Body, address: str
) -> None:
    who = world.somebody(session)
    source = world.source_at(session, address, who, protocol=Protocol.PUSH)
    world.ask(app, who)

    assert [row.proven for row in session.scalars(select(SourceSample))] == [True]
    session.refresh(source)
    assert source.last_answer_at is not None
    assert [what for what, _ in body.asked] == ["holdings"]


def test_a_check_leaves_a_time_without_proof_and_reckons_anew(
    app: Flask, session: Session, address: str
) -> None:
    source = world.source_at(session, address, world.somebody(session))
    checking.check_sources(jobs.Work(app.extensions["sessions"], app.extensions, uuid4()))

    (sample,) = session.scalars(select(SourceSample))
    assert (sample.source_id, sample.proven) == (source.id, None)
    with app.extensions["sessions"].reading() as reading:
        facts = directory(reading).sources[source.id]
    assert (facts.health.answer_ms, facts.reach) == (sample.ms, Reach.CONNECTED)
    assert facts.health.proves is None
