"""What can happen to citizens, their sessions and links; what can happen to officers is in
``officers``, by that name."""

from citizen_portal.identity.actions.citizens import find_or_make_citizen, is_adult
from citizen_portal.identity.actions.links import (
    LONGEST_CLAIM,
    MOST_TRIES,
    TRIES_WITHIN,
    ask_by_claim,
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
    Started,
    end,
    end_others,
    forget_sessions,
    note_seen,
    start,
    step_up,
)

__all__ = [
    "LONGEST_CLAIM",
    "MOST_TRIES",
    "TRIES_WITHIN",
    "Proof",
    "Started",
    "ask_by_claim",
    "claim_context",
    "digest",
    "end",
    "end_others",
    "find_or_make_citizen",
    "forget_sessions",
    "is_adult",
    "link",
    "may_ask_by_claim",
    "note_seen",
    "note_try",
    "pairwise",
    "start",
    "step_up",
    "unlink",
    "use_code",
]
