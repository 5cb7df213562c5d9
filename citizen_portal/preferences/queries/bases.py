"""The choice that a body was told of, as it is sealed into what the body keeps.

Where old data is put back here, the choice itself comes back with it: its scope, its time and what
it left standing, not only what it meant for that one body (docs/decisions/0033).
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from citizen_portal.preferences.models import Answer, Choice, Scope
from citizen_portal.preferences.queries.rule import Stands

LENGTH = 256
"""What is sealed is filled up to a multiple of this, so that its length tells no scope."""
Owned = tuple[UUID, UUID]
"""A citizen, and a choice of theirs."""


@dataclass(frozen=True, slots=True)
class Basis:
    """One choice, as much of it as is needed to find it again."""

    made: Stands
    keeps: frozenset[str]
    """Keys of narrower yeses that this no did not end."""

    def written(self) -> bytes:
        said = {
            "scope": self.made.scope.key,
            "answer": self.made.answer.value,
            "number": self.made.number,
            "id": self.made.choice_id.hex,
            "made_at": self.made.made_at.isoformat(),
            "keeps": sorted(self.keeps),
        }
        plain = json.dumps(said, separators=(",", ":")).encode()
        return plain.ljust(-(-len(plain) // LENGTH) * LENGTH)

    @classmethod
    def read(cls, plain: bytes) -> Self:
        said: dict[str, Any] = json.loads(plain)
        made = Stands(
            Scope.of(said["scope"]),
            Answer(said["answer"]),
            said["number"],
            UUID(said["id"]),
            datetime.fromisoformat(said["made_at"]),
        )
        return cls(made, frozenset(said["keeps"]))


def context(effect_id: UUID) -> str:
    """What a basis is sealed for: the one message that it goes out with."""
    return f"choice-kept:{effect_id}"


def bases(session: Session, owned: Collection[Owned]) -> Mapping[UUID, Basis]:
    """These choices by their ids; for the worker alone."""
    rows = session.execute(
        select(
            Choice.scope,
            Choice.answer,
            Choice.number,
            Choice.id,
            Choice.made_at,
            Choice.keeps,
        ).where(tuple_(Choice.citizen_id, Choice.id).in_(owned))
    )
    return {
        row.id: Basis(Stands(Scope.of(row[0]), *row[1:5]), frozenset(row.keeps)) for row in rows
    }
