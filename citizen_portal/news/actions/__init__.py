"""What can happen to a citizen's safe mailbox, and to news on the way to it."""

from citizen_portal.news.actions.naming import (
    CODES_WITHIN,
    MOST_CODES,
    MOST_TRIES,
    VALID_FOR,
    address_context,
    ask_again,
    confirm,
    digest,
    forget_asked,
    name,
    note_code_sent,
    note_not_working,
    note_try,
    remove,
)
from citizen_portal.news.actions.telling import Due, begin_mail, note_news, note_told

__all__ = [
    "CODES_WITHIN",
    "MOST_CODES",
    "MOST_TRIES",
    "VALID_FOR",
    "Due",
    "address_context",
    "ask_again",
    "begin_mail",
    "confirm",
    "digest",
    "forget_asked",
    "name",
    "note_code_sent",
    "note_news",
    "note_not_working",
    "note_told",
    "note_try",
    "remove",
]
