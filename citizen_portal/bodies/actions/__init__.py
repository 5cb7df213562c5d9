"""What can happen to bodies, their sources and their systems, and to what they are told."""

from citizen_portal.bodies.actions.clients import (
    add_client,
    change_keys,
    forget_assertions,
    remove_client,
    use_up,
)
from citizen_portal.bodies.actions.deliveries import (
    Message,
    Sent,
    Telling,
    forget_deliveries,
    send,
    send_each,
    settle,
    take_up,
)
from citizen_portal.bodies.actions.sources import (
    bump,
    forget_samples,
    keep_health,
    note_answer,
    note_events,
    note_window,
)
from citizen_portal.bodies.actions.webhooks import (
    remove_webhook,
    rotate_secret,
    secret_context,
    set_webhook,
)

__all__ = [
    "Message",
    "Sent",
    "Telling",
    "add_client",
    "bump",
    "change_keys",
    "forget_assertions",
    "forget_deliveries",
    "forget_samples",
    "keep_health",
    "note_answer",
    "note_events",
    "note_window",
    "remove_client",
    "remove_webhook",
    "rotate_secret",
    "secret_context",
    "send",
    "send_each",
    "set_webhook",
    "settle",
    "take_up",
    "use_up",
]
