"""Numbers that stand in the database, as each slice tells them; the worker asks when it is asked.

``@told`` registers a function of a session and of the portal's parts, as a handler is registered.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from citizen_portal.reach import Kind, Reach

Values = dict[tuple[str, ...], float]
"""By what the labels say; of a number without labels by ``()``."""
Ask = Callable[[Session, Any], Values]


@dataclass(frozen=True, slots=True)
class Told:
    name: str
    says: str
    labels: tuple[str, ...]
    ask: Ask
    reach: Reach | None


TOLD: dict[str, Told] = {}


def told(
    name: str, says: str, *, labels: tuple[str, ...] = (), path: Kind | None = None
) -> Callable[[Ask], Ask]:
    """Register what gives the number of this name; ``path`` as for a job's handler."""

    def register(ask: Ask) -> Ask:
        TOLD[name] = Told(name, says, labels, ask, None if path is None else Reach(path))
        return ask

    return register
