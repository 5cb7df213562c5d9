"""What pages show only in the long run, counts above all, asked of the filled world alone: of a
body or citizen of whom there is less than of another."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from citizen_portal import clock
from citizen_portal.access.queries import holds
from citizen_portal.exports.actions import passing
from citizen_portal.exports.models import Export, State
from citizen_portal.news.actions import wishing
from citizen_portal.news.models import NewsWish, SafeChannel
from citizen_portal.news.queries.wishes import to_look, wants_looks
from citizen_portal.preferences.queries import records
from citizen_portal.questions.actions import spreading, telling
from citizen_portal.questions.models import Question
from citizen_portal.questions.models.corrections import Correction
from citizen_portal.questions.queries import corrections, routing
from tests.databases import Databases
from tests.isolation.copies import apart
from tests.isolation.world import STRANGE, World


@pytest.fixture
def place(world: World, databases: Databases) -> Iterator[World]:
    with apart(world, databases) as place:
        yield place


@pytest.fixture
def asked(place: World) -> Iterator[Session]:
    with place.app.extensions["sessions"].writing() as session:
        yield session


def test_of_a_body_nothing_is_counted_that_is_anothers(place: World, asked: Session) -> None:
    bodies = place.town.bodies
    assert holds.count_of(asked, bodies["clinic"], ended=False) == 2
    assert holds.count_of(asked, bodies["council"], ended=False) == 0
    assert corrections.count_of(asked, bodies["clinic"]) == 4
    assert corrections.count_of(asked, bodies["council"]) == 0
    assert corrections.position(asked, bodies["council"])[0] > 0
    assert corrections.position(asked, bodies[STRANGE]) == (0, 0)


def test_a_body_has_a_list_of_its_own(place: World, asked: Session) -> None:
    bodies = place.town.bodies
    for feed_of in (telling._feed_of, spreading._feed_of):
        for slug in ("clinic", "council", STRANGE):
            assert feed_of(asked, bodies[slug]).organisation_id == bodies[slug]


def test_a_correction_is_found_by_whose_it_is_and_who_made_it(place: World, asked: Session) -> None:
    bodies, one, other = place.town.bodies, place.one, place.other
    made = asked.scalars(select(Correction).where(Correction.citizen_id == one.id)).all()
    reference = made[0].reference
    assert corrections.known(asked, one.id, bodies["clinic"], reference) is made[0]
    assert corrections.known(asked, other.id, bodies["clinic"], reference) is None
    assert corrections.known(asked, one.id, bodies["council"], reference) is None
    for correction in made:
        for slug in ("council", "university"):
            there = corrections.recipients_at(asked, correction, bodies[slug])
            assert {each.organisation_id for each in there} <= {bodies[slug]}
    question = asked.scalars(select(Question).where(Question.citizen_id == one.id)).all()[0]
    of_question = (asked, one.id, bodies["clinic"], question.reference)
    assert corrections.question_of(*of_question) == question.id
    assert corrections.question_of(asked, one.id, bodies["council"], question.reference) is None


def test_who_takes_questions_is_looked_up_of_these_bodies(place: World, asked: Session) -> None:
    bodies = place.town.bodies
    assert set(routing.takers(asked, [bodies["clinic"]])) == {bodies["clinic"]}
    assert set(routing.takers(asked, [])) == set()


def test_a_record_over_time_is_of_one_person(place: World, asked: Session) -> None:
    clinic = place.town.bodies["clinic"]
    of_one: Any = records.record_over_time(asked, clinic, place.one.id, "DSA-0001", most=50)
    assert of_one
    assert {each.subject for each in of_one} == {place.one.known["clinic"]}


def test_wishes_and_mailboxes_of_another_are_not_ones_own(place: World, asked: Session) -> None:
    one, other = place.one.id, place.other.id
    wanted = {"looks": True, "looks_since": clock.now(), "looked_at": None}
    asked.execute(update(NewsWish).values(feed_digest=None))
    asked.execute(update(NewsWish).where(NewsWish.citizen_id == one).values(**wanted))
    wishing.begin_look(asked, other)
    assert to_look(asked, most=9) == [one]
    assert wants_looks(asked, one) is not None
    assert wants_looks(asked, other) is None
    asked.execute(delete(SafeChannel).where(SafeChannel.citizen_id == one))
    assert to_look(asked, most=9) == [], "the other's mailbox is none to tell them by"
    assert wants_looks(asked, one) is None


def test_a_copy_of_another_is_not_let_go(place: World, asked: Session) -> None:
    export = asked.scalars(select(Export).where(Export.citizen_id == place.one.id)).all()[0]
    asked.execute(update(Export).values(state=State.EXPIRED))
    passing.forget(asked, place.other.id, export.id)
    assert asked.scalar(select(Export.id).where(Export.id == export.id)) is not None
