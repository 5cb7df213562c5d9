"""A question beside the thing that it is about: its clock, who has it, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext, ngettext

from citizen_portal.bodies.queries import Body, Directory
from citizen_portal.questions.models import Outcome
from citizen_portal.questions.queries.own import Asked, Told
from citizen_portal.questions.words import standing
from citizen_portal.region import Region
from citizen_portal.web.pages import day


@dataclass(frozen=True, slots=True)
class Days:
    """How many days of how many are used."""

    used: int
    of: int


@dataclass(frozen=True, slots=True)
class Shown:
    """The newest question about a thing; ``templates/questions/_beside.html`` draws it."""

    href: str
    icon: str
    mark: str
    clock: str
    days: Days | None
    """None where its clock stands still or has run out."""
    body: Body
    middle: str
    """Within how many days half of the body's answers came; empty where that is not told."""
    open: bool
    ran_out: bool
    answered: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """That the body said of a look that it was not justified, and when."""

    words: str
    href: str


def shown(told: Told, known: Directory, region: Region) -> Shown:
    one, today = told.asked, region.today()
    return Shown(
        href=_page(one),
        icon=standing.icon(one, today),
        mark=standing.mark(one, today),
        clock=standing.clock(one, today),
        days=_days(one, region),
        body=known.bodies[one.organisation_id],
        middle=_middle(told.middle) if one.open else "",
        open=one.open,
        ran_out=one.ran_out(today),
        answered=one.outcome is not None,
    )


def finding(found: Sequence[Told]) -> Finding | None:
    """The newest answer that says so, whatever was asked after it."""
    for told in found:
        one = told.asked
        if one.outcome is Outcome.NOT_JUSTIFIED and told.said_at is not None:
            said = gettext(
                "On %(day)s the body said: this look was not justified.", day=day(told.said_at)
            )
            return Finding(str(said), _page(one))
    return None


def _days(one: Asked, region: Region) -> Days | None:
    today, asked = region.today(), region.day(one.asked_at)
    if not one.open or one.stopped_on is not None or not asked <= today <= one.due_on:
        return None
    return Days(_between(asked, today), _between(asked, one.due_on))


def _between(first: date, last: date) -> int:
    return (last - first).days


def _middle(days: int | None) -> str:
    if days is None:
        return ""
    said = ngettext(
        "Half of the answers came within %(num)s day.",
        "Half of the answers came within %(num)s days.",
        days,
    )
    return str(said)


def _page(one: Asked) -> str:
    return f"/my/questions/{one.id.hex}"
