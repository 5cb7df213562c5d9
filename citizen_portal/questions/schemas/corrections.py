"""What a body says that it put right, and what a recipient answers."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    Field,
    StringConstraints,
    model_validator,
)

from citizen_portal.agreements.schemas.parts import Day, Part
from citizen_portal.questions.models import REFERENCE
from citizen_portal.questions.models.corrections import (
    LONGEST_NAME,
    LONGEST_REASON,
    MOST_FIELDS,
    OWN_REFERENCE,
)
from citizen_portal.readable import readable
from citizen_portal.records.schemas.holdings import Dataset

MOST = 200
"""Corrections on one page of the list."""
MOST_KINDS = 20
Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_REASON),
    AfterValidator(readable),
]
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_NAME),
    AfterValidator(readable),
]
Own = Annotated[str, StringConstraints(pattern=f"^{OWN_REFERENCE}$")]
Question = Annotated[str, StringConstraints(pattern=f"^{REFERENCE}$")]


class Correction(Part):
    """What your body put right about one person, or looks at. No value of theirs."""

    reference: Own
    """Your own id of it: the same again changes nothing."""
    subject: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    """The id by which the portal means the person to you."""
    source: Annotated[str, StringConstraints(max_length=80)] | None = None
    """Which of your sources holds the set; needed where you have several."""
    dataset: Dataset
    """The set of records, as your holdings name it."""
    categories: tuple[Name, ...] = Field(min_length=1, max_length=MOST_KINDS)
    """Which kinds of data, as agreements name them."""
    fields: tuple[Name, ...] = Field((), max_length=MOST_FIELDS)
    """Names of fields, as the person reads them. Never what stands in them."""
    matter: Literal["disputed", "corrected", "erased", "restricted", "not_corrected"]
    on: Day
    """The day on which you did it, or began to look at it."""
    since: Day | None = None
    """From which day on it was wrong."""
    question: Question | None = None
    """The reference of the question that it came of."""
    reason: Reason | None = None
    """Why it is not corrected, in words that the person reads."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.matter == "not_corrected") != (self.reason is not None):
            raise ValueError("not_corrected needs reason, and nothing else has one")
        return self


class Told(BaseModel):
    """One who got the data, or may have."""

    body: str | None
    """The slug of one on the portal's list."""
    code: str
    """By which your source names it."""
    name: str | None
    by: Literal["portal", "you"]
    """Who tells it: where it does not know the person here, your body has to."""
    told: date | None
    """The day on which you said that you told it."""


class Kept(BaseModel):
    """What stands of a correction."""

    id: str
    reference: str
    matter: str
    recipients: list[Told]


class ToldBody(Part):
    """That your body told a recipient itself."""

    body: Annotated[str, StringConstraints(max_length=80)] | None = None
    code: Annotated[str, StringConstraints(max_length=500)] | None = None
    on: Day

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.body is None) == (self.code is None):
            raise ValueError("needs either body or code")
        return self


class CorrectionChange(BaseModel):
    """What another body put right, of a person whom yours knows."""

    id: str
    number: int
    """Its place in your list."""
    subject: str
    """The id by which the portal means the person to you."""
    body: str
    """Who put it right, by slug."""
    matter: Literal["corrected", "erased", "restricted"]
    on: date
    since: date | None
    """From which day on it was wrong, where the body says so."""
    categories: list[str]
    dataset: str | None
    """The set of records, as that body names it."""
    fields: list[str]


class CorrectionChanges(BaseModel):
    """One page of your list, the oldest first."""

    corrections: list[CorrectionChange]
    next: int
    """Send it as ``after`` once all of this is on your disk."""
    last: int
    more: bool


class CorrectionAcknowledgement(Part):
    """What your body did about it."""

    state: Literal["applied", "not_held", "not_applied"]
    since: Annotated[Day | None, Field(alias="from")] = None
    """From which day on it is applied."""
    reason: Reason | None = None
    """Why not, in words that the person reads."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.state == "applied") != (self.since is not None):
            raise ValueError("applied needs from, and nothing else has it")
        if (self.state == "not_applied") != (self.reason is not None):
            raise ValueError("not_applied needs reason, and nothing else has one")
        return self


class CorrectionAnswered(BaseModel):
    """What stands of your answer."""

    id: str
    state: Literal["applied", "not_held", "not_applied"]
