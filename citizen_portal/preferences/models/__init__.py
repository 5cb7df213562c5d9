"""What was chosen, what stands of it, and what each body made of it."""

from citizen_portal.preferences.models.checks import CheckLine, PreferenceCheck
from citizen_portal.preferences.models.choices import LONGEST_REASON, Answer, Choice, Standing
from citizen_portal.preferences.models.effects import (
    Effect,
    Feed,
    Followed,
    Reply,
    Status,
    deadline,
    may_refuse,
    status,
)
from citizen_portal.preferences.models.scope import Scope, Width

__all__ = [
    "LONGEST_REASON",
    "Answer",
    "CheckLine",
    "Choice",
    "Effect",
    "Feed",
    "Followed",
    "PreferenceCheck",
    "Reply",
    "Scope",
    "Standing",
    "Status",
    "Width",
    "deadline",
    "may_refuse",
    "status",
]
