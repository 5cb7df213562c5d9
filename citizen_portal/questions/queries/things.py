"""What questions are about, as keyed hashes of one citizen: they say nothing, and fit one alone."""

import re
from collections.abc import Iterable
from uuid import UUID

from citizen_portal.errors import NotFound
from citizen_portal.questions.models import About
from citizen_portal.sealing import Index

NAME = re.compile(r"[0-9a-f]{32}", re.ASCII)


class Things:
    """By these a page finds what its citizen asked about the thing it shows."""

    def __init__(self, index: Index, citizen_id: UUID) -> None:
        self._index = index
        self._whose = str(citizen_id)

    def blind(self, about: About, key: str) -> str:
        """``key`` is what the thing is called where it is shown."""
        return self._index.blind("question", self._whose, about.value, key)

    def name(self, reference: str) -> str:
        """What an agreement is called in the address of the page on which one asks about it."""
        return self._index.blind("question agreement", self._whose, reference)[:32]

    def reference(self, name: str, among: Iterable[str]) -> str:
        """Which of these agreements a name means; raises ``NotFound`` for each other name alike."""
        if NAME.fullmatch(name):
            for reference in among:
                if self.name(reference) == name:
                    return reference
        raise NotFound("There is no such agreement.")
