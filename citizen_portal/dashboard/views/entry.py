"""``/my/access/<id>``: one access, from what happened to what can be done about it."""

import re
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from citizen_portal.access.queries import AccessEvent, Actor, Result, Role, Trigger
from citizen_portal.access.queries.facts import STORED
from citizen_portal.access.queries.proofs import provable
from citizen_portal.access.queries.totals import usual
from citizen_portal.agreements.queries import category
from citizen_portal.bodies.queries import Body
from citizen_portal.dashboard.queries.sharing import Party, party
from citizen_portal.dashboard.views.entries import fact_words, why
from citizen_portal.dashboard.views.gathering import Gathered, asker, gather
from citizen_portal.dashboard.views.normal import normal
from citizen_portal.dashboard.views.questioned import asked_about
from citizen_portal.dashboard.views.wording import party_name
from citizen_portal.errors import NotFound
from citizen_portal.identity.guards import SignedIn, citizens_only, current
from citizen_portal.questions.words import beside
from citizen_portal.web import parts
from citizen_portal.web.pages import fill, moment, plain, say
from citizen_portal.web.transactions import abandon, db

bp = Blueprint("entry", __name__)
bp.before_request(citizens_only)
NAME = re.compile(r"[0-9a-f]{64}|[0-9a-f]{32}", re.ASCII)
Text = str | Markup


@dataclass(frozen=True, slots=True)
class Happened:
    """What happened, in words: each a row under "What happened"."""

    heading: Text
    asked: Text
    gave: Text
    actor: str
    about: str
    trigger: str
    given: str
    role: str
    """Who the citizen is in the matter; empty where it is their own."""


@bp.get("/my/access/<name>")
def page(name: str) -> ResponseReturnValue:
    who = current()
    found = gather(who)
    event = find(found, who, name)
    if event is None:
        return render_template("dashboard/gone.html"), 404
    discloser, recipient = found.directory.bodies[event.body_id], party(event, found.directory)
    asked = asked_about(who.citizen_id, event)
    return render_template(
        "dashboard/entry.html",
        event=event,
        finding=beside.finding(asked),
        question=beside.shown(asked[0], found.directory, parts.region()) if asked else None,
        happened=_happened(event, discloser, recipient),
        discloser=discloser,
        recipient=recipient,
        provable=event.stored
        and provable(db(), who.citizen_id, UUID(hex=event.id), directory=found.directory),
        fact=fact_words(event),
        why=why(event),
        normal=normal(event, usual(db(), event), discloser),
        terms=event.explanation.terms,
        region=parts.region(),
        facts=_to_copy(event, discloser, recipient),
        source=found.directory.sources.get(event.source_id),
    )


def find(found: Gathered, who: SignedIn, name: str) -> AccessEvent | None:
    """The access of that name; none where there is none, or its source shows it no longer."""
    if not NAME.fullmatch(name):
        return None
    return _kept(found, name) if len(name) == STORED else _told(found, who, name)


def _kept(found: Gathered, name: str) -> AccessEvent | None:
    try:
        return found.one(UUID(hex=name))
    except NotFound:
        return None


def _told(found: Gathered, who: SignedIn, name: str) -> AccessEvent | None:
    return next((one for one in found.events if one.id == name), None) or _ask_for(who, name)


def _ask_for(who: SignedIn, name: str) -> AccessEvent | None:
    """The row of that name from the source itself; none when it shows the row no longer.

    Asks the network, so what this request has read is over first.
    """
    abandon()
    upto = parts.settings().first_wait_ms / 1000
    try:
        found: AccessEvent | None = asker().find_one(who, name, upto=upto)
    except NotFound:
        return None
    return found


def _happened(event: AccessEvent, discloser: Body, recipient: Party) -> Happened:
    usage = event.usage
    own = event.own_use
    heading = (
        fill(gettext("%(body)s: a look at their own record of you"), body=say(discloser.name))
        if own
        else fill(gettext("%(recipient)s: a look at your data"), recipient=party_name(recipient))
    )
    return Happened(
        heading=heading,
        asked=_named(recipient),
        gave=fill(
            "%(official)s · %(plain)s",
            official=say(discloser.official_name),
            plain=say(discloser.name),
        ),
        actor=ACTORS[usage.actor](),
        about=Markup(", ").join(say(category(name)) for name in usage.categories)
        or gettext("It does not say."),
        trigger=TRIGGERS[usage.trigger](),
        given=GIVEN[usage.result](),
        role=ROLES[usage.role]() if usage.role is not Role.SELF else "",
    )


def _named(recipient: Party) -> Text:
    if recipient.body is None:
        return fill(gettext("%(said)s (not on our list of bodies)"), said=recipient.said)
    official, known_as = say(recipient.body.official_name), say(recipient.body.name)
    return fill("%(official)s · %(plain)s", official=official, plain=known_as)


ACTORS = {
    Actor.PERSON: lambda: gettext("A person"),
    Actor.MACHINE: lambda: gettext("A machine"),
    Actor.SUBSCRIPTION: lambda: gettext("A machine, whenever something changes"),
    Actor.BULK: lambda: gettext("A file about many people"),
    Actor.NOT_STATED: lambda: gettext("It does not say."),
}
ROLES = {
    Role.PARENT: lambda: gettext("You are a parent in it"),
    Role.CHILD: lambda: gettext("You are a child in it"),
    Role.RELATIVE: lambda: gettext("You are a relative in it"),
    Role.WITNESS: lambda: gettext("You are a witness in it"),
    Role.OTHER: lambda: gettext("You are named in it"),
}
TRIGGERS = {
    Trigger.MY_APPLICATION: lambda: gettext("Something you asked for or applied for"),
    Trigger.DUTY: lambda: gettext("A duty of the body. You did not ask for it."),
    Trigger.OTHER: lambda: gettext("Something else. It does not say what."),
    Trigger.NOT_STATED: lambda: gettext("It does not say."),
}
GIVEN = {
    Result.GIVEN: lambda: gettext("Yes"),
    Result.REFUSED: lambda: gettext("No. It was asked for and not given."),
    Result.NOT_STATED: lambda: gettext("It does not say."),
}


def _to_copy(event: AccessEvent, discloser: Body, recipient: Party) -> str:
    """The facts as plain lines, to paste into a letter."""
    terms = event.explanation.terms
    fits = f"{terms.reference} – {plain(terms.title)}" if terms else gettext("Not explained")
    lines = (
        (gettext("When"), str(moment(event.usage.occurred))),
        (gettext("Who gave it"), plain(discloser.official_name)),
        (
            gettext("Who asked"),
            plain(recipient.body.official_name) if recipient.body else recipient.said,
        ),
        (gettext("Action"), event.usage.action),
        (gettext("System"), event.usage.system),
        (gettext("Agreement"), fits),
        (gettext("Number of this entry"), event.id),
    )
    return "\n".join(f"{name}: {' '.join(value.split())}" for name, value in lines if value)
