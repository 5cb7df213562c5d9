"""Set up the demo world in a folder: keys, tables, register, officers, people linked to bodies."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

from joserfc.jwk import OKPKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_portal import db, region, schema, sealing, signing
from citizen_portal.agreements import queries, schemas
from citizen_portal.agreements.actions import import_register
from citizen_portal.bodies.actions import add_client, set_webhook
from citizen_portal.bodies.models import Scope
from citizen_portal.bodies.queries import Body, Directory, directory
from citizen_portal.db import Sessions
from citizen_portal.demo import (
    answered,
    answering,
    asked,
    bodies_app,
    chosen,
    history,
    pushing,
    spoken,
    totals,
    world,
)
from citizen_portal.demo.behaviours import BEHAVIOURS
from citizen_portal.demo.folder import DemoFolder, WorldSettings, rewrite_private
from citizen_portal.demo.people import citizens, officers
from citizen_portal.demo.people.citizens import Citizen
from citizen_portal.identity import actions as identity
from citizen_portal.identity.actions.officers import add as add_officer
from citizen_portal.identity.models import LinkProof, LinkState, Officer, Role
from citizen_portal.identity.queries import code_was_used, link_history, links, officer_list
from citizen_portal.news import actions as news
from citizen_portal.news import queries as news_queries
from citizen_portal.news.models import CALM, NewsKind, Rhythm
from citizen_portal.sealing import Index, Sealer

READS_A_FEED = "citizen-2"
Known = dict[str, dict[str, str]]
"""For each body, by its slug: which pairwise id is which of the demo's people."""


@dataclass(frozen=True)
class Prepared:
    """What the bodies must know, and which codes are still good."""

    known: Known
    codes: dict[str, str]
    """By name the code of each person who has one and is not linked by it."""
    pusher: dict[str, Any]
    """Id and key of the system of the body that sends, and who there may withhold an access."""
    door: dict[str, Any]
    """The same of the body that has a sign-in of its own."""
    systems: dict[str, dict[str, Any]]
    """For each body, by slug: id and key of its system for choices, and its webhook's secret."""
    feeds: dict[str, str]
    """By name the path of each feed of news that was made just now: it is kept nowhere."""


def set_up(folder: DemoFolder, settings: WorldSettings, *, portal: str) -> Prepared:
    """Fill the folder with what a start needs. Doing it again changes nothing."""
    sealing.create(folder.keys)
    signing.create(folder.keys)
    sealer, index = sealing.load(folder.keys)
    with _sessions(folder) as sessions:
        schema.upgrade(sessions.engine)
        _import(sessions, folder, settings)
        with sessions.writing() as session:
            history.write(session)
            totals.write(session)
            answered.write(session, region.load("uk"))
            _let_officers_in(session, index, settings)
            known, codes = _link(session, index, settings)
            feeds = _feed(session, index, settings)
            pusher = _connect(session, folder.pusher_file, pushing.BODY, [Scope.EVENTS])
            pusher["approvers"] = _approvers(session, pushing.BODY)
            door = _connect(session, folder.door_file, bodies_app.OWN_SIGN_IN, [])
            systems = {slug: _tell(session, sealer, slug, folder, settings) for slug in BEHAVIOURS}
        spoken.write(sessions, sealer)
        as_it_is = chosen.World(
            sessions, sealer, index, signing.load(folder.keys), settings, portal
        )
        chosen.write(as_it_is)
        asked.write(as_it_is)
        return Prepared(known, codes, pusher, door, systems, feeds)


def _connect(session: Session, file: Path, slug: str, scopes: list[Scope]) -> dict[str, Any]:
    """Let a system of a body prove itself to us: once, with a key of its own."""
    if file.exists():
        return dict(json.loads(file.read_text()))
    body = _body(session, slug)
    key = OKPKey.generate_key("Ed25519", {"use": "sig"}, auto_kid=True)
    client = add_client(
        session,
        body.id,
        slug=body.slug,
        scopes=scopes,
        jwks={"keys": [key.as_dict(private=False)]},
    )
    made = {"client_id": client.client_id, "key": key.as_dict(private=True)}
    rewrite_private(file, json.dumps(made))
    return made


def _tell(
    session: Session, sealer: Sealer, slug: str, folder: DemoFolder, settings: WorldSettings
) -> dict[str, Any]:
    """Let a body hear of choices and questions and answer them: by a webhook, and by a system of
    its own."""
    file = folder.systems / f"{slug}.json"
    if file.exists():
        return dict(json.loads(file.read_text()))
    answers = [Scope.QUESTIONS] if slug in answering.BY_SYSTEM else []
    scopes = [Scope.PREFERENCES, Scope.CORRECTIONS, *answers]
    made = _connect(session, file, slug, scopes)
    address = f"{settings.bodies}/{slug}/hooks"
    made["secret"] = set_webhook(session, sealer, _body(session, slug).id, address)
    rewrite_private(file, json.dumps(made))
    return made


def _body(session: Session, slug: str) -> Body:
    found = directory(session).body_by_slug(slug)
    assert found is not None  # noqa: S101  (the world's files have it)
    return found


@contextmanager
def _sessions(folder: DemoFolder) -> Iterator[Sessions]:
    sessions = db.make_sessions(folder.database_url)
    try:
        yield sessions
    finally:
        sessions.engine.dispose()


def _import(sessions: Sessions, folder: DemoFolder, settings: WorldSettings) -> None:
    files = world.write(folder.world, bodies=settings.bodies, today=settings.day)
    with sessions.writing() as session:
        known = queries.register_terms(session)
        law = queries.law("uk")
        reading = schemas.read(files, directory=directory(session), register=known, law=law)
        if reading.faults:
            raise ValueError("\n".join(str(fault) for fault in reading.faults))
        import_register(session, reading.entries, today=settings.day)


def _let_officers_in(session: Session, index: Index, settings: WorldSettings) -> None:
    """Put the demo's officers on the list, once: whoever was taken off it stays off."""
    bodies, known = directory(session), set(session.scalars(select(Officer.blind)))
    for officer in officers.OFFICERS:
        subject = officers.subject(officer, seed=settings.seed)
        blind = index.blind("officer", settings.staff_issuer, subject)
        body = bodies.body_by_slug(officer.body)
        if body is not None and blind not in known:
            add_officer(session, body.id, blind=blind, name=officer.name, roles=officer.roles)


def _approvers(session: Session, slug: str) -> list[str]:
    """Ids of two officers who may approve that an access of their body is withheld."""
    listed = officer_list(session, organisation_id=_body(session, slug).id)
    return [str(one.id) for one in listed if Role.HOLD_APPROVER in one.roles][:2]


def _link(session: Session, index: Index, settings: WorldSettings) -> tuple[Known, dict[str, str]]:
    """Make the demo's people citizens, and link those who need no code to the bodies they know."""
    bodies = directory(session)
    known: Known = {}
    codes: dict[str, str] = {}
    for citizen in citizens.load():
        citizen_id = identity.find_or_make_citizen(
            session,
            index,
            issuer=settings.issuer,
            subject=citizens.subject(citizen, seed=settings.seed),
        )
        if citizen.code_at is None:
            _link_at_once(session, index, citizen_id, citizen, bodies)
        linked = _linked(session, citizen_id)
        for slug in citizen.known_at:
            body = bodies.body_by_slug(slug)
            if body is not None and body.id in linked:
                known.setdefault(slug, {})[linked[body.id]] = citizen.name
        sender = bodies.body_by_slug(citizen.code_at or "")
        if sender is not None and not _has_used_code(session, citizen_id, sender):
            codes[citizen.name] = _new_code(session, index, citizen, sender, seed=settings.seed)
    return known, codes


def _feed(session: Session, index: Index, settings: WorldSettings) -> dict[str, str]:
    """One person reads news as a feed, and has bodies asked while they are away; made once."""
    citizen = next(each for each in citizens.load() if each.name == READS_A_FEED)
    subject = citizens.subject(citizen, seed=settings.seed)
    who = identity.find_or_make_citizen(session, index, issuer=settings.issuer, subject=subject)
    if news_queries.wishes(session, who).rhythms != CALM:
        return {}
    news.choose(session, who, {**CALM, NewsKind.CHOICE: Rhythm.WEEKLY}, looks=True)
    return {citizen.name: f"/news/{news.make_feed(session, index, who)}.atom"}


def _link_at_once(
    session: Session, index: Index, citizen_id: UUID, citizen: Citizen, bodies: Directory
) -> None:
    """As if each body had known them by a claim; a link that the person has ended stays ended."""
    have = {change.organisation_id for change in link_history(session, citizen_id)}
    for slug in citizen.known_at:
        body = bodies.body_by_slug(slug)
        if body is None or body.id in have:
            continue
        identity.link(
            session,
            citizen_id,
            body.id,
            pairwise=identity.pairwise(index, citizen_id, body.id),
            state=LinkState.LINKED,
            proof=LinkProof.CLAIM,
        )
        session.flush()


def _has_used_code(session: Session, citizen_id: UUID, sender: Body) -> bool:
    """Whether their code has made a link, if only one that they have ended since."""
    return any(
        change.organisation_id == sender.id
        and change.state is LinkState.LINKED
        and change.proof is LinkProof.CODE
        for change in link_history(session, citizen_id)
    )


def _new_code(session: Session, index: Index, citizen: Citizen, sender: Body, *, seed: int) -> str:
    """The code in the first letter whose code made no link yet, of this account or a closed one."""
    letters = (citizens.activation_code(citizen, seed=seed, letter=n) for n in count(1))
    for code in letters:
        blind = identity.blind_of_code(index, sender.id, code.replace("-", ""))
        if not code_was_used(session, blind):
            return code
    raise AssertionError("letters are without end")


def _linked(session: Session, citizen_id: UUID) -> dict[UUID, str]:
    """The pairwise id of each standing link, by body."""
    return {
        link.organisation_id: link.pairwise
        for link in links(session, citizen_id)
        if link.state is LinkState.LINKED
    }
