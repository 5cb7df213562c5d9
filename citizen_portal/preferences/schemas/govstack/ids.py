"""Ids as the building block has them: texts of no stated form. Ours, written and read."""

import re
from dataclasses import dataclass
from uuid import UUID

PERSON = r"[0-9a-f]{64}"
REFERENCE = r"[A-Z][A-Z0-9]{1,7}-[0-9]{4,8}"


def named_person(text: str) -> str | None:
    """The pairwise id that a text is; none where it can be nobody's."""
    return text if re.fullmatch(PERSON, text) else None


@dataclass(frozen=True, slots=True)
class Named:
    """What the id of a record says."""

    subject: str
    reference: str
    effect_id: UUID | None = None
    """Where it names the record as it stood before."""

    def __str__(self) -> str:
        """The same whatever the person chooses, but for records as they stood before."""
        parts = [self.subject, self.reference, *([self.effect_id.hex] if self.effect_id else [])]
        return ".".join(parts)


def named_record(text: str) -> Named | None:
    """What an id says; none where the text can be no record's id."""
    found = re.fullmatch(rf"({PERSON})\.({REFERENCE})(?:\.([0-9a-f]{{32}}))?", text)
    if found is None:
        return None
    return Named(found[1], found[2], UUID(hex=found[3]) if found[3] else None)
