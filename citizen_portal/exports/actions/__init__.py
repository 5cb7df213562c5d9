"""What can happen to a copy: asked for, stopped, made, fetched, wiped."""

from citizen_portal.exports.actions.asking import MOST_A_DAY, Wish, ask, fetch, stop, stop_under_way
from citizen_portal.exports.actions.making import (
    KEPT_FOR,
    LinkEnded,
    Made,
    Stopped,
    begin,
    fail,
    finish,
    note_progress,
)
from citizen_portal.exports.actions.passing import expire, forget, give_up, hold_back, release

__all__ = [
    "KEPT_FOR",
    "LinkEnded",
    "MOST_A_DAY",
    "Made",
    "Stopped",
    "Wish",
    "ask",
    "begin",
    "expire",
    "fail",
    "fetch",
    "finish",
    "forget",
    "give_up",
    "hold_back",
    "note_progress",
    "release",
    "stop",
    "stop_under_way",
]
