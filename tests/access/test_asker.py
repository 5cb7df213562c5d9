"""Asking for a citizen: who is asked, how often, and what pages may wait for."""

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from citizen_portal import clock
from citizen_portal.access.models import Answer, Fault
from citizen_portal.access.queries import SourceState
from citizen_portal.bodies.models import Protocol
from citizen_portal.bodies.models import Source as SourceRow
from citizen_portal.dashboard.remote import planning
from citizen_portal.errors import NotFound
from citizen_portal.identity.models import LinkState
from citizen_portal.settings import Settings
from tests.access import world
from tests.access.conftest import Body


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Asked for long enough that no question is given up on a busy machine."""
    return settings.model_copy(update={"ask_seconds": world.PATIENCE})


def test_both_questions_are_asked_and_answered(
    app: Flask, session: Session, body: Body, address: str
) -> None:
    who = world.somebody(session)
    source = world.source_at(session, address, who)

    answer = world.ask(app, who)[source.id]

    pairwise = world.pairwise_of(who, source.organisation_id)
    assert sorted(body.asked) == [("accesses", pairwise), ("holdings", pairwise)]
    assert answer.state is SourceState.ANSWERED
    assert [holding["dataset"] for holding in answer.holdings] == ["addresses"]
    assert answer.window_from is not None
    assert answer.answered_at is not None
    assert world.actions_of(world.events(app, who)) == ["Checked an address"]
    session.expire_all()
    kept = session.get_one(SourceRow, source.id)
    assert (kept.window_from, kept.last_answer_at is not None) == (answer.window_from, True)


def test_fresh_answers_are_not_asked_for_again(
    app: Flask, session: Session, body: Body, address: str
) -> None:
    who = world.somebody(session)
    world.source_at(session, address, who)
    for _ in range(3):
        world.asker(app).begin(who)
        world.ask(app, who)
    another_process = world.asker_elsewhere(app)
    assert another_process.wait(who, world.PATIENCE)
    assert len(body.asked) == 2


def test_another_session_asks_for_itself(
    app: Flask, session: Session, body: Body, address: str
) -> None:
    who = world.somebody(session)
    world.source_at(session, address, who)
    world.ask(app, who)
    later = world.signed_in(session, who.citizen_id)

    assert world.events(app, later) == []
    world.ask(app, later)

    assert len(body.asked) == 4
    assert len(world.events(app, later)) == 1


def test_a_body_that_is_linked_later_is_asked_at_the_next_page(
    app: Flask, session: Session, body: Body, address: str
) -> None:
    who = world.somebody(session)
    assert world.ask(app, who) == {}
    source = world.source_at(session, address, who)
    assert world.ask(app, who)[source.id].state is SourceState.ANSWERED


def test_one_source_is_asked_again_on_demand(
    app: Flask, session: Session, body: Body, address: str
) -> None:
    who = world.somebody(session)
    source = world.source_at(session, address, who)
    body.broken = True
    assert world.ask(app, who)[source.id].fault is Fault.SAID_ERROR
    body.broken = False

    world.asker(app).again(who, source.id)
    assert world.ask(app, who)[source.id].fault is Fault.SAID_ERROR
    assert len(body.asked) == 2, "not so soon after it was asked"
    long_ago = clock.now() - planning.COOL_DOWN
    session.execute(update(Answer).values(asked_at=long_ago))
    session.commit()
    world.asker(app).again(who, source.id)

    assert world.ask(app, who)[source.id].state is SourceState.ANSWERED
    assert len(body.asked) == 4


def test_only_sources_of_linked_bodies_are_asked(
    app: Flask, session: Session, body: Body, address: str
) -> None:
    who, other = world.somebody(session), world.somebody(session)
    linked = world.source_at(session, address, who)
    unlinked = world.source_at(session, address, other)
    pushing = world.source_at(session, address, who, protocol=Protocol.PUSH)
    silent = world.source_at(session, None, who, protocol=Protocol.NONE)

    for source in (unlinked, silent):
        with pytest.raises(NotFound):
            world.asker(app).again(who, source.id)
    states = {key: answer.state for key, answer in world.ask(app, who).items()}

    assert states == {
        linked.id: SourceState.ANSWERED,
        unlinked.id: SourceState.NOT_COVERED,
        pushing.id: SourceState.ANSWERED,
        silent.id: SourceState.NOT_CONNECTED,
    }
    assert len(body.asked) == 3, "a source that sends accesses itself is asked what it holds only"


@pytest.mark.parametrize("state", [LinkState.AMBIGUOUS, LinkState.NOT_MATCHED])
def test_a_link_that_is_not_sure_is_no_link(
    app: Flask, session: Session, body: Body, address: str, state: LinkState
) -> None:
    who, other = world.somebody(session), world.somebody(session)
    source = world.source_at(session, address, other)
    world.link(session, who, source.organisation_id, state)
    with pytest.raises(NotFound):
        world.asker(app).again(who, source.id)
    assert world.ask(app, who)[source.id].state is SourceState.NOT_COVERED
    assert body.asked == []


def test_what_an_unlinked_body_answered_is_shown_no_longer(
    app: Flask, session: Session, address: str
) -> None:
    who = world.somebody(session)
    source = world.source_at(session, address, who)
    world.ask(app, who)
    world.unlink(session, who, source.organisation_id)
    assert world.events(app, who) == []
    assert world.answers(app, who)[source.id].holdings == ()


def test_waiting_ends_in_time_and_the_answer_comes_later(
    app: Flask, session: Session, body: Body, address: str
) -> None:
    who = world.somebody(session)
    source = world.source_at(session, address, who)
    body.open.clear()

    assert not world.asker(app).wait(who, 0.1)
    asking = world.answers(app, who)[source.id]
    body.open.set()
    answered = world.ask(app, who)[source.id]

    assert (asking.state, asking.fault) == (SourceState.ASKING, None)
    assert answered.state is SourceState.ANSWERED


def test_another_process_sees_what_is_being_asked_and_waits_for_it(
    app: Flask, session: Session, body: Body, address: str
) -> None:
    who = world.somebody(session)
    source = world.source_at(session, address, who)
    body.open.clear()
    assert not world.asker(app).wait(who, 0.2)
    elsewhere = world.asker_elsewhere(app)

    assert not elsewhere.wait(who, 0.1)
    body.open.set()
    assert elsewhere.wait(who, world.PATIENCE)

    assert world.answers(app, who)[source.id].state is SourceState.ANSWERED
    assert len(body.asked) == 2
