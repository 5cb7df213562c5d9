"""Whatever people chose, the check says of each what the one rule says."""

from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from citizen_portal import clock
from citizen_portal.agreements.queries import register_terms
from citizen_portal.preferences.models import Answer, Scope, Standing
from citizen_portal.preferences.queries import decide, standing
from citizen_portal.preferences.queries.checking import checked
from tests.preferences.asking import NOBODY, Asking
from tests.preferences.town import RESEARCH, SERVICE, about

PEOPLE = 6
REFERENCES = ("DSA-0001", "DSA-0002", "DSA-0003", "DSA-0004")
BODIES = (None, "clinic", "council", "university")
WIDE = st.tuples(st.sampled_from(BODIES), st.sampled_from((None, RESEARCH, SERVICE)))
CHOICE = st.tuples(
    st.one_of(st.sampled_from(REFERENCES), WIDE),
    st.sampled_from((Answer.YES, Answer.NO)),
    st.integers(1, 3),
)


@pytest.mark.both
def test_the_check_and_the_rule_say_the_same(app: Flask) -> None:
    town = Asking(app)
    people = town.people(PEOPLE)

    @settings(max_examples=60, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.lists(CHOICE, max_size=5), min_size=PEOPLE, max_size=PEOPLE))
    def same(chosen: list[list[tuple[Any, Answer, int]]]) -> None:
        with town.sessions.writing() as session:
            session.execute(delete(Standing))
            for citizen_id, choices in zip(people, chosen, strict=True):
                session.add_all(_rows(town, citizen_id, choices))
        ids = [town.known_as(one, "clinic") for one in people]
        with town.sessions.reading() as session:
            register = register_terms(session)
            for reference in REFERENCES:
                terms = register.newest(reference)
                assert terms is not None
                by_rule = [decide(terms, standing(session, one)).may_use for one in people]
                nobody = decide(terms, {}).may_use
                found = checked(session, town.bodies["clinic"], terms, [*ids, NOBODY])
                assert list(found.answers) == [*by_rule, nobody]

    same()


def _rows(town: Asking, citizen_id: UUID, choices: list[tuple[Any, Answer, int]]) -> list[Standing]:
    """One row for each scope: the last that was drawn for it."""
    by_key = {}
    for where, answer, number in choices:
        if isinstance(where, str):
            scope = about(where)
        else:
            slug, purpose = where
            scope = Scope(organisation_id=town.bodies[slug] if slug else None, purpose=purpose)
        by_key[scope.key] = Standing(
            citizen_id=citizen_id,
            scope=scope.key,
            answer=answer,
            number=number,
            choice_id=UUID(int=number),
            made_at=clock.now(),
        )
    return list(by_key.values())
