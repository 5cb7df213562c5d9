"""What can happen to choices: made, sent to bodies, answered, found again."""

from citizen_portal.preferences.actions.answering import Said, acknowledge, reason_context
from citizen_portal.preferences.actions.choosing import Wish, choose, objection_context
from citizen_portal.preferences.actions.recovering import (
    Ground,
    Held,
    begin,
    end,
    give_up,
    hear_held,
)
from citizen_portal.preferences.actions.sending import hear, note_read, send_some
from citizen_portal.preferences.actions.telling import Due, tell_what_changed

__all__ = [
    "Due",
    "Ground",
    "Held",
    "Said",
    "Wish",
    "acknowledge",
    "begin",
    "choose",
    "end",
    "give_up",
    "hear",
    "hear_held",
    "note_read",
    "objection_context",
    "reason_context",
    "send_some",
    "tell_what_changed",
]
