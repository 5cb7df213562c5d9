"""The rules of one question, without a database: which side may do what, and by which day."""

from datetime import date
from itertools import product
from uuid import UUID

import pytest

from citizen_portal.codes import LETTERS
from citizen_portal.errors import WrongState
from citizen_portal.questions.models import (
    MOVES,
    OPEN,
    About,
    Kind,
    Move,
    Question,
    Side,
    State,
    allowed,
    late,
    may_extend,
    moved,
    new_reference,
)

DUE = date(2026, 3, 31)
AFTER = date(2026, 4, 1)
OF_CITIZEN = {Move.SAY_MORE, Move.WITHDRAW}
OF_BODY = set(Move) - OF_CITIZEN


def asked(kind: Kind = Kind.WHY, state: State = State.ASKED) -> Question:
    return Question(
        citizen_id=UUID(int=1),
        token="t",
        kind=kind,
        about=About.EVENT,
        organisation_id=UUID(int=2),
        subject="s",
        agreement=None,
        blind="b",
        sealed_facts=b"",
        due_on=DUE,
        state=state,
    )


def test_each_move_is_in_the_table_or_refused() -> None:
    for state, side, move in product(State, Side, Move):
        if (state, side, move) in MOVES:
            assert moved(state, side, move) is MOVES[state, side, move]
        else:
            with pytest.raises(WrongState):
                moved(state, side, move)


def test_neither_side_makes_the_moves_of_the_other() -> None:
    for state, move in product(State, Move):
        assert not (allowed(state, Side.CITIZEN, move) and move in OF_BODY)
        assert not (allowed(state, Side.BODY, move) and move in OF_CITIZEN)


def test_what_is_over_stays_over_and_what_is_open_can_be_answered() -> None:
    assert {state for state, _, _ in MOVES} == set(OPEN)
    for state in OPEN:
        assert moved(state, Side.BODY, Move.ANSWER) is State.ANSWERED
        assert moved(state, Side.CITIZEN, Move.WITHDRAW) is State.WITHDRAWN


def test_a_move_counts_and_the_last_one_closes() -> None:
    question = asked(state=State.WAITING)
    question.stopped_on = DUE
    question.move(Side.BODY, Move.ANSWER)
    assert str(question.stopped_on) == "None"
    assert (question.version, question.open) == (2, False)
    assert question.closed_at is not None
    with pytest.raises(WrongState):
        question.move(Side.CITIZEN, Move.SAY_MORE)
    assert question.version == 2


def test_a_clock_that_stands_still_runs_out_on_no_day() -> None:
    question = asked()
    assert not late(question, DUE)
    assert late(question, AFTER)
    question.stopped_on = DUE
    assert not late(question, AFTER)


def test_only_a_request_by_right_is_extended_once_and_in_time() -> None:
    assert not may_extend(asked(Kind.WHY), DUE)
    assert not may_extend(asked(Kind.COMPLAINT), DUE)
    question = asked(Kind.CORRECTION)
    assert may_extend(question, DUE)
    assert not may_extend(question, AFTER)
    question.extended_to = AFTER
    assert not may_extend(question, DUE)


def test_a_reference_can_be_read_aloud() -> None:
    drawn = {new_reference() for _ in range(200)}
    assert len(drawn) == 200
    assert all(len(one) == 11 and one[:2] == "Q-" and one[6] == "-" for one in drawn)
    assert set("".join(one[2:6] + one[7:] for one in drawn)) <= set(LETTERS)
    assert not set(LETTERS) & set("01ILOU")
