"""Which side may do what with a question, and what it is then. One table; what is not in it is
refused."""

from datetime import date
from enum import StrEnum
from types import MappingProxyType

from citizen_portal.errors import WrongState
from citizen_portal.questions.models.kinds import State


class Side(StrEnum):
    CITIZEN = "citizen"
    BODY = "body"
    """Its officers and its systems alike."""


class Move(StrEnum):
    SAY_MORE = "say_more"
    WITHDRAW = "withdraw"
    ASSIGN = "assign"
    ACKNOWLEDGE = "acknowledge"
    NOTE_PROGRESS = "note_progress"
    ASK_BACK = "ask_back"
    EXTEND = "extend"
    ANSWER = "answer"


OPEN = (State.ASKED, State.ACKNOWLEDGED, State.WORKING, State.WAITING)
"""While it is one of these, the body is still to answer."""
_RUNNING = (State.ASKED, State.ACKNOWLEDGED, State.WORKING)
_Key = tuple[State, Side, Move]


def _table() -> dict[_Key, State]:
    citizen, body = Side.CITIZEN, Side.BODY
    found: dict[_Key, State] = {}
    for state in OPEN:
        found[state, citizen, Move.SAY_MORE] = state
        found[state, citizen, Move.WITHDRAW] = State.WITHDRAWN
        found[state, body, Move.ASSIGN] = state
        found[state, body, Move.ANSWER] = State.ANSWERED
    for state in _RUNNING:
        found[state, body, Move.NOTE_PROGRESS] = State.WORKING
        found[state, body, Move.ASK_BACK] = State.WAITING
        found[state, body, Move.EXTEND] = state
    found[State.WAITING, citizen, Move.SAY_MORE] = State.WORKING
    found[State.ASKED, body, Move.ACKNOWLEDGE] = State.ACKNOWLEDGED
    found[State.ASKED, body, Move.EXTEND] = State.ACKNOWLEDGED  # who needs longer, has it
    return found


def run_out(due_on: date, stopped_on: date | None, today: date) -> bool:
    """Whether a last day is over. A clock that stands still runs out on no day; one that had run
    out before is not stopped by what the body asks then."""
    return (stopped_on or today) > due_on


MOVES = MappingProxyType(_table())


def allowed(state: State, side: Side, move: Move) -> bool:
    return (state, side, move) in MOVES


def moved(state: State, side: Side, move: Move) -> State:
    """What it is after the move; raises ``WrongState`` for one that is not in the table."""
    if state is State.ANSWERED:
        raise WrongState("This question was answered already.")
    if state is State.WITHDRAWN:
        raise WrongState("This question was withdrawn.")
    if not allowed(state, side, move):
        raise WrongState("This cannot be done with the question as it stands now.")
    return MOVES[state, side, move]
