"""What is of one citizen, session, source and question is kept, opened and forgotten there."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from citizen_portal import clock
from citizen_portal.access import actions
from citizen_portal.access.models import Answer, Outcome, Question
from citizen_portal.access.queries import EventKeys, question_states
from citizen_portal.access.queries.answers import context
from citizen_portal.errors import NotFound
from citizen_portal.identity import actions as identity_actions
from citizen_portal.identity.models import SignIn
from citizen_portal.identity.queries import links
from citizen_portal.sealing import CannotOpen, Index
from tests.access import world
from tests.access.conftest import Body
from tests.access.register import usage

Key = tuple[UUID, UUID, UUID, Question]


@pytest.fixture
def asked(app: Flask, session: Session, body: Body, address: str) -> world.Who:
    """Somebody whose two sources have answered both questions."""
    who = world.somebody(session)
    for _ in range(2):
        world.source_at(session, address, who)
    world.ask(app, who)
    return who


def kept_for(who: world.Who, source_id: UUID, **given: Any) -> actions.Kept:
    usual: dict[str, Any] = {
        "question": Question.ACCESSES,
        "asked_at": clock.now(),
        "expires_at": clock.now() + timedelta(minutes=1),
        "outcome": Outcome.EMPTY,
    }
    return actions.Kept(who.citizen_id, who.sign_in_id, source_id, **usual | given)


def keys(session: Session) -> set[Key]:
    """Of each answer that is kept: whose it is, and of what."""
    rows = session.execute(
        select(Answer.citizen_id, Answer.sign_in_id, Answer.source_id, Answer.question)
    )
    return {(row[0], row[1], row[2], row[3]) for row in rows}


MOVES: dict[str, Callable[[Key, Key], Key]] = {
    "citizen": lambda own, other: (other[0], *own[1:]),
    "session": lambda own, other: (own[0], other[1], *own[2:]),
    "source": lambda own, other: (*own[:2], other[2], own[3]),
    "question": lambda own, other: (*own[:3], other[3]),
}


@pytest.mark.parametrize("moved", MOVES)
def test_a_sealed_answer_opens_in_its_own_place_alone(app: Flask, moved: str) -> None:
    sealer = app.extensions["sealer"]
    own = (UUID(int=1), UUID(int=2), UUID(int=3), Question.ACCESSES)
    other = (UUID(int=4), UUID(int=5), UUID(int=6), Question.HOLDINGS)
    now = clock.now()
    sealed = actions.Kept(*own, asked_at=now, expires_at=now).seal(sealer, b"what was answered")

    assert sealer.unseal(sealed, context(*own)) == b"what was answered"
    with pytest.raises(CannotOpen):
        sealer.unseal(sealed, context(*MOVES[moved](own, other)))


def test_an_answer_moved_to_another_citizen_does_not_open(
    app: Flask, session: Session, asked: world.Who
) -> None:
    other = world.somebody(session)
    source_id, sealed = of(session, asked, Question.ACCESSES)[0]
    link_alike(session, asked, other)
    # as whoever can write the database might do it, though not read what is sealed
    same = world.Who(other.citizen_id, asked.sign_in_id)
    session.execute(delete(Answer))
    session.execute(
        update(SignIn)
        .where(SignIn.citizen_id == asked.citizen_id)
        .values(citizen_id=other.citizen_id)
    )
    actions.keep(session, [kept_for(same, source_id, outcome=Outcome.ANSWERED, sealed=sealed)])
    session.commit()

    with pytest.raises(CannotOpen):
        world.events(app, same)


def test_an_answer_moved_to_another_session_does_not_open(
    app: Flask, session: Session, asked: world.Who
) -> None:
    later = world.signed_in(session, asked.citizen_id)
    source_id, sealed = of(session, asked, Question.ACCESSES)[0]
    actions.keep(session, [kept_for(later, source_id, outcome=Outcome.ANSWERED, sealed=sealed)])
    session.commit()

    assert world.events(app, asked)
    with pytest.raises(CannotOpen):
        world.events(app, later)


def test_an_answer_moved_to_another_source_does_not_open(
    app: Flask, session: Session, asked: world.Who
) -> None:
    (_, sealed), (second, _) = of(session, asked, Question.ACCESSES)
    place(session, second, Question.ACCESSES, sealed)

    with pytest.raises(CannotOpen):
        world.events(app, asked)


def test_an_answer_moved_to_another_question_does_not_open(
    app: Flask, session: Session, asked: world.Who
) -> None:
    source_id, sealed = of(session, asked, Question.ACCESSES)[0]
    place(session, source_id, Question.HOLDINGS, sealed)

    assert world.events(app, asked)
    with pytest.raises(CannotOpen):
        world.answers(app, asked)


def of(session: Session, who: world.Who, question: Question) -> list[tuple[UUID, bytes]]:
    """What is sealed of one question, by source."""
    rows = session.execute(
        select(Answer.source_id, Answer.sealed)
        .where(Answer.citizen_id == who.citizen_id, Answer.question == question)
        .order_by(Answer.source_id)
    )
    found = [(row[0], row[1]) for row in rows if row[1] is not None]
    session.rollback()  # lets go of SQLite's write lock
    return found


def place(session: Session, source_id: UUID, question: Question, sealed: bytes) -> None:
    """Put sealed content where it does not belong."""
    session.execute(
        update(Answer)
        .where(Answer.source_id == source_id, Answer.question == question)
        .values(sealed=sealed)
    )
    session.commit()


def link_alike(session: Session, who: world.Who, other: world.Who) -> None:
    """Link another citizen to each body of the first."""
    for found in links(session, who.citizen_id):
        world.link(session, other, found.organisation_id)


def test_an_answer_is_kept_for_living_sessions_of_their_own_citizen(session: Session) -> None:
    who, other, ended = (world.somebody(session) for _ in range(3))
    source = world.source_at(session, "http://127.0.0.1:9", who)
    identity_actions.end(session, ended.citizen_id, ended.sign_in_id)
    mixed = world.Who(who.citizen_id, other.sign_in_id)

    actions.keep(session, [kept_for(each, source.id) for each in (who, other, ended, mixed)])

    assert keys(session) == {
        (each.citizen_id, each.sign_in_id, source.id, Question.ACCESSES) for each in (who, other)
    }


def test_keeping_replaces_the_same_question_and_nothing_beside_it(session: Session) -> None:
    who = world.somebody(session)
    other = numbered_alike(session, who)
    later = world.signed_in(session, who.citizen_id)
    first, second = (world.source_at(session, "http://127.0.0.1:9", who).id for _ in range(2))
    old = [
        kept_for(each, source_id, question=question)
        for each in (who, later, other)
        for source_id in (first, second)
        for question in Question
    ]
    actions.keep(session, old)
    new = replace(old[0], outcome=Outcome.NO_ANSWER)

    actions.keep(session, [replace(new, outcome=Outcome.ASKING), new])

    assert keys(session) == {each.key for each in old}
    changed = session.scalars(select(Answer).where(Answer.outcome != Outcome.EMPTY)).all()
    assert [(each.citizen_id, each.sign_in_id) for each in changed] == [new.key[:2]]
    assert [(each.source_id, each.question) for each in changed] == [new.key[2:]]
    assert [each.outcome for each in changed] == [Outcome.NO_ANSWER]


def test_how_questions_stand_is_told_of_one_citizen_and_one_session(session: Session) -> None:
    who = world.somebody(session)
    other = numbered_alike(session, who)
    later = world.signed_in(session, who.citizen_id)
    sources = {
        each: world.source_at(session, "http://127.0.0.1:9", who).id for each in (who, other, later)
    }
    actions.keep(session, [kept_for(each, source_id) for each, source_id in sources.items()])

    for each, source_id in sources.items():
        found = question_states(session, each.citizen_id, each.sign_in_id)
        assert [state.source_id for state in found] == [source_id]


def numbered_alike(session: Session, who: world.Who) -> world.Who:
    """Somebody else whose session has the same id, which says nothing without its citizen."""
    other = world.Who(world.somebody(session).citizen_id, who.sign_in_id)
    session.execute(
        update(SignIn).where(SignIn.citizen_id == other.citizen_id).values(id=who.sign_in_id)
    )
    session.commit()
    return other


def test_only_what_has_expired_of_the_same_citizen_goes_on_keeping(session: Session) -> None:
    who, other = world.somebody(session), world.somebody(session)
    source_id = world.source_at(session, "http://127.0.0.1:9", who).id
    old = kept_for(other, source_id, expires_at=clock.now())
    actions.keep(session, [old])
    new = kept_for(who, source_id)

    actions.keep(session, [new])

    assert keys(session) == {old.key, new.key}


def test_what_is_forgotten_is_ones_own_and_of_that_source_or_session(session: Session) -> None:
    who, other = world.somebody(session), world.somebody(session)
    later = world.signed_in(session, who.citizen_id)
    first, second = (world.source_at(session, "http://127.0.0.1:9", who).id for _ in range(2))
    everywhere = [
        kept_for(each, source_id) for each in (who, later, other) for source_id in (first, second)
    ]
    actions.keep(session, everywhere)

    actions.forget(session, who.citizen_id, source_ids=[first])
    left = {
        each.key
        for each in everywhere
        if each.citizen_id != who.citizen_id or each.source_id != first
    }
    assert keys(session) == left

    actions.forget_session(session, who.citizen_id, other.sign_in_id)
    assert keys(session) == left

    actions.forget_session(session, who.citizen_id, later.sign_in_id)
    assert keys(session) == {key for key in left if key[1] != later.sign_in_id}


def test_names_of_accesses_are_under_keys_of_one_citizen() -> None:
    index, source = Index(b"k" * 32), UUID(int=9)
    one, other = (EventKeys(index, UUID(int=n)) for n in (1, 2))
    ((mine, _),), ((theirs, _),) = (each.name_all(source, [[usage()]]) for each in (one, other))

    assert mine[:32] != theirs[:32], "the day and the source"
    assert mine[32:] != theirs[32:], "the row"
    assert one.where(mine).source([source]) == source
    try:
        found = one.where(theirs).source([source])
    except NotFound:  # or it leads to no day at all
        found = None
    assert found is None
