"""Incidents in words: for those whom they are about, in public, and for the body's officers."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from flask_babel import gettext
from markupsafe import Markup

from citizen_portal.agreements.queries import category
from citizen_portal.bodies.queries import Directory
from citizen_portal.incidents.queries import Told
from citizen_portal.web.counted import published
from citizen_portal.web.pages import day, say

Text = str | Markup


@dataclass(frozen=True, slots=True)
class Line:
    """One incident in a list."""

    href: str
    body: Text
    what: Text
    when: str
    state: str
    icon: str
    affected: str
    updates: tuple[tuple[str, Text], ...]
    reference: str = ""
    told: str = ""


def line(one: Told, directory: Directory) -> Line:
    """As a citizen is shown it."""
    return Line(
        href=f"/my/incidents/{one.id.hex}",
        body=say(directory.bodies[one.organisation_id].name),
        what=say(one.what),
        when=when(one),
        state=state(one),
        icon="answered" if one.closed_on else "gem",
        affected=published(one.affected),
        updates=updates(one),
    )


def desk_line(one: Told, directory: Directory, told: Mapping[UUID, int]) -> Line:
    """As the body's officers are shown it: with their own name for it, and how many were told."""
    shown = line(one, directory)
    return replace(shown, href="", reference=one.reference, told=str(told.get(one.id, 0)))


def facts(one: Told) -> list[tuple[str, Text]]:
    """What the body must say (UK GDPR Article 34(2)), but for what people can do."""
    kinds = Markup(", ").join(say(category(name)) for name in one.categories)
    return [
        (gettext("When"), when(one)),
        (gettext("When they found out"), day(one.found_on)),
        (gettext("Which kinds of data"), kinds),
        (gettext("How many people"), published(one.affected)),
        (gettext("What can come of it"), say(one.likely)),
        (gettext("What they have done"), say(one.done)),
    ]


def when(one: Told) -> str:
    if one.happened_to is None or one.happened_to == one.happened_from:
        return day(one.happened_from)
    return str(
        gettext("%(first)s to %(last)s", first=day(one.happened_from), last=day(one.happened_to))
    )


def state(one: Told) -> str:
    if one.closed_on is None:
        return str(gettext("Not settled yet"))
    return str(gettext("Settled on %(day)s", day=day(one.closed_on)))


def updates(one: Told) -> tuple[tuple[str, Text], ...]:
    """What was said later, the newest first."""
    return tuple(
        (day(date.fromisoformat(each["on"])), say(each["text"])) for each in reversed(one.updates)
    )
