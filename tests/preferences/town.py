"""A portal with three bodies, agreements of each kind between them, and citizens who choose."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_portal import jobs
from citizen_portal.agreements.actions import Entries, import_register
from citizen_portal.agreements.queries import register_terms
from citizen_portal.agreements.schemas import checking
from citizen_portal.bodies.actions import bump
from citizen_portal.db import Sessions
from citizen_portal.identity import actions as identity
from citizen_portal.identity.models import Citizen, LinkProof, LinkState
from citizen_portal.jobs import Job
from citizen_portal.preferences import actions
from citizen_portal.preferences.actions import Due, Wish
from citizen_portal.preferences.models import Answer, Effect, Scope
from citizen_portal.preferences.queries import Preview, Stands
from tests import make
from tests.agreements.files import agreement

BODIES = ("clinic", "council", "university", "hermit")
RESEARCH, SERVICE = (
    "https://w3id.org/dpv#ScientificResearch",
    "https://w3id.org/dpv#ServiceProvision",
)
TODAY = date(2026, 11, 20)
DUE = Due(
    objection=date(2026, 12, 20),
    objection_extended=date(2027, 2, 20),
    other=date(2026, 12, 11),
)
SIGNED = "signed"


@dataclass
class Town:
    """DSA-0001 may be objected to, DSA-0002 opted out of, DSA-0003 needs consent, DSA-0004 leaves
    no choice. The clinic gives in each; the university gets but in the first, where it is the
    council; the hermit shares nothing."""

    app: Flask
    bodies: dict[str, UUID] = field(default_factory=dict)

    def __post_init__(self) -> None:
        with self.sessions.writing() as session:
            for slug in BODIES:
                body = make.body(
                    slug=slug,
                    code=slug.upper(),
                    name=make.words(f"The {slug}"),
                    official_name=make.words(f"{slug.title()} of the town"),
                )
                session.add(body)
                session.flush()
                self.bodies[slug] = body.id
            bump(session)
        reason = {"en": "The law demands it."}
        self.bring_in(
            between("DSA-0001", "clinic", "council", "objection", SERVICE),
            between("DSA-0002", "clinic", "university", "opt_out", RESEARCH),
            between("DSA-0003", "clinic", "university", "consent", RESEARCH),
            between("DSA-0004", "clinic", "university", "none", RESEARCH, choice_reason=reason),
        )

    @property
    def sessions(self) -> Sessions:
        sessions: Sessions = self.app.extensions["sessions"]
        return sessions

    def publish(
        self, reference: str, giver: str, taker: str, choice: str, purpose: str, **more: Any
    ) -> None:
        self.bring_in(between(reference, giver, taker, choice, purpose, **more))

    def bring_in(self, *documents: dict[str, Any]) -> None:
        """Publish these agreements, in one import."""
        with self.sessions.writing() as session:
            entries = Entries(agreements=tuple(map(checking.whole, documents)))
            import_register(session, entries, today=TODAY)

    def person(self, *at: str) -> UUID:
        """A citizen who is linked to these bodies, or to all of them."""
        with self.sessions.writing() as session:
            citizen = Citizen()
            session.add(citizen)
            session.flush()
            for slug in at or BODIES:
                self.link(session, citizen.id, slug)
            return citizen.id

    def link(self, session: Session, citizen_id: UUID, slug: str) -> None:
        identity.link(
            session,
            citizen_id,
            self.bodies[slug],
            pairwise=self.known_as(citizen_id, slug),
            state=LinkState.LINKED,
            proof=LinkProof.CODE,
        )

    def known_as(self, citizen_id: UUID, slug: str) -> str:
        return identity.pairwise(self.app.extensions["index"], citizen_id, self.bodies[slug])

    def choose(
        self, citizen_id: UUID, scope: Scope, answer: Answer = Answer.NO, *, keep: Any = ()
    ) -> UUID:
        with self.sessions.writing() as session:
            return actions.choose(
                session,
                citizen_id,
                Wish(scope, answer, frozenset(keep)),
                register=register_terms(session),
                due=DUE,
                today=TODAY,
                receipt=_receipt,
            )

    def effects(self, citizen_id: UUID, *, current: bool = True) -> list[Effect]:
        """By agreement and body, the older before the newer."""
        names = {id_: slug for slug, id_ in self.bodies.items()}
        with self.sessions.reading() as session:
            found = select(Effect).where(Effect.citizen_id == citizen_id)
            if current:
                found = found.where(Effect.current)
            rows = list(session.scalars(found.order_by(Effect.version)))
        return sorted(rows, key=lambda row: (row.agreement, names[row.organisation_id]))

    def told(self, citizen_id: UUID) -> dict[tuple[str, str], bool]:
        """Whether each body may use the data, by agreement and body, where it was told anything."""
        names = {id_: slug for slug, id_ in self.bodies.items()}
        return {
            (row.agreement, names[row.organisation_id]): row.may_use
            for row in self.effects(citizen_id)
        }

    def work(self, name: str) -> None:
        """Do the jobs of this name that wait, or one where none does."""
        with self.sessions.writing() as session:
            found = select(Job.id).where(Job.name == name, Job.state == jobs.JobState.QUEUED)
            waiting = list(session.scalars(found)) or [jobs.enqueue(session, name).id]
        for job_id in waiting:
            jobs.run(self.sessions, self.app.extensions, job_id)


def between(
    reference: str, giver: str, taker: str, choice: str, purpose: str, **more: Any
) -> dict[str, Any]:
    """An agreement by which one body gives data to another."""
    return agreement(
        reference,
        disclosers=[{"organisation": giver}],
        recipients=[{"organisation": taker}],
        choice=choice,
        purpose_iri=purpose,
        **more,
    )


def about(reference: str) -> Scope:
    return Scope(agreement=reference)


def _receipt(made: Stands, seen: Preview) -> str:
    return SIGNED
