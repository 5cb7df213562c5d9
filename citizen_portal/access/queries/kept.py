"""How named accesses are written before they are sealed, and read again."""

import json
import zlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from citizen_portal.access.models import Actor, Result, Role, Trigger
from citizen_portal.access.queries.facts import Usage
from citizen_portal.access.queries.ids import Named

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
LARGE = 32_768
"""Bytes from which on compressing is worth its time."""
LIST = b"["
ACTORS = {word.value: word for word in Actor}
TRIGGERS = {word.value: word for word in Trigger}
RESULTS = {word.value: word for word in Result}
ROLES = {word.value: word for word in Role}


def pack(named: Iterable[Named]) -> bytes:
    """Compact, and compressed when there is much; ``unpack`` gives the same back."""
    rows = [
        [
            name,
            (usage.occurred - EPOCH) // MICROSECOND,
            usage.action,
            usage.receiver_code,
            usage.receiver_name,
            usage.system,
            usage.agreement,
            list(usage.categories),
            usage.actor,
            usage.trigger,
            usage.result,
            usage.emergency,
            usage.processor,
            usage.role,
            usage.actor_handle,
            usage.legal_power,
        ]
        for name, usage in named
    ]
    plain = json.dumps(rows, ensure_ascii=False).encode()
    return plain if len(plain) < LARGE else zlib.compress(plain, 1)


def unpack(packed: bytes) -> list[Named]:
    plain = packed if packed.startswith(LIST) else zlib.decompress(packed)
    return [_named(row) for row in json.loads(plain)]


def _named(row: list[Any]) -> Named:
    name, occurred, action, code, receiver, system, agreement, categories = row[:8]
    actor, trigger, result, emergency, processor, role, handle, power = row[8:]
    return name, Usage(
        EPOCH + timedelta(microseconds=occurred),
        action,
        code,
        receiver,
        system,
        agreement,
        tuple(categories),
        ACTORS[actor],
        TRIGGERS[trigger],
        RESULTS[result],
        emergency,
        processor,
        ROLES[role],
        handle,
        power,
    )
