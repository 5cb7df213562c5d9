"""What can happen to a citizen's sessions: begun, proved again, seen, ended, forgotten."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Select, delete, or_, select, update
from sqlalchemy.orm import Session

from citizen_portal import audit, clock, jobs
from citizen_portal.errors import NotFound, WrongState
from citizen_portal.identity.actions import officers
from citizen_portal.identity.actions.links import TRIES_WITHIN
from citizen_portal.identity.actions.proof import Proof, digest
from citizen_portal.identity.actions.visits import note_visit
from citizen_portal.identity.models import CodeTry, SignIn

FORGOTTEN_EVERY = timedelta(hours=1)
"""How often what is left of sessions that are over is deleted."""


@dataclass(frozen=True, slots=True)
class Started:
    """A session just begun, and the one moment at which its token is known."""

    sign_in: SignIn
    token: str


def start(session: Session, citizen_id: UUID, *, proof: Proof) -> Started:
    """Begin a session of a citizen."""
    token = secrets.token_urlsafe(32)
    sign_in = SignIn(
        citizen_id=citizen_id,
        token_digest=digest(token),
        assurance=proof.assurance,
        auth_time=proof.auth_time,
        provider_session=proof.provider_session,
    )
    session.add(sign_in)
    note_visit(session, citizen_id, assurance=proof.assurance)
    audit.record(session, "citizen:signed-in", actor=citizen_id, sign_in=str(sign_in.id))
    return Started(sign_in, token)


def step_up(session: Session, citizen_id: UUID, sign_in_id: UUID, *, proof: Proof) -> Started:
    """Note that a citizen has just proved again who they are; the token changes with it.

    The session keeps its age: proving oneself again does not make it last longer.
    """
    sign_in = session.scalars(_live(citizen_id).where(SignIn.id == sign_in_id)).one_or_none()
    if sign_in is None:
        raise WrongState("You have been signed out. Sign in again to go on.")
    token = secrets.token_urlsafe(32)
    sign_in.token_digest = digest(token)
    sign_in.assurance, sign_in.auth_time = proof.assurance, proof.auth_time
    sign_in.provider_session = proof.provider_session
    sign_in.last_seen_at = clock.now()
    audit.record(session, "citizen:stepped-up", actor=citizen_id, sign_in=str(sign_in.id))
    return Started(sign_in, token)


def end(session: Session, citizen_id: UUID, sign_in_id: UUID) -> bool:
    """End one session at once, and have its answers forgotten; whether there was one to end."""
    return _end(session, citizen_id, [sign_in_id], tag="citizen:signed-out")


def end_one(session: Session, citizen_id: UUID, sign_in_id: UUID) -> None:
    """End one session of a citizen from another one; raises ``NotFound`` if it is not theirs."""
    if not _end(session, citizen_id, [sign_in_id], tag="sign-in:ended-elsewhere"):
        raise NotFound("This session has ended already.")


def end_others(session: Session, citizen_id: UUID, *, but: UUID) -> None:
    """End each session of a citizen except the one named."""
    others = session.scalars(_live(citizen_id).where(SignIn.id != but)).all()
    _end(session, citizen_id, [one.id for one in others], tag="sign-in:ended-elsewhere")


def end_there(session: Session, citizen_id: UUID, provider_session: str | None) -> None:
    """End what began in one session of the identity provider, which is over there; without one,
    whatever the citizen is signed in to, as GOV.UK One Login means it."""
    mine = _live(citizen_id)
    if provider_session is not None:
        there = SignIn.provider_session
        mine = mine.where(or_(there == provider_session, there.is_(None)))
    ended = [one.id for one in session.scalars(mine)]
    _end(session, citizen_id, ended, tag="sign-in:ended-there")


def note_seen(session: Session, citizen_id: UUID, sign_in_id: UUID) -> None:
    seen = update(SignIn).where(SignIn.citizen_id == citizen_id, SignIn.id == sign_in_id)
    session.execute(seen.values(last_seen_at=clock.now()))


def forget_sessions(session: Session, *, older_than: timedelta) -> None:
    """Delete what is left of sessions that are over: nobody is told later when they were here.

    Concerns every citizen and officer: for the worker alone.
    """
    old = SignIn.started_at < clock.now() - older_than
    session.execute(delete(SignIn).where(or_(old, SignIn.revoked_at.is_not(None))))
    officers.forget_sessions(session, older_than=older_than)
    session.execute(delete(CodeTry).where(CodeTry.at <= clock.now() - TRIES_WITHIN))


def _live(citizen_id: UUID) -> Select[SignIn]:
    return select(SignIn).where(SignIn.citizen_id == citizen_id, SignIn.revoked_at.is_(None))


def _end(session: Session, citizen_id: UUID, ids: list[UUID], *, tag: str) -> bool:
    rows = session.scalars(_live(citizen_id).where(SignIn.id.in_(ids))).all()
    for row in rows:
        row.revoked_at, row.sealed_hint = clock.now(), None
        audit.record(session, tag, actor=citizen_id, sign_in=str(row.id))
        jobs.enqueue(session, "access.forget_session", citizen=str(citizen_id), sign_in=str(row.id))
    return bool(rows)
