"""One state per source."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from citizen_portal import clock
from citizen_portal.access import actions
from citizen_portal.access.models import Answer, Fault, Outcome, Question
from citizen_portal.access.queries import SourceState
from citizen_portal.bodies.models import Organisation
from tests.access import world

EXPECTED = {
    Outcome.REFUSED: SourceState.ANSWER_REFUSED,
    Outcome.NO_ANSWER: SourceState.DID_NOT_ANSWER,
    Outcome.ASKING: SourceState.ASKING,
    Outcome.ANSWERED: SourceState.ANSWERED,
    Outcome.EMPTY: SourceState.ANSWERED_EMPTY,
}
"""From the worst to the best."""
FAULTS = {Outcome.REFUSED: Fault.TOO_LARGE, Outcome.NO_ANSWER: Fault.TOO_SLOW}
PAIRS = list(product(Outcome, Outcome))


@pytest.mark.parametrize(("accesses", "holdings"), PAIRS)
def test_a_source_is_as_its_worse_question(
    app: Flask, session: Session, accesses: Outcome, holdings: Outcome
) -> None:
    who = world.somebody(session)
    source = world.source_at(session, "http://127.0.0.1:9", who)
    now = clock.now()
    actions.keep(
        session,
        [
            actions.Kept(
                citizen_id=who.citizen_id,
                sign_in_id=who.sign_in_id,
                source_id=source.id,
                question=question,
                asked_at=now,
                expires_at=now + timedelta(minutes=1),
                outcome=outcome,
                fault=FAULTS.get(outcome),
            )
            for question, outcome in zip(Question, (accesses, holdings), strict=True)
        ],
    )
    session.commit()

    answer = world.answers(app, who)[source.id]

    worse = min((accesses, holdings), key=list(EXPECTED).index)
    assert (answer.state, answer.fault) == (EXPECTED[worse], FAULTS.get(worse))
    both_empty = accesses is holdings is Outcome.EMPTY
    assert (answer.state is SourceState.ANSWERED_EMPTY) == both_empty


def test_a_source_that_nobody_has_asked_yet_is_being_asked(app: Flask, session: Session) -> None:
    who = world.somebody(session)
    source = world.source_at(session, "http://127.0.0.1:9", who)
    assert world.answers(app, who)[source.id].state is SourceState.ASKING


def test_linked_bodies_come_first_each_by_its_name(app: Flask, session: Session) -> None:
    who, other = world.somebody(session), world.somebody(session)
    theirs = world.source_at(session, "http://127.0.0.1:9", other)
    mine = [world.source_at(session, "http://127.0.0.1:9", who) for _ in range(3)]
    names = {
        source.id: session.get_one(Organisation, source.organisation_id).name["en"]
        for source in mine
    }
    assert list(world.answers(app, who)) == [*sorted(names, key=lambda key: names[key]), theirs.id]


def test_states_alone_are_told_without_opening_an_answer(
    app: Flask, session: Session, address: str
) -> None:
    who = world.somebody(session)
    source = world.source_at(session, address, who)
    whole = world.ask(app, who)
    session.execute(update(Answer).values(sealed=b"not to be opened"))
    session.commit()

    alone = world.answers(app, who, with_contents=False)

    assert whole[source.id].holdings
    assert alone == {id: replace(answer, holdings=()) for id, answer in whole.items()}
