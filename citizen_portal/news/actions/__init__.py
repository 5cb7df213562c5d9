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
from citizen_portal.news.actions.stopping import digest_of, go_on, stop, stop_token
from citizen_portal.news.actions.telling import Due, begin_mail, note_news, note_told
from citizen_portal.news.actions.wishing import begin_look, choose, make_feed, remove_feed

__all__ = [
    "CODES_WITHIN",
    "MOST_CODES",
    "MOST_TRIES",
    "VALID_FOR",
    "Due",
    "address_context",
    "ask_again",
    "begin_look",
    "begin_mail",
    "choose",
    "confirm",
    "digest",
    "digest_of",
    "forget_asked",
    "go_on",
    "make_feed",
    "name",
    "note_code_sent",
    "note_news",
    "note_not_working",
    "note_told",
    "note_try",
    "remove",
    "remove_feed",
    "stop",
    "stop_token",
]
