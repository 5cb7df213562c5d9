"""What a body reads of choices, and what it answers."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    Field,
    StrictBool,
    StrictStr,
    StringConstraints,
    model_validator,
)

from citizen_portal.agreements.schemas.parts import Day, Part
from citizen_portal.preferences.actions import Said
from citizen_portal.preferences.models import LONGEST_REASON, Reply
from citizen_portal.readable import readable

MOST_CHANGES = 500
"""Changes on one page of the list."""
Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_REASON),
    AfterValidator(readable),
]
NEEDS = {"applied": ("from",), "refused": ("reason",), "not_yet": ("until", "reason")}
"""What each answer has to say beside itself."""
DATES = {"applied": ("from",), "refused": (), "not_yet": ("until",)}


class Change(BaseModel):
    """Whether your body may use the data of one person under one agreement."""

    id: str
    number: int
    """Its place in your list."""
    subject: str
    """The id by which the portal means the person to you."""
    agreement: str
    version: int
    """Of two changes for one person and agreement the one with the higher version holds."""
    may_use: bool
    objection: bool
    """It is to be weighed; meanwhile the data is not used (UK GDPR Articles 18 and 21)."""
    due: date
    """The last day for your answer."""
    statement: str
    """The same, signed for you: a compact JWS. Keep it beside what you apply."""


class Changes(BaseModel):
    """One page of your list, the oldest first."""

    changes: list[Change]
    next: int
    """Send it as ``after`` once all of this is on your disk."""
    last: int
    """The highest number of your list."""
    more: bool


class Acknowledgement(Part):
    """What your body did about one change."""

    state: Literal["applied", "refused", "not_yet"]
    since: Annotated[Day | None, Field(alias="from")] = None
    """From which day on it is applied."""
    until: Day | None = None
    """Until when it is not possible."""
    reason: Reason | None = None
    """Why not, in words that the person reads; for an objection the compelling grounds."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        said = {"from": self.since, "until": self.until, "reason": self.reason}
        for needed in NEEDS[self.state]:
            if said[needed] is None:
                raise ValueError(f"{self.state} needs {needed}")
        for name in {"from", "until"} - set(DATES[self.state]):
            if said[name] is not None:
                raise ValueError(f"{self.state} has no {name}")
        return self

    def said(self) -> Said:
        return Said(
            Reply(self.state),
            applied_from=self.since,
            not_until=self.until,
            reason=self.reason,
        )


class Answered(BaseModel):
    """What stands of your answer."""

    id: str
    state: Literal["applied", "refused", "not_yet"]


class Signed(BaseModel):
    """A flattened JWS (RFC 7515 section 7.2.2)."""

    payload: str
    protected: str
    signature: str


MOST_STATEMENTS = 500
Statement = Annotated[StrictStr, StringConstraints(max_length=20_000)]


class Statements(Part):
    """What your body holds, as the portal signed it."""

    statements: tuple[Statement, ...] = Field(max_length=MOST_STATEMENTS)
    done: StrictBool = False
    """Whether this was the last of it."""
    read_to: Annotated[int, Field(strict=True, ge=0, lt=10**16)] = 0
    """How far you had read your list."""


class Refused(BaseModel):
    row: int
    """Its number, from 1."""
    reason: str


class StatementsAnswer(BaseModel):
    """What became of them."""

    accepted: int
    found: int
    """How many choices the portal had lost."""
    errors: list[Refused]
    recovering: bool
    """Whether the portal waits for more of them."""
