"""What can happen to bodies, their sources and their systems, and to what they are told."""

from citizen_portal.bodies.actions.clients import (
    add_client,
    change_keys,
    forget_assertions,
    remove_client,
    use_up,
)
from citizen_portal.bodies.actions.sources import bump, note_answer, note_window

__all__ = [
    "add_client",
    "bump",
    "change_keys",
    "forget_assertions",
    "note_answer",
    "note_window",
    "remove_client",
    "use_up",
]
