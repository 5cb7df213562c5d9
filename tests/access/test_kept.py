"""What is kept of answers, for whom, for how long; and asking for one access again."""

from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from citizen_portal import clock
from citizen_portal.access import actions
from citizen_portal.access.models import Answer, Fault, Outcome, Question
from citizen_portal.access.queries import SourceState
from citizen_portal.errors import NotFound, Unavailable
from citizen_portal.identity.models import SignIn
from tests.access import world
from tests.access.conftest import Body
from tests.fakes.body import USAGE


def test_a_session_that_was_ended_keeps_nothing(
    app: Flask, session: Session, body: Body, address: str
) -> None:
    who = world.somebody(session)
    world.source_at(session, address, who)
    session.execute(update(SignIn).values(revoked_at=clock.now()))
    session.commit()
    assert world.asker(app).wait(who, world.PATIENCE)
    assert session.scalar(select(func.count()).select_from(Answer)) == 0


def test_a_question_that_its_asker_left_counts_as_not_answered(
    app: Flask, session: Session, address: str
) -> None:
    who = world.somebody(session)
    source = world.source_at(session, address, who)
    past = clock.now() - timedelta(seconds=13)
    facts = {"until": (past + timedelta(seconds=12)).isoformat()}
    actions.keep(
        session,
        [
            actions.Kept(
                citizen_id=who.citizen_id,
                sign_in_id=who.sign_in_id,
                source_id=source.id,
                question=question,
                asked_at=past,
                expires_at=past + timedelta(minutes=15),
                facts=facts,
            )
            for question in Question
        ],
    )
    session.commit()

    answer = world.answers(app, who)[source.id]

    assert (answer.state, answer.fault) == (SourceState.DID_NOT_ANSWER, Fault.TOO_SLOW)
    assert answer.outcomes[Question.HOLDINGS] == (Outcome.NO_ANSWER, Fault.TOO_SLOW)


@pytest.mark.both
def test_answers_are_forgotten_when_their_time_is_over(
    app: Flask, session: Session, address: str
) -> None:
    who = world.somebody(session)
    world.source_at(session, address, who)
    world.ask(app, who)
    assert actions.forget_expired(session) == 0
    longest = session.scalar(select(func.max(Answer.expires_at)))
    assert longest is not None
    assert longest <= clock.now() + timedelta(minutes=15)
    session.execute(update(Answer).values(expires_at=clock.now()))
    session.commit()

    assert world.events(app, who) == []
    assert actions.forget_expired(session) == 2


def test_what_has_expired_of_a_citizen_goes_when_they_get_new_answers(
    app: Flask, session: Session, address: str
) -> None:
    who, other = world.somebody(session), world.somebody(session)
    for each in (who, other):
        world.source_at(session, address, each)
        world.ask(app, each)
    session.execute(update(Answer).values(expires_at=clock.now()))
    session.commit()

    later = world.signed_in(session, who.citizen_id)
    world.ask(app, later)

    left = session.execute(select(Answer.citizen_id, Answer.sign_in_id).distinct()).all()
    assert {tuple(row) for row in left} == {
        (later.citizen_id, later.sign_in_id),
        (other.citizen_id, other.sign_in_id),
    }


@pytest.mark.both
def test_what_is_kept_is_sealed(app: Flask, session: Session, address: str) -> None:
    who = world.somebody(session)
    world.source_at(session, address, who)
    world.ask(app, who)
    for answer in session.scalars(select(Answer)):
        assert answer.sealed is not None
        for text in (b"Checked", b"addresses", b"2026", b"Somebody"):
            assert text not in answer.sealed
        assert "Checked" not in str(answer.facts)


@pytest.mark.both
def test_nobody_reads_the_answers_of_another(app: Flask, session: Session, address: str) -> None:
    who, other = world.somebody(session), world.somebody(session)
    source = world.source_at(session, address, who)
    world.link(session, other, source.organisation_id)
    world.ask(app, who)
    mixed = world.Who(other.citizen_id, who.sign_in_id)
    assert world.events(app, other) == world.events(app, mixed) == []
    (event,) = world.events(app, who)
    with pytest.raises(NotFound):
        world.asker(app).find_one(other, event.id, upto=world.PATIENCE)


def test_one_access_is_asked_for_by_its_name_and_day_only(
    app: Flask, session: Session, body: Body, address: str
) -> None:
    who = world.somebody(session)
    world.source_at(session, address, who)
    body.rows = [USAGE, USAGE, USAGE | {"logtime": "2026-05-05T00:00:00Z"}]
    world.ask(app, who)
    before = len(body.asked)

    for event in world.events(app, who):
        assert world.asker(app).find_one(who, event.id, upto=world.PATIENCE) == event

    assert len(body.asked) == before + 3


def test_an_access_that_the_source_shows_no_longer_is_none(
    app: Flask, session: Session, body: Body, address: str
) -> None:
    who = world.somebody(session)
    world.source_at(session, address, who)
    world.ask(app, who)
    (event,) = world.events(app, who)
    body.rows = []
    assert world.asker(app).find_one(who, event.id, upto=world.PATIENCE) is None
    body.broken = True
    with pytest.raises(Unavailable):
        world.asker(app).find_one(who, event.id, upto=world.PATIENCE)


def test_a_name_that_was_made_up_asks_nobody(
    app: Flask, session: Session, body: Body, address: str
) -> None:
    who = world.somebody(session)
    world.source_at(session, address, who)
    with pytest.raises(NotFound):
        world.asker(app).find_one(who, uuid4().hex * 2, upto=world.PATIENCE)
    assert body.asked == []
