"""One state per source, and the list of accesses narrowed and paged."""

from datetime import date, timedelta
from itertools import product
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from citizen_portal import clock
from citizen_portal.access import actions, queries
from citizen_portal.access.models import Fault, Outcome, Question
from citizen_portal.access.queries import (
    AccessEvent,
    Actor,
    Explanation,
    SourceState,
    WhyNot,
)
from citizen_portal.bodies.models import Organisation
from tests.access import world
from tests.access.register import GIVER, NOON, SOURCE, STRANGER, TAKER, terms, usage

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


EVENTS = st.lists(
    st.builds(
        lambda number, days, receiver, actor, explained, emergency: AccessEvent(
            id=f"{number:064x}",
            source_id=SOURCE,
            body_id=GIVER,
            receiver=receiver,
            usage=usage(occurred=NOON - timedelta(days=days), actor=actor, emergency=emergency),
            explanation=Explanation(terms()) if explained else Explanation(why_not=WhyNot.NO_RULE),
            proven=True,
        ),
        st.integers(0, 10**6),
        st.integers(0, 40),
        st.sampled_from([None, GIVER, TAKER]),
        st.sampled_from(Actor),
        st.booleans(),
        st.booleans(),
    ),
    max_size=30,
    unique_by=lambda event: event.id,
).map(queries.newest_first)


@given(EVENTS, st.integers(1, 7))
def test_pages_put_together_are_the_list(events: list[AccessEvent], size: int) -> None:
    shown: list[AccessEvent] = []
    after = None
    while True:
        page = queries.page(events, after=after, size=size)
        assert len(page.events) <= size
        shown += page.events
        after = page.after
        if after is None:
            break
    assert shown == events


@given(EVENTS)
def test_a_page_after_what_is_gone_begins_anew(events: list[AccessEvent]) -> None:
    assert queries.page(events, after="f" * 64, size=5) == queries.page(events, size=5)


@given(EVENTS, st.sampled_from([GIVER, TAKER, STRANGER]))
def test_a_body_is_met_as_the_one_that_told_or_that_received(
    events: list[AccessEvent], body: UUID
) -> None:
    kept = queries.filter(events, body=body)
    assert kept == [one for one in events if body == GIVER or body == one.receiver]


@given(EVENTS)
def test_a_period_holds_both_its_days(events: list[AccessEvent]) -> None:
    since, until = date(2026, 6, 1), date(2026, 6, 10)
    kept = queries.filter(events, since=since, until=until)
    assert kept == [one for one in events if since <= one.day <= until]


@given(EVENTS)
def test_narrowing_adds_up(events: list[AccessEvent]) -> None:
    machines = queries.filter(events, actor=Actor.MACHINE, unexplained=True)
    assert machines == queries.filter(queries.filter(events, actor=Actor.MACHINE), unexplained=True)
    assert all(one.stands_out and not one.explained for one in machines)
    people = queries.filter(events, actor={Actor.PERSON, Actor.NOT_STATED})
    assert {one.usage.actor for one in people} <= {Actor.PERSON, Actor.NOT_STATED}
