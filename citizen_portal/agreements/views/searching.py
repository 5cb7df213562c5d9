"""What is asked of the register's list, and its lines in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, cast

from flask import request, url_for
from flask_babel import gettext
from markupsafe import Markup

from citizen_portal.agreements.models import AgreementKind, Choice, Stage
from citizen_portal.agreements.queries import Line, PartyName, Strip, Terms, Wanted, strip
from citizen_portal.agreements.words import wording
from citizen_portal.bodies.queries import Directory
from citizen_portal.web.pages import day, plain, say

LONGEST = 200
MOST_NAMES = 2
FIELDS = ("q", "body", "stage", "choice", "answers")
Option = tuple[str, str]
Filter = tuple[str, str, list[Option], str]


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


def wanted(bodies: Directory) -> Wanted:
    """What the address asks for; what is no choice of ours narrows nothing."""
    given = request.args
    body = bodies.body_by_slug(given.get("body", ""))
    stage, choice, answers = (given.get(name, "") for name in ("stage", "choice", "answers"))
    page = given.get("page", "")
    known = answers if answers in {"full", "gaps"} else ""
    return Wanted(
        text=_printable(given.get("q", "")),
        organisation=body.id if body else None,
        stage=Stage(stage) if stage in set(Stage) else None,
        choice=Choice(choice) if choice in set(Choice) else None,
        answers=cast(Literal["", "full", "gaps"], known),
        page=int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
    )


def _printable(text: str) -> str:
    """What may stand in a page again: other characters are spaces."""
    letters = (letter if letter.isprintable() else " " for letter in text[:LONGEST])
    return "".join(letters).strip()


def arguments() -> dict[str, str]:
    """What narrows the list, to be kept from page to page."""
    return {name: request.args[name][:LONGEST] for name in FIELDS if request.args.get(name)}


def page_url(page: int) -> str:
    kept: dict[str, Any] = {**arguments(), "page": page}
    return url_for("register.index", _anchor="list", **kept)


def filters(wanted: Wanted, bodies: Directory) -> list[Filter]:
    """The native lists above the register: label, name, options, the value that is set."""
    chosen = bodies.bodies[wanted.organisation].slug if wanted.organisation else ""
    names = [(body.slug, plain(body.official_name)) for body in bodies.bodies.values()]
    names.sort(key=lambda option: option[1].casefold())
    stages = [(stage.value, wording.stage(stage).short) for stage in Stage]
    choices = [(choice.value, wording.choice_short(choice)) for choice in Choice]
    answers = [
        ("full", gettext("Each question has an answer")),
        ("gaps", gettext("Some questions have none")),
    ]
    anything = ("", gettext("Any"))
    return [
        (gettext("Body or organisation"), "body", [anything, *names], chosen),
        (gettext("Stage"), "stage", [anything, *stages], wanted.stage or ""),
        (gettext("Your say"), "choice", [anything, *choices], wanted.choice or ""),
        (gettext("Trust questions"), "answers", [anything, *answers], wanted.answers),
    ]


def line(found: Line, bodies: Directory) -> Shown:
    terms = found.terms
    about = [terms.reference, wording.stage(terms.stage).short, wording.choice_short(terms.choice)]
    if terms.ends:
        about.append(gettext("until %(day)s", day=day(terms.ends)))
    answered = gettext("%(n)s of %(of)s answered", n=terms.answered, of=terms.asked)
    return Shown(terms, strip(terms), _parties(found, bodies), " · ".join(about), answered)


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
