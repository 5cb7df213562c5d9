"""The addresses of choices: they say nothing of what a choice is about, and fit one citizen."""

import re
from collections.abc import Iterable
from uuid import UUID

from citizen_portal.errors import NotFound
from citizen_portal.preferences.models import Scope
from citizen_portal.sealing import Index

NAME = re.compile(r"[0-9a-f]{32}", re.ASCII)


class ChoiceNames:
    """What the scopes of one citizen's choices are called in addresses and forms."""

    def __init__(self, index: Index, citizen_id: UUID) -> None:
        self._index = index
        self._whose = str(citizen_id)

    def name(self, scope: Scope) -> str:
        return self._index.blind("choice", self._whose, scope.key)[:32]

    def scope(self, name: str, among: Iterable[Scope]) -> Scope:
        """Which of these scopes a name means; raises ``NotFound`` for each other name alike."""
        if NAME.fullmatch(name):
            for scope in among:
                if self.name(scope) == name:
                    return scope
        raise NotFound("There is no such choice.")
