"""The documented shapes of what bodies answer (``answers``) and of what they send (``pushed``)."""

from citizen_portal.access.schemas.answers import (
    LONGEST,
    STRICT,
    Text,
    TextOrNone,
    UsagePage,
    UsageRow,
    Window,
    alive,
    moment,
    usage_page,
    validated,
    window,
)

__all__ = [
    "LONGEST",
    "STRICT",
    "Text",
    "TextOrNone",
    "UsagePage",
    "UsageRow",
    "Window",
    "alive",
    "moment",
    "usage_page",
    "validated",
    "window",
]
