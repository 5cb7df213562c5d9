"""What ``/my`` says of choices: what holds for each agreement that was used, and who is behind."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask_babel import gettext, ngettext
from markupsafe import Markup
from sqlalchemy.orm import Session

from citizen_portal.agreements.queries import Register, Terms
from citizen_portal.bodies.queries import Directory
from citizen_portal.preferences import queries
from citizen_portal.preferences.models import Status
from citizen_portal.preferences.queries import Feedback
from citizen_portal.preferences.words import choices as words
from citizen_portal.web.pages import fill, plain

Used = tuple[Terms, int]
"""An agreement, and how often it was used."""


@dataclass(frozen=True, slots=True)
class Behind:
    """The bodies that are late, or were not reached."""

    count: int
    heading: str
    names: tuple[str | Markup, ...]


@dataclass(frozen=True, slots=True)
class Choosing:
    holds: Mapping[str, str]
    """By agreement, where a choice decides."""
    behind: Behind | None
    now: Mapping[str, Terms]
    """Versions that hold today: one chooses about these, and not about what has ended."""

    @property
    def refusable(self) -> int:
        return sum(terms.refusable for terms in self.now.values())

    def in_order(self, used: Iterable[Used]) -> list[Used]:
        """First those that let one refuse today."""
        free = {reference for reference, terms in self.now.items() if terms.refusable}
        return sorted(used, key=lambda each: each[0].reference not in free)


def choosing(
    session: Session,
    citizen_id: UUID,
    used: Iterable[str],
    *,
    register: Register,
    directory: Directory,
    today: date,
) -> Choosing:
    """``used`` are references of agreements."""
    standing = queries.standing(session, citizen_id)
    effects = queries.effects_of(session, citizen_id)
    going_on, holds = queries.going_on(effects), {}
    versions = ((reference, register.in_force(reference, today)) for reference in used)
    now = {reference: terms for reference, terms in versions if terms is not None}
    for reference, terms in now.items():
        decision = queries.decide(terms, standing)
        if decision.by is not None:
            holds[reference] = words.answered(terms, decision, going_on.get(reference, 0))
    return Choosing(holds, _behind(effects, directory, today), now)


def _behind(effects: Iterable[Feedback], directory: Directory, today: date) -> Behind | None:
    of: dict[UUID, set[Status]] = {}
    for each in effects:
        of.setdefault(each.organisation_id, set()).add(each.status(today))
    late = {id_ for id_, found in of.items() if Status.OVERDUE in found}
    lost = {id_ for id_, found in of.items() if Status.UNDELIVERED in found} - late
    count = len(late | lost)
    if not count:
        return None
    heading = ngettext(
        "What you chose: %(num)s body is behind", "What you chose: %(num)s bodies are behind", count
    )
    said = (
        (gettext("Late: %(bodies)s."), _names(late, directory)),
        (gettext("Not reached: %(bodies)s."), _names(lost, directory)),
    )
    return Behind(count, heading, tuple(fill(text, bodies=names) for text, names in said if names))


def _names(ids: Iterable[UUID], directory: Directory) -> str:
    bodies = (directory.bodies[id_] for id_ in ids if id_ in directory.bodies)
    return ", ".join(sorted(plain(body.name) for body in bodies))
