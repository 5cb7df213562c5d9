"""Stable names for accesses that we do not store: the same row has the same name, for one citizen.

A name is 64 hexadecimal characters. The first 32 are one enciphered block that holds the day and
the source, so that a single row can be asked for again; the last 32 are a keyed hash of the row.
Both keys belong to one citizen, so that names tell nothing and cannot be compared between people.
"""

import hmac
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta
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
        # One block of a block cipher hides all but equality: the same day of the same source.
        day_key = index.derive("event-day", str(citizen_id))
        self._cipher = Cipher(algorithms.AES(day_key), modes.ECB())  # noqa: S305
        self._mac = hmac.new(index.derive("event-row", str(citizen_id)), digestmod="sha256")

    def name_all(self, source_id: UUID, pages: Iterable[Sequence[Usage]]) -> tuple[Named, ...]:
        """Each row once with its name, newest first.

        Rows that stand twice in one page are two accesses; rows that stand in two pages are one
        that moved while we were paging.
        """
        blocks = Blocks(self._cipher, source_id)
        named = [
            (blocks[usage.occurred.astimezone(UTC).date()] + self._row(source_id, usage, n), usage)
            for alike in _grouped(pages).values()
            for n, usage in enumerate(alike)
        ]
        named.sort(key=itemgetter(0))
        named.sort(key=lambda each: each[1].occurred, reverse=True)
        return tuple(named)

    def where(self, name: str) -> Where:
        """What a name says; raises ``NotFound`` when it cannot be one of this citizen's."""
        if not SHAPE.fullmatch(name):
            raise NotFound("There is no such entry.")
        block = self._cipher.decryptor().update(bytes.fromhex(name[:32]))
        number = int.from_bytes(block[:4], "big", signed=True)
        try:
            return Where(EPOCH + timedelta(days=number), block[4:])
        except OverflowError:
            raise NotFound("There is no such entry.") from None

    def _row(self, source_id: UUID, usage: Usage, counter: int) -> str:
        occurred = usage.occurred.astimezone(UTC).isoformat(timespec="microseconds")
        parts = (
            source_id.hex,
            occurred,
            usage.action,
            usage.receiver_code,
            usage.system,
            str(counter),
        )
        encoded = [part.encode() for part in parts]
        message = b"".join([len(part).to_bytes(4, "big") + part for part in encoded])
        mac = self._mac.copy()  # ready with its key, which is most of the work
        mac.update(message)
        return mac.digest()[:16].hex()


class Blocks(dict[date, str]):
    """The enciphered day and source, by day; each is made once."""

    def __init__(self, cipher: Cipher[modes.ECB], source_id: UUID) -> None:
        self._encrypt = cipher.encryptor().update
        self._prefix = source_id.bytes[:PREFIX]

    def __missing__(self, day: date) -> str:
        number = (day - EPOCH).days.to_bytes(4, "big", signed=True)
        self[day] = self._encrypt(number + self._prefix).hex()
        return self[day]


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
            alike.sort(key=repr)
    return groups
