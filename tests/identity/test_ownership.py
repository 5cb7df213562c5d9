"""What is one citizen's, or one session's, is found and changed under that one alone."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask import session as cookie
from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_portal import clock, jobs
from citizen_portal.audit import AuditEntry
from citizen_portal.errors import TooMany, WrongState
from citizen_portal.identity import actions, guards, queries
from citizen_portal.identity.models import CodeTry, LinkProof, LinkState, PairwiseIndex, SignIn
from citizen_portal.sealing import CannotOpen
from tests import make

BEFORE = clock.now() - timedelta(minutes=5)
PROOF = actions.Proof(assurance="", auth_time=BEFORE)


@dataclass(frozen=True)
class Pair:
    """Two citizens: the first in two sessions, the other in one."""

    one: UUID
    other: UUID
    here: UUID
    elsewhere: UUID
    others: UUID

    @property
    def places(self) -> list[UUID]:
        return [self.here, self.elsewhere, self.others]


@pytest.fixture
def pair(session: Session) -> Pair:
    citizens = [make.citizen(), make.citizen()]
    session.add_all(citizens)
    session.flush()
    one, other = (citizen.id for citizen in citizens)
    places = []
    for citizen_id in (one, one, other):
        row = actions.start(session, citizen_id, proof=PROOF).sign_in
        row.last_seen_at, row.sealed_hint = BEFORE, row.id.bytes
        places.append(row.id)
    session.commit()
    return Pair(one, other, *places)


def link(
    session: Session, citizen_id: UUID, body_id: UUID, state: LinkState = LinkState.LINKED
) -> None:
    """Keep a link; the pairwise id is of this citizen and body."""
    pairwise = f"{citizen_id.hex}{body_id.hex}"
    proof = LinkProof.CODE
    actions.link(session, citizen_id, body_id, pairwise=pairwise, state=state, proof=proof)
    session.flush()


def bodies(session: Session, number: int) -> list[UUID]:
    made = [make.body() for _ in range(number)]
    session.add_all(made)
    session.flush()
    return [body.id for body in made]


def of_all(session: Session, pair: Pair, name: str) -> list[object]:
    """One column of each of the three sessions."""
    session.flush()
    session.expire_all()
    rows = {row.id: row for row in session.scalars(select(SignIn))}
    return [getattr(rows[place], name) for place in pair.places]


@pytest.mark.both
def test_links_and_their_history_are_ones_own(session: Session, pair: Pair) -> None:
    mine, theirs = bodies(session, 2)
    link(session, pair.one, mine)
    link(session, pair.other, theirs)

    for citizen_id, own in ((pair.one, mine), (pair.other, theirs)):
        past = queries.link_history(session, citizen_id)
        assert [change.organisation_id for change in past] == [own]
        found = queries.links(session, citizen_id)
        assert [each.organisation_id for each in found] == [own]


def test_how_a_link_stands_is_told_of_one_citizen_and_one_body(
    session: Session, pair: Pair
) -> None:
    body, second = bodies(session, 2)
    link(session, pair.one, body)
    assert queries.link_state(session, pair.other, body) is None

    link(session, pair.other, body, LinkState.AMBIGUOUS)
    link(session, pair.one, second, LinkState.NOT_MATCHED)
    states = {
        (citizen_id, body_id): queries.link_state(session, citizen_id, body_id)
        for citizen_id in (pair.one, pair.other)
        for body_id in (body, second)
    }
    assert states == {
        (pair.one, body): LinkState.LINKED,
        (pair.one, second): LinkState.NOT_MATCHED,
        (pair.other, body): LinkState.AMBIGUOUS,
        (pair.other, second): None,
    }


def test_a_link_of_another_keeps_no_body_from_being_asked(session: Session, pair: Pair) -> None:
    linked, ended, refused = bodies(session, 3)
    for body, state in ((linked, LinkState.LINKED), (refused, LinkState.AMBIGUOUS)):
        link(session, pair.one, body, state)
    link(session, pair.one, ended)
    actions.unlink(session, pair.one, ended)
    session.flush()

    def asked(citizen_id: UUID) -> list[bool]:
        return [
            actions.may_ask_by_claim(session, citizen_id, body) for body in (linked, ended, refused)
        ]

    assert asked(pair.one) == [False, False, True]
    assert asked(pair.other) == [True, True, True]


def test_a_sealed_claim_opens_for_its_citizen_and_body_alone(
    app: Flask, session: Session, pair: Pair
) -> None:
    body, second = bodies(session, 2)
    sealer = app.extensions["sealer"]
    sealed = sealer.seal(b"C-1", actions.claim_context(pair.one, body))

    assert sealer.unseal(sealed, actions.claim_context(pair.one, body)) == b"C-1"
    for whose in ((pair.other, body), (pair.one, second)):
        with pytest.raises(CannotOpen):
            sealer.unseal(sealed, actions.claim_context(*whose))


@pytest.mark.both
def test_unlinking_ends_ones_own_link_to_that_body_alone(session: Session, pair: Pair) -> None:
    body, second = bodies(session, 2)
    for citizen_id, body_id in ((pair.one, body), (pair.one, second), (pair.other, body)):
        link(session, citizen_id, body_id)

    actions.unlink(session, pair.one, body)
    session.flush()

    assert [each.organisation_id for each in queries.links(session, pair.one)] == [second]
    assert [each.organisation_id for each in queries.links(session, pair.other)] == [body]
    known = {
        (row.citizen_id, row.organisation_id) for row in session.scalars(select(PairwiseIndex))
    }
    assert known == {(pair.one, second), (pair.other, body)}
    with pytest.raises(WrongState):
        actions.unlink(session, pair.other, second)


def test_the_sealed_id_token_is_of_ones_own_session(session: Session, pair: Pair) -> None:
    assert queries.sealed_hint(session, pair.one, pair.here) == pair.here.bytes
    assert queries.sealed_hint(session, pair.one, pair.elsewhere) == pair.elsewhere.bytes
    assert queries.sealed_hint(session, pair.one, pair.others) is None
    assert queries.sealed_hint(session, pair.other, pair.here) is None


def test_sessions_are_found_under_their_own_citizen(session: Session, pair: Pair) -> None:
    limits = queries.Limits(timedelta(hours=1), timedelta(hours=8))

    assert queries.sign_in(session, pair.other, pair.here) is None
    assert {each.id for each in queries.sign_ins(session, pair.one, limits=limits)} == {
        pair.here,
        pair.elsewhere,
    }
    assert [each.id for each in queries.sign_ins(session, pair.other, limits=limits)] == [
        pair.others
    ]


def test_a_session_that_was_ended_cannot_be_stepped_up(session: Session, pair: Pair) -> None:
    assert actions.end(session, pair.one, pair.here)
    session.flush()
    before = of_all(session, pair, "token_digest")

    with pytest.raises(WrongState):
        actions.step_up(session, pair.one, pair.here, proof=PROOF)

    assert of_all(session, pair, "token_digest") == before
    assert not session.scalars(
        select(AuditEntry).where(AuditEntry.tag == "citizen:stepped-up")
    ).all()


def test_stepping_up_changes_ones_own_session_alone(session: Session, pair: Pair) -> None:
    with pytest.raises(WrongState):
        actions.step_up(session, pair.other, pair.here, proof=PROOF)
    before = of_all(session, pair, "token_digest")

    actions.step_up(session, pair.one, pair.here, proof=PROOF)

    after = of_all(session, pair, "token_digest")
    assert [old == new for old, new in zip(before, after, strict=True)] == [False, True, True]


def test_being_seen_changes_exactly_that_session(session: Session, pair: Pair) -> None:
    actions.note_seen(session, pair.one, pair.others)
    assert of_all(session, pair, "last_seen_at") == [BEFORE] * 3

    actions.note_seen(session, pair.one, pair.here)
    seen, *rest = of_all(session, pair, "last_seen_at")
    assert (seen != BEFORE, rest) == (True, [BEFORE] * 2)


def test_ending_a_session_ends_exactly_that_one_once(session: Session, pair: Pair) -> None:
    assert not actions.end(session, pair.one, pair.others)
    assert actions.end(session, pair.one, pair.here)
    session.flush()
    assert not actions.end(session, pair.one, pair.here)

    ended, *rest = of_all(session, pair, "revoked_at")
    assert (ended is not None, rest) == (True, [None, None])
    assert of_all(session, pair, "sealed_hint") == [
        None,
        pair.elsewhere.bytes,
        pair.others.bytes,
    ]
    (job,) = session.scalars(select(jobs.Job))
    assert job.arguments == {"citizen": str(pair.one), "sign_in": str(pair.here)}


def test_ending_ones_other_sessions_ends_those_of_nobody_else(session: Session, pair: Pair) -> None:
    actions.end_others(session, pair.one, but=pair.here)

    ended = [moment is not None for moment in of_all(session, pair, "revoked_at")]
    assert ended == [False, True, False]


def test_tries_are_counted_and_cleared_for_each_citizen(session: Session, pair: Pair) -> None:
    old = clock.now() - actions.TRIES_WITHIN
    session.add_all(CodeTry(citizen_id=each, at=old) for each in (pair.one, pair.other))
    for _ in range(actions.MOST_TRIES):
        actions.note_try(session, pair.one)
    with pytest.raises(TooMany):
        actions.note_try(session, pair.one)

    kept = session.scalars(select(CodeTry.at).where(CodeTry.citizen_id == pair.other)).all()
    assert kept == [old]
    actions.note_try(session, pair.other)


@pytest.mark.both
def test_a_code_is_taken_once(session: Session) -> None:
    assert actions.use_code(session, "a" * 64)
    session.commit()

    assert not actions.use_code(session, "a" * 64)
    assert actions.use_code(session, "b" * 64)
    assert [queries.code_was_used(session, each * 64) for each in "abc"] == [True, True, False]


def test_who_enters_finds_nothing_in_the_cookie_of_whoever_was_there(
    app: Flask, session: Session, pair: Pair
) -> None:
    started = actions.start(session, pair.other, proof=PROOF)
    session.commit()

    with app.test_request_context():
        cookie.update(planted="x", language="cy", _user_id=f"{pair.one}:{pair.here}:token")
        who = guards.enter(started)

        assert "planted" not in cookie
        assert (cookie["language"], cookie["_user_id"]) == ("cy", who.get_id())
