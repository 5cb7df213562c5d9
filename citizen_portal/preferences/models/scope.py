"""What a choice is about, from one agreement to whatever can be refused."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Self
from uuid import UUID

AGREEMENT, BODY, PURPOSE, WHATEVER = "agreement:", "body:", "purpose:", "whatever"


class Width(IntEnum):
    """How narrow a scope is. Where two choices speak of one agreement, the narrower one holds."""

    WHATEVER = 0
    PURPOSE = 1
    BODY = 2
    BODY_AND_PURPOSE = 3
    AGREEMENT = 4


@dataclass(frozen=True, slots=True)
class Scope:
    """One agreement, or every agreement that can be refused: of a body, for a purpose, or any."""

    agreement: str | None = None
    """Its reference."""
    organisation_id: UUID | None = None
    purpose: str | None = None
    """An IRI, as agreements name it."""

    @property
    def width(self) -> Width:
        if self.agreement is not None:
            return Width.AGREEMENT
        if self.organisation_id is not None:
            return Width.BODY if self.purpose is None else Width.BODY_AND_PURPOSE
        return Width.WHATEVER if self.purpose is None else Width.PURPOSE

    @property
    def key(self) -> str:
        """The same as one text, such as ``body:<id>:purpose:<iri>``."""
        if self.agreement is not None:
            return f"{AGREEMENT}{self.agreement}"
        body = f"{BODY}{self.organisation_id}" if self.organisation_id else ""
        purpose = f"{PURPOSE}{self.purpose}" if self.purpose else ""
        return ":".join(filter(None, (body, purpose))) or WHATEVER

    @classmethod
    def of(cls, key: str) -> Self:
        """The scope with this key; raises ``ValueError`` for a text that is none."""
        if key == WHATEVER:
            return cls()
        if key.startswith(AGREEMENT):
            return cls(agreement=key.removeprefix(AGREEMENT))
        if key.startswith(PURPOSE):
            return cls(purpose=key.removeprefix(PURPOSE))
        if not key.startswith(BODY):
            raise ValueError("not the key of a scope")
        body, _, purpose = key.removeprefix(BODY).partition(f":{PURPOSE}")
        return cls(organisation_id=UUID(body), purpose=purpose or None)
