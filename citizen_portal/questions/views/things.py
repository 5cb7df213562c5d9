"""Agreements and choices as things that can be asked about: their facts, and who must answer."""

import secrets
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from citizen_portal.agreements.queries import Terms, purpose, register_terms
from citizen_portal.bodies.queries import Directory, directory
from citizen_portal.identity import queries as identity
from citizen_portal.preferences.models import Scope
from citizen_portal.preferences.queries import (
    ChoiceNames,
    Stands,
    effects_of,
    parties,
    standing,
)
from citizen_portal.questions.models import About, Kind
from citizen_portal.questions.queries import routing
from citizen_portal.questions.queries.own import Asked
from citizen_portal.questions.queries.things import Things
from citizen_portal.questions.schemas import facts
from citizen_portal.questions.schemas.facts import Facts, Value, on_day
from citizen_portal.questions.schemas.packets import Packet
from citizen_portal.questions.words.asking import choice_address
from citizen_portal.web import parts

PAGES = {
    About.HOLDING: ("/my/records/", "/my/ask/records/"),
    About.INCIDENT: ("/my/incidents/", "/my/ask/incident/"),
}
"""Where things are shown whose name is kept with the question, and where one asks about them."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the thing that was asked about is shown, and where one asks about it."""

    page: str
    ask: str


def place(citizen_id: UUID, one: Asked, facts: Facts) -> Place | None:
    """None for a wide choice, and for a set of records asked about before it was kept which."""
    if one.about is About.EVENT:
        entry = dict(facts.rows).get("entry")
        return Place(f"/my/access/{entry}", f"/my/ask/access/{entry}") if entry else None
    if one.about in PAGES:
        page, ask = PAGES[one.about]
        return Place(page + facts.place, ask + facts.place) if facts.place else None
    if one.agreement is None:
        return None
    ask = agreement_address(citizen_id, one.agreement)
    if one.about is About.AGREEMENT:
        return Place(f"/register/{one.agreement}", ask)
    return Place(choice_address(citizen_id, one.agreement), ask)


def agreement_address(citizen_id: UUID, reference: str) -> str:
    return f"/my/ask/agreement/{Things(parts.index(), citizen_id).name(reference)}"


def agreement(session: Session, citizen_id: UUID, name: str) -> Packet:
    """Raises ``NotFound`` where there is no such agreement."""
    register, known = register_terms(session), directory(session)
    things, today = Things(parts.index(), citizen_id), parts.region().today()
    reference = things.reference(name, register.versions)
    terms = register.in_force(reference, today) or register.versions[reference][0]
    linked = identity.linked_bodies(identity.links(session, citizen_id))
    bodies = routing.controllers(sorted(parties(terms)), linked, known)
    return Packet(
        token=secrets.token_hex(16),
        about=About.AGREEMENT,
        blind=things.blind(About.AGREEMENT, reference),
        facts=Facts(terms.title, (_named(terms), ("purpose", terms.purpose))),
        bodies=bodies,
        kinds=_kinds(terms),
        agreement=reference,
        choose=choice_address(citizen_id, reference) if terms.refusable else "",
        back=f"/register/{reference}",
    )


def _kinds(terms: Terms) -> tuple[Kind, ...]:
    objects = (Kind.OBJECTION,) if terms.refusable else ()
    return (Kind.WHY, *objects, Kind.COMPLAINT)


def choice(session: Session, citizen_id: UUID, name: str) -> Packet:
    """Raises ``NotFound`` for what the citizen has not chosen."""
    register, known = register_terms(session), directory(session)
    stands = _stands(session, citizen_id, name)
    scope = stands.scope
    linked = identity.linked_bodies(identity.links(session, citizen_id))
    told = [
        each.organisation_id
        for each in effects_of(session, citizen_id)
        if each.choice_id == stands.choice_id or each.agreement == scope.agreement
    ]
    terms = register.newest(scope.agreement) if scope.agreement else None
    rows: list[tuple[str, Value]] = [_named(terms)] if terms else []
    rows += [("choice", {"answer": stands.answer.value}), ("chosen", on_day(_day(stands)))]
    return Packet(
        token=secrets.token_hex(16),
        about=About.CHOICE,
        blind=Things(parts.index(), citizen_id).blind(About.CHOICE, name),
        facts=Facts(_title(scope, terms, known), tuple(rows)),
        bodies=routing.controllers(sorted(set(told)), linked, known),
        kinds=(Kind.WHY, Kind.COMPLAINT),
        agreement=scope.agreement,
        back=f"/my/choices/{name}",
    )


def _stands(session: Session, citizen_id: UUID, name: str) -> Stands:
    found = standing(session, citizen_id)
    scope = ChoiceNames(parts.index(), citizen_id).scope(
        name, (one.scope for one in found.values())
    )
    return found[scope.key]


def _named(terms: Terms) -> tuple[str, Value]:
    return facts.agreement(terms.reference, terms.title)


def _title(scope: Scope, terms: Terms | None, known: Directory) -> Value:
    """What was chosen about, in words of the register."""
    body = known.bodies.get(scope.organisation_id) if scope.organisation_id else None
    if terms is not None:
        return terms.title
    if body is not None:
        return body.name
    return purpose(scope.purpose) if scope.purpose else {"scope": scope.key}


def _day(stands: Stands) -> date:
    return parts.region().day(stands.made_at)
