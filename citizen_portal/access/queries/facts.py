"""What is known of one access and of one source's answer: frozen facts that pages read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

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

STORED = 32
"""Characters in the id of an access that is kept here; of others the id has more."""


class Pattern(StrEnum):
    """What lifts an access by how it stands to the others; ``attention.py`` says when."""

    NEW_BODY = "new_body"
    NEW_CATEGORY = "new_category"
    BURST = "burst"
    REPEATED_ACTOR = "repeated_actor"


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
    SENDS = "sends"
    """It sends each access itself and cannot be asked."""
    ASKING = "asking"
    DID_NOT_ANSWER = "did_not_answer"
    ANSWER_REFUSED = "answer_refused"
    NOT_CONNECTED = "not_connected"
    NOT_COVERED = "not_covered"


class Usage(NamedTuple):
    """One row of a source's answer, as the source tells it. Texts are text, never markup.

    Pages make some hundred of these and of ``AccessEvent``, and a frozen dataclass takes five times
    as long to make.
    """

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

    @property
    def shown(self) -> "Usage":
        """Of a matter of somebody else's only the bodies, the power and the time are shown."""
        if self.role is Role.SELF:
            return self
        return Usage(
            occurred=self.occurred,
            action="",
            receiver_code=self.receiver_code,
            receiver_name=self.receiver_name,
            system="",
            role=self.role,
            legal_power=self.legal_power,
        )


@dataclass(frozen=True, slots=True)
class Explanation:
    """The agreement that an access fits, or why it is not explained and what it cites."""

    terms: Terms | None = None
    cites: str | None = None
    why_not: WhyNot | None = None


class AccessEvent(NamedTuple):
    """One access to the citizen's data, with the agreement that explains it if one does."""

    id: str
    source_id: UUID
    body_id: UUID
    """The body that tells of it and answers for it: the discloser."""
    recipient_id: UUID | None
    """The recipient, if its code is known in the discloser's scheme."""
    usage: Usage
    day: date
    """By the region's calendar."""
    explanation: Explanation
    proven: bool
    """Whether the source proved that its answer is about this citizen."""
    patterns: frozenset[Pattern] = frozenset()
    shown_from: datetime | None = None
    """From when it is shown after a lawful delay; none for what was never withheld."""

    @property
    def own_use(self) -> bool:
        return self.recipient_id == self.body_id

    @property
    def explained(self) -> bool:
        return self.explanation.terms is not None

    @property
    def stands_out(self) -> bool:
        return not self.explained or self.usage.emergency or bool(self.patterns)

    @property
    def stored(self) -> bool:
        """Whether it was sent to us; others are told anew for each session."""
        return len(self.id) == STORED

    @property
    def look(self) -> "Looks":
        """This access as one of those that are counted."""
        return Looks(
            body_id=self.body_id,
            recipient_id=self.recipient_id,
            receiver_code=self.usage.receiver_code,
            receiver_name=self.usage.receiver_name,
            terms=self.explanation.terms,
            actor=self.usage.actor,
            day=self.day,
            times=1,
            lifted=int(self.stands_out),
        )


class Looks(NamedTuple):
    """Accesses of one kind on one day, or on several, counted."""

    body_id: UUID
    recipient_id: UUID | None
    receiver_code: str
    receiver_name: str | None
    terms: Terms | None
    """The agreement that explains them; none: not explained."""
    actor: Actor
    day: date
    times: int
    lifted: int
    """How many of them stand out."""
    since: date | None = None
    """The first day, where several are counted together; ``day`` is then the last."""

    @property
    def own_use(self) -> bool:
        return self.recipient_id == self.body_id

    @property
    def first(self) -> date:
        return self.since or self.day


@dataclass(frozen=True, slots=True)
class Beyond:
    """The kinds of accesses of one body that are too many to be told one by one."""

    body_id: UUID
    explained: bool
    kinds: int
    times: int
    lifted: int
    first: date
    day: date
    """The last one."""


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
