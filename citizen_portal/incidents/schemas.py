"""What a body's system sends of an incident, and what it is answered."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    Field,
    StrictBool,
    StringConstraints,
    model_validator,
)

from citizen_portal.agreements.schemas.faults import Fault, Sheet, checked, sheet_of
from citizen_portal.agreements.schemas.parts import Day, Exact, Part
from citizen_portal.counts import rounded
from citizen_portal.readable import readable

MOST_SUBJECTS = 100_000
MOST_BYTES = 8_000_000
LONGEST = 1_500
Model = TypeVar("Model", bound="IncidentSaid")
Plain = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST),
    AfterValidator(readable),
]
Reference = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")]
Pairwise = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Category = Annotated[Exact, StringConstraints(max_length=100)]


class PlainWords(Part):
    """One text in plain English and, where there is one, in Welsh."""

    en: Plain
    cy: Plain | None = None

    def words(self) -> dict[str, str]:
        return {"en": self.en} | ({"cy": self.cy} if self.cy else {})


class IncidentSaid(Part):
    """What went wrong, as people are to read it (UK GDPR Article 34(2))."""

    what: PlainWords
    """What happened."""
    likely: PlainWords
    """What can come of it for people."""
    done: PlainWords
    """What you have done about it."""
    advice: PlainWords
    """What people can do themselves."""
    contact: PlainWords
    """Whom they can ask: Article 33(3)(b)."""
    categories: Annotated[tuple[Category, ...], Field(min_length=1, max_length=50)]
    """Kinds of data, by their names in the Data Privacy Vocabulary."""
    happened_from: Day
    happened_to: Day | None = None
    found_on: Day
    affected: Annotated[int, Field(strict=True, ge=1, le=10**10)]
    """How many people in all, here or not. Kept rounded to 5; of fewer than 10 only that."""

    @model_validator(mode="after")
    def _days(self) -> Self:
        if self.happened_to and self.happened_to < self.happened_from:
            raise ValueError("happened_to must not be before happened_from")
        if self.found_on < self.happened_from:
            raise ValueError("found_on must not be before happened_from")
        return self

    def columns(self) -> dict[str, Any]:
        texts = ("what", "likely", "done", "advice", "contact")
        return {name: getattr(self, name).words() for name in texts} | {
            "categories": list(self.categories),
            "happened_from": self.happened_from,
            "happened_to": self.happened_to,
            "found_on": self.found_on,
            "affected": rounded(self.affected),
        }


class IncidentReport(IncidentSaid):
    """An incident, and whom to tell of it: these people, or whoever is linked to your body."""

    reference: Reference
    """Your own name for it; it is shown to your officers alone."""
    subjects: Annotated[tuple[Pairwise, ...], Field(max_length=MOST_SUBJECTS)] = ()
    """The ids by which the portal means people to you."""
    everyone: StrictBool = False

    @model_validator(mode="after")
    def _whom(self) -> Self:
        if self.subjects and self.everyone:
            raise ValueError("everyone must be left out where subjects are named")
        return self


class IncidentChange(IncidentSaid):
    """The incident as it is to be read now."""

    update: PlainWords | None = None
    """What is new, in a sentence: it stands under today."""
    closed: StrictBool = False
    tell: StrictBool = False
    """Whether people who were told are told again."""


class IncidentAnswer(BaseModel):
    """What stands now, and how many of the ids that were sent mean somebody here."""

    reference: str
    status: Literal["open", "closed"]
    revision: int
    """Grows with each change."""
    received: int
    known: int
    unknown: int
    """Not linked to your body, or no ids of yours: they are told nothing."""


def read(model: type[Model], value: Any, *, today: date) -> Model | list[Fault]:
    """What was sent, or each of its faults."""
    sheet = sheet_of(value)
    found = checked(model, sheet)
    if isinstance(found, list):
        return found
    return list(_to_come(found, sheet, today)) or found


def _to_come(found: IncidentSaid, sheet: Sheet, today: date) -> Iterator[Fault]:
    for name in ("happened_from", "happened_to", "found_on"):
        day = getattr(found, name)
        if day is not None and day > today:
            yield sheet.fault((name,), "must not be a day to come")
