"""Rules that need no provider: who is adult, who is who to whom."""

from datetime import date
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_portal.errors import WrongState
from citizen_portal.identity import actions, queries
from citizen_portal.identity.models import AccountIndex, Citizen, LinkProof, LinkState, SubjectLink
from citizen_portal.identity.queries.known import known_as
from citizen_portal.sealing import Index
from tests import make

TODAY = date(2026, 11, 22)
ONE, TWO = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(
    ("birthdate", "adult"),
    [
        ("2008-11-22", True),
        ("2008-11-23", False),
        ("1900-01-01", True),
        ("2030-01-01", False),
        ("0000-11-22", False),
        ("1980", False),
        ("1980-13-01", False),
        ("1980-1-1", False),
        ("19800101", False),
        ("1980-01-01T00:00:00Z", False),
        ("\u0661\u0669\u0668\u0660-01-01", False),
        ("", False),
        (None, False),
        (1980, False),
        (["1980-01-01"], False),
    ],
)
def test_only_a_whole_date_18_years_ago_shows_an_adult(birthdate: object, adult: bool) -> None:
    assert actions.is_adult(birthdate, on=TODAY, age=18) is adult


def test_somebody_born_on_a_leap_day_is_adult_on_the_first_of_march() -> None:
    assert not actions.is_adult("2008-02-29", on=date(2026, 2, 28), age=18)
    assert actions.is_adult("2008-02-29", on=date(2026, 3, 1), age=18)


def test_each_body_knows_a_citizen_by_another_id_under_a_key_of_its_own() -> None:
    index, other = Index(b"a" * 32), Index(b"b" * 32)
    ids = {
        actions.pairwise(index, ONE, ONE),
        actions.pairwise(index, ONE, TWO),
        actions.pairwise(index, TWO, ONE),
        actions.pairwise(other, ONE, ONE),
    }

    assert len(ids) == 4
    assert all(len(each) == 64 for each in ids)
    assert actions.pairwise(index, ONE, TWO) == actions.pairwise(index, ONE, TWO)


@pytest.mark.both
def test_an_account_is_told_by_issuer_and_subject_together(app: Flask, session: Session) -> None:
    index = app.extensions["index"]
    pairs = [("https://a", "bc"), ("https://ab", "c"), ("https://a", "bc")]

    found = [
        actions.find_or_make_citizen(session, index, issuer=issuer, subject=subject)
        for issuer, subject in pairs
    ]

    assert found[0] == found[2] != found[1]
    assert len(session.scalars(select(Citizen.id)).all()) == 2


@pytest.mark.both
def test_two_first_sign_ins_at_once_end_with_one_citizen(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = app.extensions["index"]
    first = actions.find_or_make_citizen(session, index, issuer="https://a", subject="b")
    session.flush()
    with monkeypatch.context() as blind:  # as if the other had not committed when we looked
        blind.setattr(queries, "citizen_of", lambda *_: None)
        second = actions.find_or_make_citizen(session, index, issuer="https://a", subject="b")

    assert first == second
    assert len(session.scalars(select(Citizen.id)).all()) == 1
    assert len(session.scalars(select(AccountIndex.blind)).all()) == 1


def test_a_link_that_stands_is_not_undone_by_a_lesser_answer(session: Session) -> None:
    citizen, body = make.citizen(), make.body()
    session.add_all([citizen, body])
    session.flush()
    for state in (LinkState.NOT_MATCHED, LinkState.LINKED, LinkState.AMBIGUOUS):
        actions.link(session, citizen.id, body.id, pairwise="p", state=state, proof=LinkProof.CLAIM)
        session.flush()

    assert session.scalars(select(SubjectLink.state)).one() is LinkState.LINKED


def test_an_id_that_two_bodies_have_leads_to_each_ones_own_person(session: Session) -> None:
    citizens, bodies = [make.citizen(), make.citizen()], [make.body(), make.body()]
    session.add_all([*citizens, *bodies])
    session.flush()
    for citizen, body in zip(citizens, bodies, strict=True):
        who, state = (citizen.id, body.id), LinkState.LINKED
        actions.link(session, *who, pairwise="p", state=state, proof=LinkProof.CLAIM)
        session.flush()
    known = [known_as(session, body.id, "p") for body in bodies]
    assert known == [citizen.id for citizen in citizens]

    actions.unlink(session, citizens[1].id, bodies[1].id)
    session.flush()

    known = [known_as(session, body.id, "p") for body in bodies]
    assert known == [citizens[0].id, None]


def test_what_is_not_linked_cannot_be_unlinked(session: Session) -> None:
    citizen, body = make.citizen(), make.body()
    session.add_all([citizen, body])
    session.flush()

    with pytest.raises(WrongState):
        actions.unlink(session, citizen.id, body.id)
