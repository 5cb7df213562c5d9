"""The documented shape of what sources answer: usages, periods, signs of life.

Estonia's Data Tracker 2.1.0 with members of our own, explained in ``docs/connect.md``. Unknown
members are passed over; a known one of the wrong type refuses the whole answer.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal, NotRequired, TypeVar

from pydantic import (
    AfterValidator,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
)
from typing_extensions import TypedDict

from citizen_portal import clock
from citizen_portal.access.models import Actor, Result, Role, Trigger
from citizen_portal.access.queries.facts import Usage
from citizen_portal.fetch import Fault, Kind
from citizen_portal.readable import readable

T = TypeVar("T")
STRICT = ConfigDict(strict=True, extra="ignore", hide_input_in_errors=True)
LONGEST = 2000
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
"""RFC 3339. A time without a zone could be anybody's."""
CLOCKS_DIFFER = timedelta(minutes=5)
"""A body's clock may be ahead of ours by so much."""
YEARS = range(1900, 2201)
ACTORS: dict[str | None, Actor] = {word.value: word for word in Actor}
TRIGGERS: dict[str | None, Trigger] = {word.value: word for word in Trigger}
RESULTS: dict[str | None, Result] = {word.value: word for word in Result}
ROLES: dict[str, Role] = {word.value: word for word in Role}
"""A word that is not on our lists states nothing that we could show."""


def _shown(text: str) -> str:
    """Plain text of any number of lines, however those end."""
    readable(text.replace("\r", ""))
    return text


Text = Annotated[str, StringConstraints(max_length=LONGEST), AfterValidator(_shown)]
TextOrNone = Text | None


class UsageRow(TypedDict):
    """One usage; from ``agreement`` on the members are ours."""

    __pydantic_config__ = STRICT  # type: ignore[misc]

    logtime: Text
    action: Text
    receiverCode: Text
    receiverName: NotRequired[TextOrNone]
    receiverSystem: Text
    agreement: NotRequired[TextOrNone]
    categories: NotRequired[Annotated[list[Text], Field(max_length=100)] | None]
    actorKind: NotRequired[TextOrNone]
    trigger: NotRequired[TextOrNone]
    outcome: NotRequired[TextOrNone]
    emergency: NotRequired[bool | None]
    processorName: NotRequired[TextOrNone]
    role: NotRequired[TextOrNone]
    actorHandle: NotRequired[TextOrNone]
    legalPower: NotRequired[TextOrNone]


class FindUsage(TypedDict):
    __pydantic_config__ = STRICT  # type: ignore[misc]

    totalUsages: NotRequired[Annotated[int, Field(ge=0)]]
    usages: NotRequired[list[UsageRow]]


class UsagePeriod(TypedDict):
    __pydantic_config__ = STRICT  # type: ignore[misc]

    periodStart: Text
    periodEnd: NotRequired[TextOrNone]


class Heartbeat(TypedDict):
    __pydantic_config__ = STRICT  # type: ignore[misc]

    status: Literal["OK", "FAIL"]


@dataclass(frozen=True, slots=True)
class UsagePage:
    """One page of usages, and how many the source says it has."""

    usages: list[Usage]
    total: int | None


@dataclass(frozen=True, slots=True)
class Window:
    """From when to when a source keeps accesses; no end means up to now."""

    start: datetime
    end: datetime | None


_FIND_USAGE = TypeAdapter(FindUsage)
_USAGE_PERIOD = TypeAdapter(UsagePeriod)
_HEARTBEAT = TypeAdapter(Heartbeat)


def usage_page(document: Any) -> UsagePage:
    """Raises ``Fault``. A page without a list is a page only when it says that there is nothing."""
    said = validated(_FIND_USAGE, document)
    rows, total = said.get("usages"), said.get("totalUsages")
    if rows is None and total != 0:
        raise Fault(Kind.UNREADABLE)
    return UsagePage([_usage(row) for row in rows or ()], total)


def window(document: Any) -> Window:
    """Raises ``Fault``."""
    said = validated(_USAGE_PERIOD, document)
    end = said.get("periodEnd")
    found = Window(moment(said["periodStart"]), moment(end) if end else None)
    if found.start > clock.now() or (found.end is not None and found.end < found.start):
        raise Fault(Kind.UNREADABLE)
    return found


def alive(document: Any) -> bool:
    """Raises ``Fault``."""
    return validated(_HEARTBEAT, document)["status"] == "OK"


def validated(shape: TypeAdapter[T], document: Any) -> T:
    """Raises ``Fault``; the fault keeps nothing of what was received."""
    try:
        return shape.validate_python(document)
    except ValidationError:
        raise Fault(Kind.UNREADABLE) from None


def moment(text: str) -> datetime:
    """A time that says its zone, in UTC; raises ``Fault``."""
    if not MOMENT.fullmatch(text):
        raise Fault(Kind.UNREADABLE)
    try:
        found = datetime.fromisoformat(text.upper())
    except ValueError:
        raise Fault(Kind.UNREADABLE) from None
    if found.year not in YEARS:
        raise Fault(Kind.UNREADABLE)
    return found.astimezone(UTC)


def _usage(row: UsageRow) -> Usage:
    return Usage(
        occurred=moment(row["logtime"]),
        action=row["action"],
        receiver_code=row["receiverCode"],
        receiver_name=_some(row.get("receiverName")),
        system=row["receiverSystem"],
        agreement=_some(row.get("agreement")),
        categories=tuple(dict.fromkeys(row.get("categories") or ())),
        actor=ACTORS.get(row.get("actorKind"), Actor.NOT_STATED),
        trigger=TRIGGERS.get(row.get("trigger"), Trigger.NOT_STATED),
        result=RESULTS.get(row.get("outcome"), Result.NOT_STATED),
        emergency=bool(row.get("emergency")),
        processor=_some(row.get("processorName")),
        role=ROLES.get(row.get("role") or Role.SELF, Role.OTHER),
        actor_handle=_some(row.get("actorHandle")),
        legal_power=_some(row.get("legalPower")),
    )


def _some(text: str | None) -> str | None:
    """A text that says something."""
    return (text or "").strip() or None
