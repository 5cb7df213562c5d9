"""Which of the bodies named stand by an agreement: confirmed, said that it is not so, or silent."""

from dataclasses import dataclass

from flask_babel import gettext

from citizen_portal.agreements import queries
from citizen_portal.agreements.queries import Confirmed, Entry
from citizen_portal.agreements.queries.parties import bodies_named
from citizen_portal.bodies.queries import Body, Directory
from citizen_portal.web.pages import day
from citizen_portal.web.transactions import db


@dataclass(frozen=True, slots=True)
class Word:
    """What one body says of it."""

    body: Body
    icon: str
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class StandingBy:
    words: tuple[Word, ...]
    """Empty where one sentence says it of each."""
    summary: str


def standing_by(found: Entry, bodies: Directory) -> StandingBy:
    named = bodies_named(bodies, found.document)
    digest = queries.content_digest(found.document)
    asked = queries.confirmations(db(), found.terms.reference, digest, list(named))
    heard = [one for one in asked if one.confirmed is not None]
    if not heard and found.version.organisation_id is None:
        came = gettext(
            "It was brought in from a file. The bodies named have not confirmed it here."
        )
        return StandingBy((), came)
    yes = sum(one.confirmed is True for one in asked)
    summary = gettext("%(n)s of %(of)s bodies named confirmed it.", n=yes, of=len(asked))
    return StandingBy(tuple(_word(one, named[one.organisation_id]) for one in asked), summary)


def _word(one: Confirmed, body: Body) -> Word:
    if one.confirmed is None:
        return Word(body, "off", gettext("Has not confirmed it yet"), "")
    if one.confirmed:
        return Word(body, "answered", gettext("Confirmed it on %(day)s", day=day(one.at)), "")
    return Word(body, "down", gettext("Said on %(day)s: it is not so", day=day(one.at)), one.reason)
