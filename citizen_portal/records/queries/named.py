"""What stands in addresses in place of a dataset, of a place in its list, and of a field.

A name is 64 hexadecimal characters: a keyed hash of the source, then one of source and dataset,
both of one citizen. So the source is known before it has told what it holds, nobody else's name
fits, and a name says nothing. The rest is sealed: a body's cursor or label may say something.
"""

import base64
import json
import re
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from citizen_portal.errors import NotFound
from citizen_portal.sealing import CannotOpen, Index, Sealer

HALF = 32
SHAPE = re.compile(r"[0-9a-f]{64}", re.ASCII)


class RecordNames:
    """Names of the datasets that sources hold on one citizen."""

    def __init__(self, index: Index, citizen_id: UUID) -> None:
        self._index = index
        self._whose = str(citizen_id)

    def name(self, source_id: UUID, dataset: str) -> str:
        both = self._index.blind("record", self._whose, str(source_id), dataset)
        return self._source(source_id) + both[:HALF]

    def source(self, name: str, among: Iterable[UUID]) -> UUID:
        """Which of these sources a name speaks of; raises ``NotFound`` for all else alike."""
        if SHAPE.fullmatch(name):
            for source_id in among:
                if self._source(source_id) == name[:HALF]:
                    return source_id
        raise _no_such()

    def dataset(self, name: str, source_id: UUID, among: Iterable[str]) -> str:
        """Which of a source's datasets it is; raises ``NotFound``."""
        for dataset in among:
            if self.name(source_id, dataset) == name:
                return dataset
        raise _no_such()

    def _source(self, source_id: UUID) -> str:
        return self._index.blind("record source", self._whose, str(source_id))[:HALF]


class Handed:
    """What one page about a dataset hands to the next in its address: opens there alone."""

    def __init__(self, sealer: Sealer, citizen_id: UUID, name: str) -> None:
        self._sealer = sealer
        self._context = f"record:{citizen_id}:{name}"

    def seal(self, what: str, said: Any) -> str:
        sealed = self._sealer.seal(json.dumps(said).encode(), f"{self._context}:{what}")
        return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()

    def open(self, what: str, text: str) -> Any:
        """Raises ``NotFound`` for what was not sealed for this."""
        try:
            sealed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
            return json.loads(self._sealer.unseal(sealed, f"{self._context}:{what}"))
        except (CannotOpen, ValueError):
            raise _no_such() from None


def _no_such() -> NotFound:
    return NotFound("There is no such record.")
