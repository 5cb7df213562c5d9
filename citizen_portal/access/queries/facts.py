"""What is known of one access and of one source's answer: frozen facts that pages read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from citizen_portal.access.models import (
    Actor,
    Fault,
    Outcome,
    Question,
    Result,
    Role,
    Trigger,
)
from citizen_portal.agreements.queries import Terms

CALENDAR = ZoneInfo("Europe/London")
"""Agreements begin and end, and people remember, by days of this calendar."""


class WhyNot(StrEnum):
    """Why an access is not explained. The ``cites_…`` ones also hold for a rule's agreement."""

    CITES_UNKNOWN = "cites_unknown"
    CITES_NOT_IN_FORCE = "cites_not_in_force"
    CITES_OTHER_DISCLOSER = "cites_other_discloser"
    CITES_OTHER_RECIPIENT = "cites_other_recipient"
    CITES_OTHER_CATEGORIES = "cites_other_categories"
    NO_RULE = "no_rule"
    SEVERAL_RULES = "several_rules"
    RULE_NOT_IN_FORCE = "rule_not_in_force"


class SourceState(StrEnum):
    """The one state of a source for a citizen: an answer, an empty one, or why there is none."""

    ANSWERED = "answered"
    ANSWERED_EMPTY = "answered_empty"
    ASKING = "asking"
    DID_NOT_ANSWER = "did_not_answer"
    ANSWER_REFUSED = "answer_refused"
    NOT_CONNECTED = "not_connected"
    NOT_COVERED = "not_covered"


@dataclass(frozen=True, slots=True)
class Usage:
    """One row of a source's answer, as the source tells it. Texts are text, never markup."""

    occurred: datetime
    action: str
    receiver_code: str
    receiver_name: str | None
    system: str
    agreement: str | None = None
    """The reference it cites, from a field of its own or standing in the action."""
    categories: tuple[str, ...] = ()
    actor: Actor = Actor.NOT_STATED
    trigger: Trigger = Trigger.NOT_STATED
    result: Result = Result.NOT_STATED
    emergency: bool = False
    processor: str | None = None
    role: Role = Role.SELF
    """What the citizen is in the matter that the access was about."""
    actor_handle: str | None = None
    legal_power: str | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The agreement that an access fits, or why it is not explained and what it cites."""

    terms: Terms | None = None
    cites: str | None = None
    why_not: WhyNot | None = None


@dataclass(frozen=True, slots=True)
class AccessEvent:
    """One access to the citizen's data, with the agreement that explains it if one does."""

    id: str
    source_id: UUID
    body_id: UUID
    """The body that tells of it and answers for it: the discloser."""
    recipient_id: UUID | None
    """The recipient, if its code is known in the discloser's scheme."""
    usage: Usage
    explanation: Explanation
    proven: bool
    """Whether the source proved that its answer is about this citizen."""

    @property
    def own_use(self) -> bool:
        return self.recipient_id == self.body_id

    @property
    def explained(self) -> bool:
        return self.explanation.terms is not None

    @property
    def stands_out(self) -> bool:
        return not self.explained or self.usage.emergency

    @property
    def day(self) -> date:
        return self.usage.occurred.astimezone(CALENDAR).date()


@dataclass(frozen=True, slots=True)
class SourceAnswer:
    """How one source stands for a citizen, in exactly one state."""

    source_id: UUID
    state: SourceState
    fault: Fault | None = None
    outcomes: Mapping[Question, tuple[Outcome, Fault | None]] = field(default_factory=dict)
    """How each question ended that the source can be asked, and what kept it from an answer."""
    proven: bool = False
    window_from: datetime | None = None
    window_to: datetime | None = None
    asked_at: datetime | None = None
    answered_at: datetime | None = None
    holdings: tuple[Mapping[str, Any], ...] = ()
    """Each ``{"dataset", "name": Words, "categories": [...], "since": date | None, "retention"}``;
    ``since`` is a date."""
    left_out: int | None = None
    """How many accesses the source has beyond what could be shown; none if it did not say."""
    partial: bool = False
    """Whether accesses are known to be missing from what is shown."""
