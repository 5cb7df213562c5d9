"""Events as bodies send them: one row each, checked together, the good apart from the bad.

What is wrong with a row is told by its number, its field and a reason; never by a value.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Annotated, Any, NotRequired
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
)
from typing_extensions import TypedDict

from citizen_portal.access.actions.receiving import RowFault, Sent
from citizen_portal.access.models import Actor, Result, Role, Trigger
from citizen_portal.access.queries.written import stamp, written
from citizen_portal.access.schemas.answers import CLOCKS_DIFFER, moment
from citizen_portal.access.schemas.withheld import Holding, NotWithheld, withholding
from citizen_portal.bodies.models.retention import before, length
from citizen_portal.bodies.queries import SourceFacts
from citizen_portal.fetch import Fault
from citizen_portal.readable import readable_line

MOST_ROWS = 10_000
"""Rows that one batch may have."""
MOST_FAULTS = 5
"""So many faults of one row are told."""
STRICT = ConfigDict(strict=True, extra="forbid", hide_input_in_errors=True)

Line = Annotated[
    str, StringConstraints(min_length=1, max_length=500), AfterValidator(readable_line)
]
Short = Annotated[
    str, StringConstraints(min_length=1, max_length=200), AfterValidator(readable_line)
]
Ref = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,200}$")]
Moment = Annotated[str, StringConstraints(max_length=40)]


def _one_of(words: Iterable[str]) -> Any:
    listed = [word for word in words if word != "not_stated"]
    return Annotated[str, StringConstraints(pattern=f"^({'|'.join(listed)})$")]


class Withheld(TypedDict):
    """By which law an event is withheld, for whose sake, until when, and who approved it."""

    __pydantic_config__ = STRICT  # type: ignore[misc]

    basis: Ref
    protects: _one_of(("inquiry", "person"))  # type: ignore[valid-type]
    until: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\d$")]
    approvers: Annotated[list[Ref], Field(min_length=2, max_length=2, fail_fast=True)]


class EventRow(TypedDict):
    """One access to one person's data; docs/api.md explains each member."""

    __pydantic_config__ = STRICT  # type: ignore[misc]

    source: Ref
    source_ref: Ref
    subject: Ref
    occurred: Moment
    recorded: NotRequired[Moment | None]
    action: Line
    receiver_code: Short
    receiver_name: NotRequired[Short | None]
    system: Line
    agreement: NotRequired[Ref | None]
    legal_power: NotRequired[Line | None]
    categories: NotRequired[Annotated[list[Short], Field(max_length=50, fail_fast=True)] | None]
    actor_kind: NotRequired[_one_of(Actor) | None]  # type: ignore[valid-type]
    actor_handle: NotRequired[Ref | None]
    role: NotRequired[_one_of(Role) | None]  # type: ignore[valid-type]
    trigger: NotRequired[_one_of(Trigger) | None]  # type: ignore[valid-type]
    outcome: NotRequired[_one_of(Result) | None]  # type: ignore[valid-type]
    emergency: NotRequired[bool | None]
    processor: NotRequired[Short | None]
    trace_id: NotRequired[Ref | None]
    withheld: NotRequired[Withheld | None]


Numbered = tuple[int, Any]
_ROW = TypeAdapter(EventRow)
NOT_A_FIELD = "is not a field of an event"
REASONS = {
    "missing": "is needed",
    "string_type": "must be a text",
    "string_too_short": "must not be empty",
    "string_too_long": "is longer than {max_length} characters",
    "string_unicode": "holds half a character (a lone surrogate)",
    "bool_type": "must be true or false",
    "list_type": "must be a list",
    "too_long": "has more than {max_length} entries",
    "too_short": "has less than {min_length} entries",
    "dict_type": "must be an object",
    "value_error": "{error}",
}
OTHERWISE = "is not written as docs/api.md says"


def checked(
    values: Sequence[Numbered],
    *,
    sources: Mapping[str, SourceFacts],
    now: datetime,
    holding: Holding | None = None,
) -> tuple[list[Sent], list[RowFault]]:
    """The rows that can be taken, and what is wrong with the others, each in their order.

    ``sources`` are the sender's own, by slug; ``holding`` says what it may withhold. Nothing is
    said of a row's person.
    """
    faults: list[RowFault] = []
    good: list[Sent] = []
    kept_from = {slug: _kept_from(source, now) for slug, source in sources.items()}
    for number, row in _shaped(values, faults):
        found = _sent(number, row, sources, kept_from, now)
        if isinstance(found, Sent) and row.get("withheld"):
            found = _withheld(found, holding)
        (faults if isinstance(found, RowFault) else good).append(found)  # type: ignore[arg-type]
    return good, sorted(faults)


def canonical(row: EventRow, occurred: datetime, recorded: datetime | None) -> bytes:
    """An event as its hash is made of it: JSON in the one form of RFC 8785, without ``withheld``.

    Members that say nothing are left out, also those that say what is so without them; each
    category stands once, and times stand in UTC with six decimals. So it can be written again
    from what is kept (``queries/written.py``).
    """
    said: dict[str, Any] = {**row, "occurred": stamp(occurred)}
    said.pop("withheld", None)
    if said.get("role") == Role.SELF:
        del said["role"]
    if said.get("categories"):
        said["categories"] = list(dict.fromkeys(said["categories"]))
    if recorded:
        said["recorded"] = stamp(recorded)
    return written(said)


def _shaped(values: Iterable[Numbered], faults: list[RowFault]) -> Iterator[tuple[int, EventRow]]:
    """The rows of the right shape. One at a time: what is wrong may take far more than a row."""
    for number, value in values:
        if not isinstance(value, dict):
            faults.append(RowFault(number, "row", "must be an object with the fields of an event"))
            continue
        if name := _too_many(value):
            faults.append(RowFault(number, name, NOT_A_FIELD))
            continue
        try:
            found = _ROW.validate_python(value)
        except ValidationError as error:
            faults.extend(_told(error, number))
        else:
            yield number, found


def _too_many(value: Mapping[str, Any]) -> str | None:
    """Where this row has fields that none has; pydantic would tell of each."""
    if not value.keys() <= EventRow.__annotations__.keys():
        return "row"
    held = value.get("withheld")
    strange = isinstance(held, dict) and not held.keys() <= Withheld.__annotations__.keys()
    return "withheld" if strange else None


def _told(error: ValidationError, number: int) -> Iterable[RowFault]:
    """What is wrong with a row, in words, each once."""
    details = error.errors(include_url=False, include_input=False)
    found = (
        RowFault(
            number,
            _field(detail["loc"]),
            REASONS.get(detail["type"], OTHERWISE).format(**detail.get("ctx", {})),
        )
        for detail in details[:MOST_FAULTS]
    )
    return dict.fromkeys(found)


def _field(path: Sequence[int | str]) -> str:
    """The field's name; one that is not ours is not repeated."""
    known = [str(step) for step in path if str(step) in NAMES]
    return ".".join(known) or "row"


NAMES = frozenset({*EventRow.__annotations__, *Withheld.__annotations__})


def _sent(
    number: int,
    row: EventRow,
    sources: Mapping[str, SourceFacts],
    kept_from: Mapping[str, Mapping[str, datetime]],
    now: datetime,
) -> Sent | RowFault:
    source = sources.get(row["source"])
    if source is None or not source.sends:
        return RowFault(number, "source", "is not a source of yours that sends events")
    said = row.get("recorded")
    recorded = _past(number, "recorded", said, now) if said else None
    if isinstance(recorded, RowFault):
        return recorded
    occurred = _past(number, "occurred", row["occurred"], now)
    if isinstance(occurred, RowFault):
        return occurred
    if occurred < kept_from[source.slug][row.get("actor_kind") or Actor.NOT_STATED]:
        return RowFault(number, "occurred", "is older than what we keep of this source")
    return Sent(number, source.id, row, occurred, recorded, canonical(row, occurred, recorded))


def _past(number: int, name: str, said: str, now: datetime) -> datetime | RowFault:
    try:
        at = moment(said)
    except Fault:
        return RowFault(number, name, OTHERWISE)
    return RowFault(number, name, "lies in the future") if at > now + CLOCKS_DIFFER else at


def _kept_from(source: SourceFacts, now: datetime) -> dict[str, datetime]:
    """By kind of actor, from when on its events are kept: nothing earlier is taken."""
    days = {actor: before(length(source.retention, actor), now.date()) for actor in Actor}
    return {actor: datetime.combine(day, time(), tzinfo=UTC) for actor, day in days.items()}


def _withheld(sent: Sent, holding: Holding | None) -> Sent | RowFault:
    try:
        hold = withholding(sent.row["withheld"], sent.canonical, holding)
    except NotWithheld as error:
        return RowFault(sent.number, error.field, error.reason)
    return replace(sent, hold=hold)


class EventBatch(BaseModel):
    """Events in one JSON document; as NDJSON each stands on a line of its own."""

    events: Annotated[list[EventRow], Field(max_length=MOST_ROWS)]


class RefusedRow(BaseModel):
    """Why one row was not taken: its number in the batch, from 1, and the field."""

    row: int
    field: str
    reason: str


class EventsAnswer(BaseModel):
    """What became of a batch. What counts as accepted is on disk."""

    batch: UUID
    accepted: int
    """Rows that stand, whether they came now or were here already."""
    new: int
    """Of these the ones that came for the first time."""
    refused: int
    errors: list[RefusedRow]
    """The first hundred; ``GET /api/v1/access-events/refusals`` has the others."""
    more: int
    """How many there are beyond these."""


class KeptRefusal(RefusedRow):
    batch: UUID
    at: datetime


class Refusals(BaseModel):
    """What was refused, the oldest first."""

    refusals: list[KeptRefusal]
    next: str | None
    """Where to go on: give it as ``after``. Null at the end."""
