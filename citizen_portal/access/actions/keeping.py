"""What is kept of an event for the citizen it names, and under which id."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from citizen_portal import bulk, jobs
from citizen_portal.access.models import Actor, Protects, PushedEvent, Result, Role, Trigger
from citizen_portal.sealing import Index

Key = tuple[UUID, str]
AT_ONCE = 5_000
"""Values that one statement may ask for."""


@dataclass(frozen=True, slots=True)
class Withholding:
    """By which law an event is withheld, until when, and its content, closed for the worker."""

    id: UUID
    basis: str
    protects: Protects
    until: date
    approvers: tuple[UUID, UUID]
    closed: bytes


@dataclass(frozen=True, slots=True)
class Sent:
    """One row without fault, as ``schemas/pushed.py`` found it."""

    number: int
    source_id: UUID
    row: Mapping[str, Any]
    occurred: datetime
    recorded: datetime | None
    canonical: bytes
    """What its hash is made of, and what "the same content" means."""
    hold: Withholding | None = None
    """How it is withheld, if it is."""

    @property
    def key(self) -> Key:
        return self.source_id, self.row["source_ref"]


def event_id(index: Index, key: Key) -> UUID:
    """The id of an event, made of its identity: it tells neither when it came nor what others are.

    So the same event has the same id whenever and however often it is kept.
    """
    return UUID(bytes=index.derive("pushed event", key[0].hex, key[1])[:16])


def by_source(keys: Iterable[Key]) -> Iterator[tuple[UUID, Sequence[str]]]:
    """The references of each source, no more of them together than a statement may ask for."""
    refs: dict[UUID, list[str]] = {}
    for source_id, ref in sorted(keys):
        refs.setdefault(source_id, []).append(ref)
    return ((source_id, some) for source_id, of in refs.items() for some in in_parts(of))


def in_parts(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), AT_ONCE):
        yield values[start : start + AT_ONCE]


KEPT = (
    "citizen_id",
    "id",
    "source_id",
    "source_ref",
    "occurred_at",
    "recorded_at",
    "accepted_at",
    "shown_from",
    "role",
    "actor",
    "actor_handle",
    "trigger",
    "result",
    "emergency",
    "action",
    "receiver_code",
    "receiver_name",
    "system",
    "agreement",
    "legal_power",
    "processor",
    "categories",
    "trace_id",
)


def keep(
    session: Session,
    sent: Sequence[Sent],
    people: Mapping[str, UUID],
    index: Index,
    now: datetime,
    *,
    shown_from: Mapping[Key, datetime] | None = None,
) -> None:
    """The rows of each citizen side by side. What needs attention, a job finds out.

    ``shown_from`` says of those that were withheld when they were released.
    """
    if not sent:
        return
    after = shown_from or {}
    rows = [
        (
            people[each.row["subject"]],
            event_id(index, each.key),
            *_columns(each, now, after.get(each.key)),
        )
        for each in sent
    ]
    bulk.insert(session, PushedEvent, KEPT, sorted(rows, key=lambda row: row[:2]))
    jobs.enqueue_once(session, "access.review")


def _columns(each: Sent, now: datetime, shown_from: datetime | None) -> tuple[Any, ...]:
    """The columns from ``source_id`` on.

    Of a matter of somebody else's only what leads to the bodies, the power and the time is kept.
    """
    row = each.row
    role = Role(row.get("role") or Role.SELF)
    when = (*each.key, each.occurred, each.recorded, now, shown_from, role)
    get = row.get
    if role is not Role.SELF:
        nothing = (Actor.NOT_STATED, None, Trigger.NOT_STATED, Result.NOT_STATED, False)
        got = row["receiver_code"], get("receiver_name")
        names = (row["action"], *got, row["system"], get("agreement"))  # to find the power by
        return (*when, *nothing, *names, get("legal_power"), None, [], None)
    return (
        *when,
        Actor(get("actor_kind") or Actor.NOT_STATED),
        get("actor_handle"),
        Trigger(get("trigger") or Trigger.NOT_STATED),
        Result(get("outcome") or Result.NOT_STATED),
        bool(get("emergency")),
        row["action"],
        row["receiver_code"],
        get("receiver_name"),
        row["system"],
        get("agreement"),
        get("legal_power"),
        get("processor"),
        list(dict.fromkeys(get("categories") or ())),
        get("trace_id"),
    )
