"""What a body's system sends of how often it makes each kind of access."""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import (
    BaseModel,
    BeforeValidator,
    Field,
    PlainSerializer,
    WithJsonSchema,
    model_validator,
)

from citizen_portal.access.queries.totals import Months
from citizen_portal.agreements.schemas.faults import Fault, Sheet, checked, sheet_of
from citizen_portal.agreements.schemas.parts import Bilingual, Exact, Part, Reference, Slug
from citizen_portal.counts import rounded

MOST_TOTALS = 1_000
MOST_MONTHS = 12
MONTH = re.compile(r"(\d{4})-(\d{2})")
Key = tuple[object, ...]


def _month(given: Any) -> Any:
    found = MONTH.fullmatch(given) if isinstance(given, str) else None
    if not found or not 1 <= int(found[2]) <= 12 or int(found[1]) < 1970:
        raise ValueError("must be a month written as YYYY-MM")
    return date(int(found[1]), int(found[2]), 1)


Month = Annotated[
    date,
    BeforeValidator(_month),
    PlainSerializer(lambda day: day.strftime("%Y-%m")),
    WithJsonSchema({"type": "string", "pattern": r"^\d{4}-\d{2}$"}),
]
Count = Annotated[int, Field(strict=True, ge=0, le=10**12)]


class TotalEntry(Part):
    """One kind of access: through one of your sources, for one receiver, under one agreement."""

    source: Slug
    agreement: Reference
    receiver_code: Exact
    system: Exact | None = None
    """Left out where the numbers are of whatever system."""
    action: Exact | None = None
    accesses: Count
    """The portal keeps it rounded to 5; of fewer than 10 it keeps only that."""
    people: Count
    """Of how many people."""
    triggered_by: Bilingual | None = None
    """What usually sets such an access off, in plain words."""

    @model_validator(mode="after")
    def _people(self) -> Self:
        if self.people > self.accesses:
            raise ValueError("people must not be more than accesses")
        return self

    @property
    def key(self) -> Key:
        return self.source, self.agreement, self.receiver_code, self.system, self.action

    def columns(self) -> dict[str, Any]:
        """Without the source, which is known here by its slug only. Rounded: no exact number is
        kept."""
        return {
            "agreement": self.agreement,
            "receiver_code": self.receiver_code,
            "system": self.system or "",
            "action": self.action or "",
            "accesses": rounded(self.accesses),
            "people": rounded(self.people),
            "triggered_by": self.triggered_by.words() if self.triggered_by else None,
        }


class TotalsSent(Part):
    """The numbers of one period: it has these and no other."""

    first_month: Month
    last_month: Month
    figures_from: Bilingual
    """How you counted: which log or which system."""
    totals: Annotated[tuple[TotalEntry, ...], Field(max_length=MOST_TOTALS)]

    @model_validator(mode="after")
    def _months(self) -> Self:
        if self.last_month < self.first_month:
            raise ValueError("last_month must not be before first_month")
        if self.months.count > MOST_MONTHS:
            raise ValueError(f"a period may have at most {MOST_MONTHS} months")
        return self

    @property
    def months(self) -> Months:
        return Months(self.first_month, self.last_month)

    def rows(self, own: Mapping[str, UUID]) -> list[dict[str, Any]]:
        said = {"figures_from": self.figures_from.words()}
        return [{**one.columns(), **said, "source_id": own[one.source]} for one in self.totals]


class TotalsAnswer(BaseModel):
    """How many numbers had which change."""

    added: int
    changed: int
    removed: int
    unchanged: int


def received(
    value: Any, *, own: Mapping[str, UUID], agreements: Collection[str], today: date
) -> TotalsSent | list[Fault]:
    """The numbers, or each of their faults. ``own`` are the sender's sources, ``agreements`` the
    references of those that name it."""
    sheet = sheet_of(value)
    found = checked(TotalsSent, sheet)
    if isinstance(found, list):
        return found
    return list(_faults(found, sheet, own, agreements, today)) or found


def _faults(
    found: TotalsSent,
    sheet: Sheet,
    own: Mapping[str, UUID],
    agreements: Collection[str],
    today: date,
) -> Iterator[Fault]:
    if found.last_month >= today.replace(day=1):
        yield sheet.fault(("last_month",), "must be a month that is over")
    seen: dict[Key, int] = {}
    for at, one in enumerate(found.totals):
        if one.source not in own:
            yield sheet.fault(("totals", at, "source"), "names a source that is not known")
        if one.agreement not in agreements:
            words = "names an agreement that is not known to name you"
            yield sheet.fault(("totals", at, "agreement"), words)
        first = seen.setdefault(one.key, at)
        if first != at:
            yield sheet.fault(("totals", at), f"is given twice; the first is at totals[{first}]")
