"""What bodies answered or sent about accesses to a citizen's data."""

from citizen_portal.access.models.answers import Answer, Fault, Outcome, Question
from citizen_portal.access.models.digests import Digest, DigestPart
from citizen_portal.access.models.events import PushedEvent, Received, Refusal, Tally
from citizen_portal.access.models.holds import (
    HeldEvent,
    Hold,
    HoldDecision,
    HoldState,
    Protects,
    Verdict,
)
from citizen_portal.access.models.kinds import Actor, Result, Role, Trigger
from citizen_portal.access.models.totals import ActivityTotal

__all__ = [
    "ActivityTotal",
    "Actor",
    "Answer",
    "Digest",
    "DigestPart",
    "Fault",
    "HeldEvent",
    "Hold",
    "HoldDecision",
    "HoldState",
    "Outcome",
    "Protects",
    "PushedEvent",
    "Question",
    "Received",
    "Refusal",
    "Result",
    "Role",
    "Tally",
    "Trigger",
    "Verdict",
]
