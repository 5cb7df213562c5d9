"""The lines of the register's list in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext
from markupsafe import Markup

from citizen_portal.agreements.models import AgreementKind
from citizen_portal.agreements.queries import (
    Line,
    PartyName,
    Strip,
    Terms,
    strip,
)
from citizen_portal.agreements.words import wording
from citizen_portal.agreements.words.marks import Mark, marks
from citizen_portal.bodies.queries import Directory
from citizen_portal.web.pages import day, say

MOST_NAMES = 2


@dataclass(frozen=True, slots=True)
class Shown:
    """One line of the list."""

    terms: Terms
    strip: Strip
    parties: str | Markup
    """Who gives it to whom."""
    about: str
    """Reference, stage, choice and end, in a few words."""
    answered: str
    """The strip in words."""
    marks: tuple[Mark, ...]


def line(found: Line, bodies: Directory, today: date) -> Shown:
    terms = found.terms
    about = [terms.reference, wording.stage(terms.stage).short, wording.choice_short(terms.choice)]
    if terms.ends:
        about.append(gettext("until %(day)s", day=day(terms.ends)))
    answered = gettext("%(n)s of %(of)s answered", n=terms.answered, of=terms.asked)
    return Shown(
        terms=terms,
        strip=strip(terms),
        parties=_parties(found, bodies),
        about=" · ".join(about),
        answered=answered,
        marks=marks(terms, today),
    )


def _parties(found: Line, bodies: Directory) -> str | Markup:
    givers, getters = _names(found.givers, bodies), _names(found.getters, bodies)
    if not givers and not getters:
        return str(gettext("It does not name who gives and who gets the data."))
    if found.terms.kind is AgreementKind.OWN_USE and found.givers:
        return givers
    arrow = Markup(
        '<span aria-hidden="true"> → </span><span class="govuk-visually-hidden"> {} </span>'
    )
    unsaid = gettext("not stated")
    return Markup("{}{}{}").format(givers or unsaid, arrow.format(gettext("to")), getters or unsaid)


def _names(parties: Iterable[PartyName], bodies: Directory) -> str | Markup:
    """The first names, and how many more there are."""
    names = [_party(party, bodies) for party in parties]
    shown = Markup(", ").join(names[:MOST_NAMES])
    more = len(names) - MOST_NAMES
    return Markup("{} {}").format(shown, gettext("and %(n)s more", n=more)) if more > 0 else shown


def _party(party: PartyName, bodies: Directory) -> str | Markup:
    body = bodies.bodies.get(party.organisation_id) if party.organisation_id else None
    return say(body.name) if body else party.name
