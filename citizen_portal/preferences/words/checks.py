"""Checks in words: who asked whether data may be used, and what they were answered."""

from dataclasses import dataclass

from flask_babel import gettext, ngettext

from citizen_portal.agreements.queries import Register
from citizen_portal.bodies.queries import Directory
from citizen_portal.preferences.queries.checks import Looked, Made
from citizen_portal.web.pages import day, moment, plain


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a citizen's list."""

    icon: str
    body: str
    agreement: str
    reference: str
    answer: str
    when: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One check, as the officers of its body are shown it."""

    agreement: str
    reference: str
    when: str
    count: str
    good_until: str


def line(looked: Looked, directory: Directory, register: Register) -> Line:
    return Line(
        icon="answered" if looked.allowed else "refused",
        body=plain(directory.bodies[looked.organisation_id].name),
        agreement=_title(looked.agreement, register),
        reference=looked.agreement,
        answer=str(
            gettext("It was told that it may use your data.")
            if looked.allowed
            else gettext("It was not told that it may use your data.")
        ),
        when=_when(looked),
    )


def sheet(made: Made, register: Register) -> Sheet:
    count = gettext("%(allowed)s of %(sent)s came back", allowed=made.allowed, sent=made.sent)
    return Sheet(
        agreement=_title(made.agreement, register),
        reference=made.agreement,
        when=moment(made.at),
        count=str(count),
        good_until=moment(made.good_until),
    )


def _when(looked: Looked) -> str:
    if looked.times == 1:
        return day(looked.day)
    times = ngettext("%(num)s time", "%(num)s times", looked.times)
    return str(gettext("%(day)s, %(times)s", day=day(looked.day), times=times))


def _title(reference: str, register: Register) -> str:
    terms = register.newest(reference)
    return plain(terms.title) if terms else reference
