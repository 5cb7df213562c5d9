"""What was chosen, what stands of it, and what each body made of it."""

from citizen_portal.preferences.models.choices import Answer, Choice, Standing
from citizen_portal.preferences.models.effects import Effect, Feed, Followed, Reply, Status, status
from citizen_portal.preferences.models.scope import Scope, Width

__all__ = [
    "Answer",
    "Choice",
    "Effect",
    "Feed",
    "Followed",
    "Reply",
    "Scope",
    "Standing",
    "Status",
    "Width",
    "status",
]
