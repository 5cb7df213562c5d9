"""The canonical text of a kept event, written again from its columns.

Only of the citizen's own matters: of others' not enough is kept.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from citizen_portal.access.models import Actor, PushedEvent, Result, Trigger


def text_of(event: PushedEvent, *, source: str, subject: str) -> bytes:
    """What ``schemas/pushed.py`` made the event's hash of."""
    said: dict[str, Any] = {
        "source": source,
        "source_ref": event.source_ref,
        "subject": subject,
        "occurred": stamp(event.occurred_at),
        "recorded": stamp(event.recorded_at) if event.recorded_at else None,
        "action": event.action,
        "receiver_code": event.receiver_code,
        "receiver_name": event.receiver_name,
        "system": event.system,
        "agreement": event.agreement,
        "legal_power": event.legal_power,
        "categories": event.categories,
        "actor_kind": _told(event.actor),
        "actor_handle": event.actor_handle,
        "trigger": _told(event.trigger),
        "outcome": _told(event.result),
        "emergency": event.emergency,
        "processor": event.processor,
        "trace_id": event.trace_id,
    }
    return written(said)


def _told(word: Actor | Trigger | Result) -> str | None:
    return None if word.value == "not_stated" else word.value


def written(members: Mapping[str, Any]) -> bytes:
    """JSON in the one form of RFC 8785, for texts, lists of texts and true; what says nothing is
    left out.
    """
    said = {name: value for name, value in members.items() if value not in (None, [], False)}
    return json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def stamp(at: datetime) -> str:
    """A time in UTC with six decimals."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
