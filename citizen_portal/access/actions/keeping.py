"""What is kept of an event for the citizen it names, and under which id."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from citizen_portal import bulk, jobs
from citizen_portal.access.models import Actor, Protects, PushedEvent, Result, Role, Trigger
from citizen_portal.access.queries.identities import Key
from citizen_portal.sealing import Index


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


HIDDEN: dict[str, Any] = {
    "actor": Actor.NOT_STATED,
    "actor_handle": None,
    "trigger": Trigger.NOT_STATED,
    "result": Result.NOT_STATED,
    "emergency": False,
    "processor": None,
    "categories": [],
    "trace_id": None,
}
"""Of a matter of somebody else's only what leads to the bodies, the power and the time is kept."""


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
    kept = [
        {
            "citizen_id": people[each.row["subject"]],
            "id": event_id(index, each.key),
            "accepted_at": now,
            "shown_from": after.get(each.key),
            **_columns(each),
        }
        for each in sent
    ]
    rows = sorted((tuple(row.values()) for row in kept), key=lambda row: row[:2])
    bulk.insert(session, PushedEvent, tuple(kept[0]), rows)
    jobs.enqueue_once(session, "access.review")


def _columns(each: Sent) -> dict[str, Any]:
    """What is kept of what was sent: the same columns in the same order for every event."""
    get = each.row.get
    role = Role(get("role") or Role.SELF)
    columns = {
        "source_id": each.source_id,
        "source_ref": each.row["source_ref"],
        "occurred_at": each.occurred,
        "recorded_at": each.recorded,
        "role": role,
        "actor": Actor(get("actor_kind") or Actor.NOT_STATED),
        "actor_handle": get("actor_handle"),
        "trigger": Trigger(get("trigger") or Trigger.NOT_STATED),
        "result": Result(get("outcome") or Result.NOT_STATED),
        "emergency": bool(get("emergency")),
        "action": each.row["action"],
        "receiver_code": each.row["receiver_code"],
        "receiver_name": get("receiver_name"),
        "system": each.row["system"],
        "agreement": get("agreement"),
        "legal_power": get("legal_power"),
        "processor": get("processor"),
        "categories": list(dict.fromkeys(get("categories") or ())),
        "trace_id": get("trace_id"),
    }
    return columns if role is Role.SELF else columns | HIDDEN
