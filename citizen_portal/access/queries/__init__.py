"""What can be asked about accesses: how each source stands, what happened, and what explains it."""

from citizen_portal.access.models import Actor, Result, Role, Trigger
from citizen_portal.access.queries.answers import QuestionState, answers, question_states
from citizen_portal.access.queries.events import events, kinds, newest_first
from citizen_portal.access.queries.facts import (
    AccessEvent,
    Beyond,
    Explanation,
    Looks,
    Pattern,
    SourceAnswer,
    SourceState,
    Usage,
    WhyNot,
)
from citizen_portal.access.queries.ids import EventKeys, Named, Where
from citizen_portal.access.queries.matching import Explainer, explained_events

__all__ = [
    "AccessEvent",
    "Actor",
    "Beyond",
    "EventKeys",
    "Explainer",
    "Explanation",
    "Looks",
    "Named",
    "Pattern",
    "QuestionState",
    "Result",
    "Role",
    "SourceAnswer",
    "SourceState",
    "Trigger",
    "Usage",
    "Where",
    "WhyNot",
    "answers",
    "events",
    "explained_events",
    "kinds",
    "newest_first",
    "question_states",
]
