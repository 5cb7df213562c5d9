"""Stable names for accesses that we do not store: the same row has the same name, for one citizen.

A name is 64 hexadecimal characters. The first 32 are one enciphered block that holds the day and
the source, so that a single row can be asked for again; the last 32 are a keyed hash of the row.
Both keys belong to one citizen, so that names tell nothing and cannot be compared between people.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from operator import itemgetter
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from citizen_portal.access.queries.facts import Usage
from citizen_portal.errors import NotFound
from citizen_portal.sealing import Index

EPOCH = date(1970, 1, 1)
SHAPE = re.compile(r"[0-9a-f]{64}", re.ASCII)
PREFIX = 12
"""Bytes of a source's id that fit into the block beside the day."""

Named = tuple[str, Usage]


@dataclass(frozen=True, slots=True)
class Where:
    """Which source to ask for a row, and for which day (UTC)."""

    day: date
    prefix: bytes

    def source(self, among: Iterable[UUID]) -> UUID | None:
        return next((each for each in among if each.bytes[:PREFIX] == self.prefix), None)


class EventKeys:
    """Gives accesses of one citizen their names, and reads them back."""

    def __init__(self, index: Index, citizen_id: UUID) -> None:
        self._day_key = index.derive("event-day", str(citizen_id))
        self._row_key = index.derive("event-row", str(citizen_id))

    def name_all(self, source_id: UUID, pages: Iterable[Sequence[Usage]]) -> tuple[Named, ...]:
        """Each row once with its name, newest first.

        Rows that stand twice in one page are two accesses; rows that stand in two pages are one
        that moved while we were paging.
        """
        blocks: dict[date, str] = {}
        named = []
        for alike in _grouped(pages).values():
            for counter, usage in enumerate(alike):
                day = usage.occurred.astimezone(UTC).date()
                if day not in blocks:
                    blocks[day] = self._block(day, source_id)
                named.append((blocks[day] + self._row(source_id, usage, counter), usage))
        named.sort(key=itemgetter(0))
        named.sort(key=lambda each: each[1].occurred, reverse=True)
        return tuple(named)

    def where(self, name: str) -> Where:
        """What a name says; raises ``NotFound`` when it cannot be one of this citizen's."""
        if not SHAPE.fullmatch(name):
            raise NotFound("There is no such entry.")
        cipher = Cipher(algorithms.AES(self._day_key), modes.ECB()).decryptor()  # noqa: S305
        block = cipher.update(bytes.fromhex(name[:32])) + cipher.finalize()
        number = int.from_bytes(block[:4], "big", signed=True)
        try:
            return Where(EPOCH + timedelta(days=number), block[4:])
        except OverflowError:
            raise NotFound("There is no such entry.") from None

    def _block(self, day: date, source_id: UUID) -> str:
        # One block of a block cipher hides all but equality: the same day of the same source.
        cipher = Cipher(algorithms.AES(self._day_key), modes.ECB()).encryptor()  # noqa: S305
        plain = (day - EPOCH).days.to_bytes(4, "big", signed=True) + source_id.bytes[:PREFIX]
        return (cipher.update(plain) + cipher.finalize()).hex()

    def _row(self, source_id: UUID, usage: Usage, counter: int) -> str:
        parts = (
            source_id.hex,
            _exact(usage.occurred),
            usage.action,
            usage.receiver_code,
            usage.system,
            str(counter),
        )
        message = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
        return hmac.new(self._row_key, message, hashlib.sha256).digest()[:16].hex()


def _exact(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _grouped(pages: Iterable[Sequence[Usage]]) -> dict[tuple[Any, ...], list[Usage]]:
    """Rows that a name could not tell apart, together and in an order that does not change."""
    most: dict[Usage, int] = {}
    for rows in pages:
        here: dict[Usage, int] = {}
        for usage in rows:
            here[usage] = here.get(usage, 0) + 1
        for usage, times in here.items():
            most[usage] = max(times, most.get(usage, 0))
    groups: dict[tuple[Any, ...], list[Usage]] = {}
    for usage, times in most.items():
        key = (usage.occurred, usage.action, usage.receiver_code, usage.system)
        groups.setdefault(key, []).extend([usage] * times)
    for alike in groups.values():
        if len(alike) > 1:
            alike.sort(key=_rest)
    return groups


def _rest(usage: Usage) -> tuple[str, ...]:
    return (
        usage.receiver_name or "",
        usage.agreement or "",
        "\n".join(usage.categories),
        usage.actor,
        usage.trigger,
        usage.result,
        str(usage.emergency),
        usage.processor or "",
    )
