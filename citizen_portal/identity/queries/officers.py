"""What can be asked about officers: who one is, what they may do, and the list of a body's."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_portal.bodies.models import Organisation
from citizen_portal.db import Words
from citizen_portal.identity.models import Officer, OfficerSignIn, Role


@dataclass(frozen=True, slots=True)
class OfficerHere:
    """The officer of a request: for which body they act, what they may do, and their session."""

    officer_id: UUID
    organisation_id: UUID
    name: str
    roles: frozenset[Role]
    sign_in_id: UUID
    auth_time: datetime
    body_name: Words = field(default_factory=dict, compare=False)
    body_official_name: Words = field(default_factory=dict, compare=False)

    def may(self, role: Role) -> bool:
        return role in self.roles


@dataclass(frozen=True, slots=True)
class OfficerPlace:
    """One signed-in session of an officer as its cookie is checked against it."""

    officer: OfficerHere
    token_digest: str
    started_at: datetime
    last_seen_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Listed:
    """An officer as the operator and their colleagues know them."""

    id: UUID
    body: str
    name: str
    roles: tuple[Role, ...]
    added_at: datetime


def officer_sign_in(session: Session, officer_id: UUID, sign_in_id: UUID) -> OfficerPlace | None:
    """One session of an officer who is on the list, over or not, with their roles as they are."""
    row = session.execute(
        select(Officer, OfficerSignIn, Organisation)
        .join(OfficerSignIn, OfficerSignIn.officer_id == Officer.id)
        .join(Organisation, Organisation.id == Officer.organisation_id)
        .where(
            Officer.id == officer_id, OfficerSignIn.id == sign_in_id, Officer.removed_at.is_(None)
        )
    ).first()
    if row is None:
        return None
    officer, place, body = row
    here = OfficerHere(
        officer_id=officer.id,
        organisation_id=officer.organisation_id,
        name=officer.name,
        roles=frozenset(_roles(officer)),
        sign_in_id=place.id,
        auth_time=place.auth_time,
        body_name=body.name,
        body_official_name=body.official_name,
    )
    return OfficerPlace(
        here, place.token_digest, place.started_at, place.last_seen_at, place.revoked_at
    )


def officer_of(session: Session, blind: str) -> tuple[UUID, UUID] | None:
    """The officer of an account, by its blind index, and their body; none who was removed."""
    row = session.execute(
        select(Officer.id, Officer.organisation_id).where(
            Officer.blind == blind, Officer.removed_at.is_(None)
        )
    ).first()
    return (row[0], row[1]) if row else None


def sealed_hint_of_officer(session: Session, officer_id: UUID, sign_in_id: UUID) -> bytes | None:
    """The sealed id_token of one session of an officer."""
    return session.scalar(
        select(OfficerSignIn.sealed_hint).where(
            OfficerSignIn.officer_id == officer_id, OfficerSignIn.id == sign_in_id
        )
    )


def officer_list(session: Session, *, organisation_id: UUID | None = None) -> tuple[Listed, ...]:
    """Who is on the list, of one body or of each, by body and name."""
    wanted = (
        select(Officer, Organisation.slug)
        .join(Organisation, Organisation.id == Officer.organisation_id)
        .where(Officer.removed_at.is_(None))
        .order_by(Organisation.slug, Officer.name, Officer.id)
    )
    if organisation_id is not None:
        wanted = wanted.where(Officer.organisation_id == organisation_id)
    return tuple(
        Listed(officer.id, slug, officer.name, _roles(officer), officer.added_at)
        for officer, slug in session.execute(wanted)
    )


def officers_with(session: Session, organisation_id: UUID, role: Role) -> frozenset[UUID]:
    """The officers of a body who have this role now."""
    rows = session.execute(
        select(Officer.id, Officer.roles).where(
            Officer.organisation_id == organisation_id, Officer.removed_at.is_(None)
        )
    )
    return frozenset(row.id for row in rows if role in row.roles)


def _roles(officer: Officer) -> tuple[Role, ...]:
    return tuple(role for role in Role if role.value in officer.roles)
