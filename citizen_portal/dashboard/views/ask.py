"""``/my/ask/access``, ``/my/ask/records`` and ``/my/ask/incident``: one page on which to ask about
what is shown there; ``?kind=`` is what is wanted, chosen ahead.

What was shown is sealed into the form, so that a body which told it for this visit is not asked
again. What the form brings goes to ``questions/views/asking.py``.
"""

import secrets

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from citizen_portal.access.queries import AccessEvent
from citizen_portal.bodies.queries import Directory, directory
from citizen_portal.dashboard.queries.sharing import party
from citizen_portal.dashboard.views.entry import find
from citizen_portal.dashboard.views.gathering import Gathered, gather
from citizen_portal.dashboard.views.record import Found, answerer, find_set
from citizen_portal.errors import NotFound
from citizen_portal.identity import queries as identity
from citizen_portal.identity.guards import SignedIn, citizens_only, current
from citizen_portal.incidents.queries import incident_of
from citizen_portal.questions.models import About, Kind
from citizen_portal.questions.queries import routing
from citizen_portal.questions.queries.things import Things
from citizen_portal.questions.schemas.facts import Facts, Value, agreement, at, on_day
from citizen_portal.questions.schemas.packets import Packet
from citizen_portal.questions.words import asking as words
from citizen_portal.web import parts
from citizen_portal.web.asked import identifier
from citizen_portal.web.transactions import db

bp = Blueprint("ask", __name__, url_prefix="/my/ask")
bp.before_request(citizens_only)
Rows = tuple[tuple[str, Value], ...]


@bp.get("/access/<name>")
def access(name: str) -> ResponseReturnValue:
    who = current()
    found = gather(who)
    event = find(found, who, name)
    if event is None:
        return render_template("dashboard/gone.html"), 404
    linked = identity.linked_bodies(found.links)
    terms = event.explanation.terms
    return _page(
        Packet(
            token=secrets.token_hex(16),
            about=About.EVENT,
            blind=_things(who).blind(About.EVENT, event.id),
            facts=_facts_of(event, found.directory),
            bodies=routing.of_event(event.body_id, event.recipient_id, linked, found.directory),
            kinds=_kinds(event),
            agreement=terms.reference if terms else None,
            choose=_choice(found, terms.reference) if terms else "",
            back=f"/my/access/{event.id}",
        ),
        name,
    )


@bp.get("/records/<name>")
def records(name: str) -> str:
    """``?field=`` is the sealed name of a field that is said to be wrong."""
    found, who = find_set(name), current()
    sealed = request.args.get("field")
    field = str(found.handed.open("field", sealed)) if sealed else ""
    linked = identity.linked_bodies(identity.links(db(), who.citizen_id))
    answers, _ = answerer(found)
    both = routing.controllers([answers.id, found.body.id], linked, found.directory)
    return _page(
        Packet(
            token=secrets.token_hex(16),
            about=About.HOLDING,
            blind=_things(who).blind(About.HOLDING, name),
            facts=_facts_of_set(found, field, name),
            bodies=both[:1],
            kinds=(Kind.WHY, Kind.CORRECTION, Kind.COMPLAINT),
            back=f"/my/records/{name}",
        ),
        name,
        chosen=Kind.CORRECTION if field else None,
    )


@bp.get("/incident/<name>")
def incident(name: str) -> str:
    who, known, incident_id = current(), directory(db()), identifier(name)
    if incident_id is None:
        raise NotFound("There is no such incident that we were told about you.")
    told = incident_of(db(), who.citizen_id, incident_id)
    linked = identity.linked_bodies(identity.links(db(), who.citizen_id))
    rows: Rows = (
        ("body", known.bodies[told.organisation_id].official_name),
        ("incident", told.what),
        ("number", told.reference),
        ("when", on_day(told.happened_from)),
    )
    return _page(
        Packet(
            token=secrets.token_hex(16),
            about=About.INCIDENT,
            blind=_things(who).blind(About.INCIDENT, told.id.hex),
            facts=Facts(told.what, rows, told.id.hex),
            bodies=routing.controllers([told.organisation_id], linked, known),
            kinds=(Kind.WHY, Kind.COMPLAINT),
            back=f"/my/incidents/{told.id.hex}",
        ),
        told.id.hex,
    )


def _page(packet: Packet, name: str, *, chosen: Kind | None = None) -> str:
    takers = routing.takers(db(), packet.bodies)
    form = words.form_of(packet, takers)
    wanted = request.args.get("kind", chosen)
    form.kind.data = str(wanted) if wanted in packet.kinds else None
    page = words.page(
        packet,
        form,
        whose=current().citizen_id,
        name=name,
        known=directory(db()),
        takers=takers,
    )
    return render_template("questions/ask.html", **page)


def _choice(found: Gathered, reference: str) -> str:
    """Where the citizen says no to the agreement, while it lets them."""
    terms = found.explainer.register.in_force(reference, found.today)
    if terms is None or not terms.refusable:
        return ""
    return words.choice_address(found.who.citizen_id, reference)


def _kinds(event: AccessEvent) -> tuple[Kind, ...]:
    """An agreement that leaves no choice is no reason to object to one look under it."""
    terms = event.explanation.terms
    objects = () if terms and not terms.refusable else (Kind.OBJECTION,)
    return (Kind.WHY, Kind.CORRECTION, *objects, Kind.COMPLAINT)


def _facts_of(event: AccessEvent, known: Directory) -> Facts:
    usage, recipient = event.usage, party(event, known)
    asked: Value = recipient.body.official_name if recipient.body else recipient.said
    terms = event.explanation.terms
    rows: list[tuple[str, Value]] = [
        ("when", at(usage.occurred)),
        ("gave", known.bodies[event.body_id].official_name),
        ("asked", asked),
        ("action", usage.action),
        ("system", usage.system),
    ]
    if terms:
        rows.append(agreement(terms.reference, terms.title))
    else:
        rows.append(("why_not", {"answer": "no"}))
    title: Value = recipient.body.name if recipient.body else recipient.said
    return Facts(title, _told([*rows, ("entry", event.id)]))


def _facts_of_set(found: Found, field: str, name: str) -> Facts:
    held = found.held
    rows: list[tuple[str, Value]] = [
        ("body", found.body.official_name),
        ("place", found.source.name),
        ("set", held.said["name"] if held else ""),
        ("short", held.dataset if held else ""),
        ("wrong", field),
        ("seen", on_day(parts.region().today())),
    ]
    return Facts(held.said["name"] if held else found.body.name, _told(rows), name)


def _told(rows: list[tuple[str, Value]]) -> Rows:
    """On one line each; what the body does not say is left out."""
    flat = ((key, " ".join(one.split()) if isinstance(one, str) else one) for key, one in rows)
    return tuple((key, value) for key, value in flat if value)


def _things(who: SignedIn) -> Things:
    return Things(parts.index(), who.citizen_id)
