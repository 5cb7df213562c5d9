"""What can happen to officers, by the operator's word alone, and to their sessions."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from citizen_portal import audit, clock
from citizen_portal.errors import NotFound, WrongState
from citizen_portal.identity.actions.proof import Proof, digest
from citizen_portal.identity.models import Officer, OfficerSignIn, Role


@dataclass(frozen=True, slots=True)
class Begun:
    """A session of an officer just begun, and the one moment at which its token is known."""

    sign_in: OfficerSignIn
    token: str


def add(
    session: Session, organisation_id: UUID, *, blind: str, name: str, roles: Iterable[Role]
) -> Officer:
    """Let somebody act for a body. Whoever comes back to a body is the officer they were there,
    so that four eyes stay four; at another body they are somebody new."""
    known = session.scalars(select(Officer).where(Officer.blind == blind)).one_or_none()
    if known is not None and known.removed_at is None:
        raise WrongState("This subject is an officer already.")
    if known is not None and known.organisation_id != organisation_id:
        known.blind = _elsewhere(known.organisation_id, blind)
        session.flush()
        known = session.scalars(
            select(Officer).where(Officer.blind == _elsewhere(organisation_id, blind))
        ).one_or_none()
    given = _in_order(roles)
    if known is None:
        known = Officer(organisation_id=organisation_id, blind=blind, name=name, roles=given)
        session.add(known)
    known.blind, known.name, known.roles, known.removed_at = blind, name, given, None
    _note(session, "officer:added", known)
    return known


def _elsewhere(organisation_id: UUID, blind: str) -> str:
    """What keeps the row of somebody who acts for another body now, for when they come back."""
    return f"{organisation_id}:{blind}"


def change_roles(session: Session, officer_id: UUID, *, roles: Iterable[Role]) -> Officer:
    """What an officer may do from their next request on."""
    officer = _standing(session, officer_id)
    officer.roles = _in_order(roles)
    _note(session, "officer:roles-changed", officer)
    return officer


def remove(session: Session, officer_id: UUID) -> Officer:
    """Take an officer off the list and end their sessions. What they did stays on record."""
    officer = _standing(session, officer_id)
    officer.removed_at = clock.now()
    ending = update(OfficerSignIn).where(
        OfficerSignIn.officer_id == officer_id, OfficerSignIn.revoked_at.is_(None)
    )
    session.execute(ending.values(revoked_at=clock.now(), sealed_hint=None))
    _note(session, "officer:removed", officer)
    return officer


def start(session: Session, officer_id: UUID, *, organisation_id: UUID, proof: Proof) -> Begun:
    """Begin a session of an officer."""
    token = secrets.token_urlsafe(32)
    sign_in = OfficerSignIn(
        officer_id=officer_id,
        token_digest=digest(token),
        assurance=proof.assurance,
        auth_time=proof.auth_time,
        provider_session=proof.provider_session,
    )
    session.add(sign_in)
    audit.record(
        session,
        "officer:signed-in",
        actor=officer_id,
        for_body=organisation_id,
        sign_in=str(sign_in.id),
    )
    return Begun(sign_in, token)


def end(session: Session, officer_id: UUID, sign_in_id: UUID, *, organisation_id: UUID) -> bool:
    """End one session at once; whether there was one to end."""
    row = session.scalars(
        select(OfficerSignIn).where(
            OfficerSignIn.officer_id == officer_id,
            OfficerSignIn.id == sign_in_id,
            OfficerSignIn.revoked_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        return False
    row.revoked_at, row.sealed_hint = clock.now(), None
    audit.record(
        session,
        "officer:signed-out",
        actor=officer_id,
        for_body=organisation_id,
        sign_in=str(sign_in_id),
    )
    return True


def end_there(
    session: Session, officer_id: UUID, organisation_id: UUID, provider_session: str | None
) -> None:
    """End what began in one session of the officers' identity provider, which is over there;
    without one, whatever the officer is signed in to."""
    mine = select(OfficerSignIn.id).where(OfficerSignIn.officer_id == officer_id)
    if provider_session is not None:
        there = OfficerSignIn.provider_session
        mine = mine.where(or_(there == provider_session, there.is_(None)))
    for sign_in_id in session.scalars(mine):
        end(session, officer_id, sign_in_id, organisation_id=organisation_id)


def note_seen(session: Session, officer_id: UUID, sign_in_id: UUID) -> None:
    seen = update(OfficerSignIn).where(
        OfficerSignIn.officer_id == officer_id, OfficerSignIn.id == sign_in_id
    )
    session.execute(seen.values(last_seen_at=clock.now()))


def forget_sessions(session: Session, *, older_than: timedelta) -> None:
    """Delete what is left of officers' sessions that are over; the audit keeps that they were."""
    old = OfficerSignIn.started_at < clock.now() - older_than
    session.execute(delete(OfficerSignIn).where(or_(old, OfficerSignIn.revoked_at.is_not(None))))


def _standing(session: Session, officer_id: UUID) -> Officer:
    officer = session.get(Officer, officer_id, with_for_update=True)
    if officer is None or officer.removed_at is not None:
        raise NotFound("There is no such officer.")
    return officer


def _in_order(roles: Iterable[Role]) -> list[str]:
    """Each role once, in the order in which roles are listed."""
    wanted = set(roles)
    return [role.value for role in Role if role in wanted]


def _note(session: Session, tag: str, officer: Officer) -> None:
    """The operator did it; the body's officers may read it."""
    audit.record(
        session,
        tag,
        for_body=officer.organisation_id,
        officer=str(officer.id),
        roles=officer.roles,
    )
