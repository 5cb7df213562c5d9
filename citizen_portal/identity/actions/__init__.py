"""What can happen to citizens, their sessions and links; what can happen to officers is in
``officers``, by that name."""

from citizen_portal.identity.actions.citizens import find_or_make_citizen, is_adult
from citizen_portal.identity.actions.closing import (
    AT_ONCE,
    close,
    forget_closed,
    open_closed,
    remove_some,
)
from citizen_portal.identity.actions.links import (
    LONGEST_CLAIM,
    MOST_TRIES,
    TRIES_WITHIN,
    ask_by_claim,
    blind_of_code,
    claim_context,
    link,
    may_ask_by_claim,
    note_try,
    pairwise,
    unlink,
    use_code,
)
from citizen_portal.identity.actions.proof import Proof, digest
from citizen_portal.identity.actions.sessions import (
    FORGOTTEN_EVERY,
    Started,
    end,
    end_one,
    end_others,
    end_there,
    forget_sessions,
    note_seen,
    start,
    step_up,
)
from citizen_portal.identity.actions.visits import VISITS_FOR, clear_visits, forget_visits

__all__ = [
    "AT_ONCE",
    "FORGOTTEN_EVERY",
    "LONGEST_CLAIM",
    "MOST_TRIES",
    "TRIES_WITHIN",
    "VISITS_FOR",
    "Proof",
    "Started",
    "ask_by_claim",
    "blind_of_code",
    "claim_context",
    "clear_visits",
    "close",
    "digest",
    "end",
    "end_one",
    "end_others",
    "end_there",
    "find_or_make_citizen",
    "forget_closed",
    "forget_sessions",
    "forget_visits",
    "is_adult",
    "link",
    "may_ask_by_claim",
    "note_seen",
    "note_try",
    "open_closed",
    "pairwise",
    "remove_some",
    "start",
    "step_up",
    "unlink",
    "use_code",
]
