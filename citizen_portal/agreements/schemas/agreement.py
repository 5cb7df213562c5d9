"""An agreement as a register file writes it: everything that it says in public."""

from calendar import monthrange
from datetime import date
from typing import Any, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from citizen_portal.agreements.models import AgreementKind, Identifiability, Say, Stage
from citizen_portal.agreements.schemas.parts import (
    Bilingual,
    Day,
    Duration,
    Number,
    Part,
    Reference,
    Slug,
    Text,
    Url,
)

MOST_EMERGENCY_MONTHS = 6


def after_months(day: date, months: int) -> date:
    """The same day so many months later, or the last day of that month if it is shorter."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


class Party(Part):
    """An organisation of our list, or one known by name only. Exactly one of the two."""

    organisation: Slug | None = None
    name: Text | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.organisation is None) == (self.name is None):
            raise ValueError("give either organisation or name")
        return self


class Evidence(Part):
    text: Bilingual
    url: Url | None = None


class TrustAnswer(Part):
    """The answer to one question of the trust matrix. A question left out is unanswered."""

    status: Literal["answered", "not_applicable"] = "answered"
    text: Bilingual
    """The answer; or, if not applicable, the reason."""
    evidence: Evidence | None = None


class Found(Part):
    """What was found when a measure was taken."""

    on: Day
    value: Number | None = None
    text: Bilingual
    evidence: Url | None = None


class Measure(Part):
    """What was promised, so that it can be checked; and what was found. Harms and bias too."""

    id: Slug
    about: Literal["benefit", "harm", "bias"] = "benefit"
    what: Bilingual
    promised: Bilingual
    target: Number | None = None
    worse_above: bool = False
    """True when a value above the target is worse than promised (days, errors, harms)."""
    personal: bool = True
    """False when the benefit comes from data that identifies no one."""
    method: Bilingual | None = None
    baseline: Bilingual | None = None
    due: Day | None = None
    found: tuple[Found, ...] = ()


class OwnQuestion(Part):
    """A question that the project asks of itself, beside those of the trust matrix."""

    id: Slug
    ask: Bilingual
    answer: TrustAnswer | None = None


class AfterReview(Part):
    """What a look back at an emergency share found."""

    on: Day
    text: Bilingual
    evidence: Url | None = None


class Emergency(Part):
    """Why there was no time, and the look back that must follow."""

    reasons: Bilingual
    review_due: Day
    reviewed: AfterReview | None = None


class Withdrawn(Part):
    """That the parties have taken an agreement back: its last day, and why."""

    on: Day
    reason: Bilingual


class OptOut(Part):
    """Whether a national opt-out applies, and why (or why not)."""

    applies: Literal["yes", "no", "not_applicable"]
    reason: Bilingual


class AgreementDocument(Part):
    """Everything that an agreement says in public."""

    reference: Reference
    kind: AgreementKind = AgreementKind.SHARING
    title: Bilingual
    stage: Stage
    what: Bilingual
    """Read aloud, who gives what to whom: "The people who pay benefits tell your council …"."""
    purpose: Bilingual
    purpose_iri: Url | None = None
    powers: tuple[Slug, ...] = ()
    powers_as_published: tuple[Text, ...] = ()
    """Powers that the source register names and our list does not hold."""
    lawful_basis: Url | None = None
    article_9: Url | None = None
    research: bool = False
    """Whether the data is used for research or statistics (UK GDPR Article 89)."""
    disclosers: tuple[Party, ...] = ()
    recipients: tuple[Party, ...] = ()
    processors: tuple[Party, ...] = ()
    controllers_as_published: tuple[Text, ...] = ()
    """Names from a register that does not tell disclosers from recipients."""
    subjects: Bilingual | None = None
    categories: tuple[Text, ...] = ()
    """Kinds of data, as local names of the DPV personal data vocabulary: "Name", "Income"."""
    disclosed: Bilingual
    """Which data, in plain words."""
    method: Bilingual | None = None
    access_type: Bilingual | None = None
    frequency: Literal["one_off", "on_request", "subscription", "bulk"] | None = None
    retention: Duration | None = None
    starts: Day | None = None
    ends: Day | None = None
    review: Day | None = None
    areas: tuple[Text, ...] = ()
    contact: Text | None = None
    identifiability: Identifiability | None = None
    confidentiality: Literal["direct_care", "consent", "section_251", "by_law", "none"] | None = (
        None
    )
    confidentiality_reference: Text | None = None
    opt_out: OptOut | None = None
    choice: Say
    choice_reason: Bilingual | None = None
    exemption: Slug | None = None
    """The rule of law that takes the right to object away, as the region's grounds name it."""
    harm_of_not_sharing: Bilingual | None = None
    benefits: Bilingual | None = None
    """Expected benefits in words, where the register has no measures."""
    dpia: Url | None = None
    atrs: Url | None = None
    emergency: Emergency | None = None
    withdrawn: Withdrawn | None = None
    trust: dict[str, TrustAnswer] = Field(default_factory=dict)
    questions: tuple[OwnQuestion, ...] = ()
    measures: tuple[Measure, ...] = ()
    notes: Bilingual | None = None
    published: Day | None = None
    source: Text | None = None
    """Where the entry comes from and under which licence, when it was imported."""

    @model_validator(mode="after")
    def _dates(self) -> Self:
        if self.starts and self.ends and self.ends < self.starts:
            raise PydanticCustomError("ends_before_starts", "ends must not be before starts")
        return self

    @model_validator(mode="after")
    def _unlike(self) -> Self:
        if len({measure.id for measure in self.measures}) < len(self.measures):
            raise ValueError("measures must not share an id")
        if len({question.id for question in self.questions}) < len(self.questions):
            raise ValueError("questions must not share an id")
        return self

    @model_validator(mode="after")
    def _emergency(self) -> Self:
        """Short, with an end, and looked back at: or it is no emergency share."""
        if self.emergency is None:
            return self
        if self.starts is None or self.ends is None:
            raise PydanticCustomError("emergency_days", "an emergency share needs starts and ends")
        if self.ends > after_months(self.starts, MOST_EMERGENCY_MONTHS):
            raise PydanticCustomError(
                "emergency_long", "an emergency share may last 6 months at most"
            )
        if self.emergency.review_due > after_months(self.ends, MOST_EMERGENCY_MONTHS):
            raise PydanticCustomError(
                "emergency_review", "emergency.review_due must be at most 6 months after ends"
            )
        return self

    def document(self) -> dict[str, Any]:
        """What is kept: what was said, and nothing that was left out."""
        return self.model_dump(mode="json", exclude_defaults=True)
