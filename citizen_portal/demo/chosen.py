"""What the demo's people chose before it began, so that each answer of a body can be seen.

Made by what makes choices in the portal itself, as if it were that day. What somebody chose of the
same before, in this demo or by hand, is left as it is.
"""

import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_portal import clock, jobs, region
from citizen_portal.agreements.queries import law, register_terms
from citizen_portal.bodies.models import Delivery, DeliveryState, MessageKind
from citizen_portal.bodies.queries import Directory, directory
from citizen_portal.db import Sessions
from citizen_portal.demo import answering
from citizen_portal.demo.behaviours import BEHAVIOURS
from citizen_portal.demo.body import Held
from citizen_portal.demo.folder import WorldSettings
from citizen_portal.demo.people import citizens
from citizen_portal.identity import actions as identity
from citizen_portal.jobs import Job, JobState
from citizen_portal.preferences import actions
from citizen_portal.preferences.actions import Due, Said, Wish
from citizen_portal.preferences.models import Answer, Choice, Effect, Reply, Scope
from citizen_portal.preferences.queries import Preview, Stands
from citizen_portal.preferences.queries.receipts import RECEIPT_KIND, Issuer, document
from citizen_portal.region import Region
from citizen_portal.sealing import Index, Sealer
from citizen_portal.signing import Signer

A_MOMENT, A_DAY = timedelta(minutes=2), timedelta(days=1)


@dataclass(frozen=True)
class Chose:
    """One choice: about an agreement, or about all of a body or a purpose."""

    who: str
    days_ago: int
    answer: Answer = Answer.NO
    agreement: str | None = None
    body: str | None = None
    purpose: str | None = None


CHOICES = (
    Chose("citizen-1", 50, agreement="OWN-0004"),  # overdue
    Chose("citizen-1", 25, agreement="DSA-0001"),  # refused by one, applied by the other
    Chose("citizen-1", 20, agreement="DSA-0022"),  # applied
    Chose("citizen-1", 12, agreement="DSA-0002"),  # not yet
    Chose("citizen-1", 9, agreement="DSA-0004"),  # not delivered to one
    Chose("citizen-2", 15, body="schools-office"),
    Chose("citizen-3", 18, purpose="https://w3id.org/dpv#ScientificResearch"),
    Chose("citizen-3", 6),
    Chose("citizen-4", 11, body="benefits-office", purpose="https://w3id.org/dpv#PublicBenefit"),
    Chose("citizen-5", 21, agreement="DSA-0020"),
    Chose("citizen-5", 8, Answer.YES, agreement="DSA-0030"),
)
"""The oldest of each person first."""


@dataclass(frozen=True)
class World:
    sessions: Sessions
    sealer: Sealer
    index: Index
    signer: Signer
    settings: WorldSettings
    portal: str
    """Its address, as it stands in receipts."""

    @cached_property
    def region(self) -> Region:
        return region.load("uk")

    @cached_property
    def directory(self) -> Directory:
        with self.sessions.reading() as session:
            return directory(session)


def write(world: World) -> None:
    """Each once: a start that died half-way goes on where it was.

    Bodies hear of new links first. Heard of later, a link gives a body its time anew.
    """
    _run(world, "preferences.linked")
    _run(world, "preferences.send")
    for chose in CHOICES:
        if _chose(world, chose):
            continue
        span = timedelta(days=chose.days_ago)
        with clock.ago(span):
            choice_id = _choose(world, chose)
            _run(world, "preferences.send")
        with clock.ago(span - A_MOMENT):
            _deliver(world)
        with clock.ago(span - A_DAY):
            _answer(world, choice_id)


def _chose(world: World, chose: Chose) -> bool:
    with world.sessions.writing() as session:
        mine = Choice.citizen_id == citizen_of(session, world, chose.who)
        same = select(Choice.id).where(mine, Choice.scope == _scope(world, chose).key)
        return session.scalar(same.limit(1)) is not None


def _choose(world: World, chose: Chose) -> UUID:
    today = world.region.today()
    with world.sessions.writing() as session:
        return actions.choose(
            session,
            citizen_of(session, world, chose.who),
            Wish(_scope(world, chose), chose.answer),
            register=register_terms(session),
            due=Due.by(world.region, today),
            today=today,
            receipt=lambda made, seen: _receipt(world, made, seen),
        )


def citizen_of(session: Session, world: World, name: str) -> UUID:
    (citizen,) = (each for each in citizens.load() if each.name == name)
    subject = citizens.subject(citizen, seed=world.settings.seed)
    return identity.find_or_make_citizen(
        session, world.index, issuer=world.settings.issuer, subject=subject
    )


def _scope(world: World, chose: Chose) -> Scope:
    body = world.directory.body_by_slug(chose.body) if chose.body else None
    return Scope(chose.agreement, body.id if body else None, chose.purpose)


def _receipt(world: World, made: Stands, seen: Preview) -> str:
    issuer = Issuer(world.portal, world.region, law("uk"), "en", holder=secrets.token_hex(32))
    said = document(made, seen, issuer=issuer, directory=world.directory)
    return world.signer.statement(said, kind=RECEIPT_KIND)


def _run(world: World, name: str) -> None:
    """What the worker does next. To send is to number, to sign, and to have each body told."""
    waits = (Job.name == name, Job.state == JobState.QUEUED)
    with world.sessions.reading() as session:
        waiting = session.scalars(select(Job.id).where(*waits)).all()
    parts = {"signer": world.signer, "sealer": world.sealer, "region": world.region}
    for job_id in waiting:
        jobs.run(world.sessions, parts, job_id)


def _deliver(world: World) -> None:
    """The body that is down took nothing, however often it was tried; the others did."""
    bodies = world.directory.bodies.values()
    gone = {each.id for each in bodies if each.slug in BEHAVIOURS and BEHAVIOURS[each.slug].down}
    waiting = select(Delivery).where(
        Delivery.kind == MessageKind.PREFERENCE_CHANGED, Delivery.state == DeliveryState.WAITING
    )
    with world.sessions.writing() as session:
        for delivery in session.scalars(waiting):
            if delivery.organisation_id in gone:
                delivery.give_up("said_error")
            else:
                delivery.taken()
        session.flush()
        actions.hear(session)


def _answer(world: World, choice_id: UUID) -> None:
    """As the bodies will say it again once they read their lists."""
    with world.sessions.writing() as session:
        for effect in session.scalars(select(Effect).where(Effect.choice_id == choice_id)):
            body = world.directory.bodies[effect.organisation_id]
            behaviour = BEHAVIOURS.get(body.slug)
            if behaviour is None or behaviour.down:
                continue
            said = answering.answer(body.slug, _held(effect))
            if said is not None:
                seal = world.sealer.seal
                actions.acknowledge(session, body.id, effect.id, _said(said), seal=seal)


def _held(effect: Effect) -> Held:
    return Held(
        effect.id.hex,
        effect.subject,
        effect.agreement,
        effect.version,
        effect.may_use,
        effect.objection,
        effect.due_on,
        effect.made_at.date(),
    )


def _said(said: answering.Answer) -> Said:
    days = {name: date.fromisoformat(said[name]) for name in ("from", "until") if name in said}
    return Said(
        Reply(said["state"]),
        applied_from=days.get("from"),
        not_until=days.get("until"),
        reason=said.get("reason"),
    )
