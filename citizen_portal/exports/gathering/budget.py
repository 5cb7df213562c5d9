"""How much is asked of one source for one copy, however much it holds and however slow it is."""

import time
from dataclasses import dataclass, field

from citizen_portal.exports.gathering.asking import Limits
from citizen_portal.exports.package import Why
from citizen_portal.exports.package.tables import text_length
from citizen_portal.records.schemas import RecordPage

MOST_CHARACTERS = 50_000_000
"""Of the texts of one source. A page of records is at most ``PORTAL_FETCH_MAX_BYTES``."""


@dataclass
class Budget:
    """What may still be asked of a source. Its datasets share it."""

    limits: Limits
    rows: int = 0
    characters: int = 0
    began: float = field(default_factory=time.monotonic)

    def take(self, page: RecordPage) -> None:
        self.rows += len(page.rows)
        self.characters += sum(map(text_length, page.rows))

    @property
    def left(self) -> int:
        """Rows."""
        return max(0, self.limits.max_rows - self.rows)

    def over(self) -> Why | None:
        """Why nothing more is asked."""
        if not self.left or self.characters >= MOST_CHARACTERS:
            return "too_many"
        if time.monotonic() - self.began >= self.limits.source_seconds:
            return "too_slow"
        return None
