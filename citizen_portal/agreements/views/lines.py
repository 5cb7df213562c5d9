"""The lines of the register's list in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext
from markupsafe import Markup

from citizen_portal.agreements.models import AgreementKind, Say, Stage
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


@dataclass(frozen=True)
class Sayings:
    """Words that many lines share, looked up once for a page."""

    stages: dict[Stage, str]
    choices: dict[Say, str]
    to: Markup
    unsaid: str


def sayings() -> Sayings:
    arrow = Markup(
        '<span aria-hidden="true"> → </span><span class="govuk-visually-hidden"> {} </span>'
    )
    return Sayings(
        stages={stage: wording.stage(stage).short for stage in Stage},
        choices={choice: wording.choice_short(choice) for choice in Say},
        to=arrow.format(gettext("to")),
        unsaid=gettext("not stated"),
    )


def line(found: Line, bodies: Directory, today: date, words: Sayings) -> Shown:
    terms = found.terms
    about = [terms.reference, words.stages[terms.stage], words.choices[terms.choice]]
    if terms.ends:
        about.append(gettext("until %(day)s", day=day(terms.ends)))
    answered = gettext("%(n)s of %(of)s answered", n=terms.answered, of=terms.asked)
    return Shown(
        terms=terms,
        strip=strip(terms),
        parties=_parties(found, bodies, words),
        about=" · ".join(about),
        answered=answered,
        marks=marks(terms, today),
    )


def _parties(found: Line, bodies: Directory, words: Sayings) -> str | Markup:
    givers, getters = _names(found.givers, bodies), _names(found.getters, bodies)
    if not givers and not getters:
        return str(gettext("It does not name who gives and who gets the data."))
    if found.terms.kind is AgreementKind.OWN_USE and found.givers:
        return givers
    return Markup("{}{}{}").format(givers or words.unsaid, words.to, getters or words.unsaid)


def _names(parties: Iterable[PartyName], bodies: Directory) -> str | Markup:
    """The first names, and how many more there are."""
    names = [_party(party, bodies) for party in parties]
    shown = Markup(", ").join(names[:MOST_NAMES])
    more = len(names) - MOST_NAMES
    return Markup("{} {}").format(shown, gettext("and %(n)s more", n=more)) if more > 0 else shown


def _party(party: PartyName, bodies: Directory) -> str | Markup:
    body = bodies.bodies.get(party.organisation_id) if party.organisation_id else None
    return say(body.name) if body else party.name
