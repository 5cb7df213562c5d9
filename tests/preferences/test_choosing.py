"""Choices as they are made: what stands, what bodies are told, what is kept."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.exc import DatabaseError

from citizen_portal.errors import NotFound, WrongState
from citizen_portal.identity import actions as identity
from citizen_portal.preferences.models import Answer, Choice, Scope
from citizen_portal.preferences.queries import Made, history, standing
from tests.preferences.town import DUE, RESEARCH, Town, about

NO, YES, AS_BEFORE = Answer.NO, Answer.YES, Answer.AS_BEFORE


@pytest.mark.both
def test_a_no_to_one_agreement_tells_its_two_bodies(town: Town) -> None:
    me = town.person()
    choice = town.choose(me, about("DSA-0001"))

    effects = town.effects(me)
    assert town.told(me) == {("DSA-0001", "clinic"): False, ("DSA-0001", "council"): False}
    assert {row.choice_id for row in effects} == {choice}
    assert all(row.objection and row.due_on == DUE.objection for row in effects)
    assert [row.subject for row in effects] == [
        town.known_as(me, slug) for slug in ("clinic", "council")
    ]


def test_an_opt_out_is_no_objection_and_has_its_own_time(town: Town) -> None:
    me = town.person()
    town.choose(me, about("DSA-0002"))
    assert {(row.objection, row.due_on) for row in town.effects(me)} == {(False, DUE.other)}


def test_bodies_that_do_not_know_the_citizen_are_not_told(town: Town) -> None:
    me = town.person("council")
    town.choose(me, about("DSA-0001"))
    assert town.told(me) == {("DSA-0001", "council"): False}


def test_saying_the_same_again_changes_nothing(town: Town) -> None:
    me = town.person()
    first = town.choose(me, about("DSA-0001"))
    assert town.choose(me, about("DSA-0001")) == first
    assert len(made(town, me)) == 1
    assert len(town.effects(me, current=False)) == 2


def test_a_change_of_mind_is_told_with_a_higher_version(town: Town) -> None:
    me = town.person()
    town.choose(me, about("DSA-0002"))
    before = {row.organisation_id: row.version for row in town.effects(me)}
    town.choose(me, about("DSA-0002"), AS_BEFORE)

    after = town.effects(me)
    assert [row.may_use for row in after] == [True, True]
    assert all(row.version > before[row.organisation_id] for row in after)
    assert len(town.effects(me, current=False)) == 4
    assert [each.answer for each in made(town, me)] == [AS_BEFORE, NO]


def test_consent_is_given_and_taken_back(town: Town) -> None:
    me = town.person("university")
    town.choose(me, about("DSA-0003"), YES)
    assert town.told(me) == {("DSA-0003", "university"): True}
    town.choose(me, about("DSA-0003"), NO)
    assert town.told(me) == {("DSA-0003", "university"): False}


def test_a_wide_no_reaches_what_can_be_refused_and_nothing_else(town: Town) -> None:
    me = town.person("university")
    town.choose(me, Scope(purpose=RESEARCH))
    assert town.told(me) == {("DSA-0002", "university"): False}


def test_a_wider_no_ends_narrower_yeses_unless_they_are_kept(town: Town) -> None:
    me = town.person("university")
    town.choose(me, about("DSA-0003"), YES)
    kept = about("DSA-0002")
    town.choose(me, kept, YES)
    wide = town.choose(me, Scope(), keep=[kept.key])

    with town.sessions.reading() as session:
        stands = standing(session, me)
    assert stands.keys() == {kept.key, Scope().key}
    assert town.told(me) == {("DSA-0003", "university"): False}
    newest, ended, *_ = made(town, me)
    assert newest.id == wide
    assert (ended.scope, ended.ended_by) == (about("DSA-0003"), wide)


def test_a_yes_to_one_agreement_holds_against_an_older_wide_no(town: Town) -> None:
    me = town.person("university")
    town.choose(me, Scope())
    town.choose(me, about("DSA-0002"), YES)
    assert town.told(me) == {("DSA-0002", "university"): True}


@pytest.mark.parametrize("answer", [NO, YES])
def test_where_the_law_leaves_no_choice_none_is_kept(town: Town, answer: Answer) -> None:
    me = town.person()
    with pytest.raises(WrongState):
        town.choose(me, about("DSA-0004"), answer)
    assert made(town, me) == []


def test_an_agreement_that_is_not_there_cannot_be_chosen_about(town: Town) -> None:
    with pytest.raises(NotFound):
        town.choose(town.person(), about("DSA-9999"))


def test_nothing_is_taken_back_that_was_not_chosen(town: Town) -> None:
    with pytest.raises(WrongState):
        town.choose(town.person(), about("DSA-0001"), AS_BEFORE)


def test_somebody_who_left_chooses_nothing(town: Town, app: Flask) -> None:
    me = town.person()
    with town.sessions.writing() as session:
        identity.close(session, me, envelope=app.extensions["closed_envelope"])
    with pytest.raises(WrongState):
        town.choose(me, about("DSA-0001"))


@pytest.mark.both
def test_what_was_chosen_is_not_changed_in_the_database(town: Town) -> None:
    me = town.person()
    town.choose(me, about("DSA-0001"))
    with pytest.raises(DatabaseError, match="stays as it is"), town.sessions.writing() as session:
        session.execute(text("UPDATE choice SET answer = 'yes'"))
    assert [each.answer for each in made(town, me)] == [NO]


@pytest.mark.both
def test_a_reason_is_sealed_anew_by_another_key_alone(town: Town) -> None:
    me, sealed = town.person(), b"\1\0\0\0\1why"
    said: dict[str, Any] = {"citizen_id": me, "scope": "s", "answer": NO, "number": 1}
    with town.sessions.writing() as session:
        session.add_all([Choice(**said), Choice(**said, sealed_reason=sealed)])

    def change(was: bytes | None, to: bytes | None) -> None:
        with town.sessions.writing() as session:
            which = Choice.sealed_reason == was
            session.execute(update(Choice).where(which).values(sealed_reason=to))

    for was, to in ((sealed, sealed + b"?"), (sealed, None), (None, sealed)):
        with pytest.raises(DatabaseError, match="stays as it is"):
            change(was, to)
    anew = b"\1\0\0\0\2why"
    change(sealed, anew)
    with town.sessions.reading() as session:
        assert set(session.scalars(select(Choice.sealed_reason))) == {anew, None}


def test_an_agreement_that_has_ended_takes_no_choice(town: Town) -> None:
    document = {"starts": "2026-01-01", "ends": date(2026, 11, 19).isoformat()}
    town.publish("DSA-0005", "clinic", "council", "opt_out", RESEARCH, **document)
    with pytest.raises(NotFound):
        town.choose(town.person(), about("DSA-0005"))


def made(town: Town, citizen_id: UUID) -> list[Made]:
    """The newest first."""
    with town.sessions.reading() as session:
        return history(session, citizen_id)
