"""What can be asked about a citizen: their links, their sessions, their tries at a code."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from citizen_portal import clock
from citizen_portal.identity.models import (
    AccountIndex,
    LinkChange,
    LinkProof,
    LinkState,
    SignIn,
    SubjectLink,
    UsedCode,
)


@dataclass(frozen=True, slots=True)
class Link:
    """What a body answered when it was asked whether it knows this citizen."""

    organisation_id: UUID
    pairwise: str
    state: LinkState
    proof: LinkProof
    since: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the history of a citizen's links."""

    organisation_id: UUID
    state: LinkState
    proof: LinkProof
    at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """One signed-in session as its cookie is checked against it."""

    citizen_id: UUID
    id: UUID
    token_digest: str
    assurance: str
    auth_time: datetime
    started_at: datetime
    last_seen_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a session lasts: without a request, and in any case."""

    idle: timedelta
    absolute: timedelta

    def over(self, found: Place) -> bool:
        now = clock.now()
        return (
            found.revoked_at is not None
            or found.last_seen_at + self.idle < now
            or found.started_at + self.absolute < now
        )


def links(session: Session, citizen_id: UUID) -> tuple[Link, ...]:
    """A citizen's links in every state but unlinked, the oldest first."""
    rows = session.execute(
        select(
            SubjectLink.organisation_id,
            SubjectLink.pairwise,
            SubjectLink.state,
            SubjectLink.proof,
            SubjectLink.since,
        )
        .where(SubjectLink.citizen_id == citizen_id, SubjectLink.state != LinkState.UNLINKED)
        .order_by(SubjectLink.since, SubjectLink.id)
    )
    return tuple(Link(*row) for row in rows)


def link_state(session: Session, citizen_id: UUID, organisation_id: UUID) -> LinkState | None:
    """How a citizen's link to one body stands, if there ever was one."""
    return session.scalar(
        select(SubjectLink.state).where(
            SubjectLink.citizen_id == citizen_id, SubjectLink.organisation_id == organisation_id
        )
    )


def link_history(session: Session, citizen_id: UUID, *, most: int = 100) -> tuple[Change, ...]:
    """What became of a citizen's links, the newest first."""
    rows = session.execute(
        select(LinkChange.organisation_id, LinkChange.state, LinkChange.proof, LinkChange.at)
        .where(LinkChange.citizen_id == citizen_id)
        .order_by(LinkChange.at.desc(), LinkChange.id.desc())
        .limit(most)
    )
    return tuple(Change(*row) for row in rows)


def sign_in(session: Session, citizen_id: UUID, sign_in_id: UUID) -> Place | None:
    """One session of a citizen, over or not."""
    row = session.execute(_sessions(citizen_id).where(SignIn.id == sign_in_id)).first()
    return Place(*row) if row else None


def sign_ins(session: Session, citizen_id: UUID, *, limits: Limits) -> tuple[Place, ...]:
    """Where a citizen is signed in now, the last seen first."""
    rows = session.execute(
        _sessions(citizen_id)
        .where(SignIn.revoked_at.is_(None), SignIn.last_seen_at > clock.now() - limits.idle)
        .order_by(SignIn.last_seen_at.desc(), SignIn.id.desc())
    )
    found = (Place(*row) for row in rows)
    return tuple(one for one in found if not limits.over(one))


def sealed_hint(session: Session, citizen_id: UUID, sign_in_id: UUID) -> bytes | None:
    """The sealed id_token of one session of a citizen."""
    return session.scalar(
        select(SignIn.sealed_hint).where(SignIn.citizen_id == citizen_id, SignIn.id == sign_in_id)
    )


def citizen_of(session: Session, blind: str) -> UUID | None:
    """The citizen of an account, by its blind index."""
    return session.scalar(select(AccountIndex.citizen_id).where(AccountIndex.blind == blind))


def code_was_used(session: Session, blind: str) -> bool:
    """Whether an activation code has made a link."""
    return bool(
        session.scalar(select(func.count()).select_from(UsedCode).where(UsedCode.blind == blind))
    )


def _sessions(
    citizen_id: UUID,
) -> Select[UUID, UUID, str, str, datetime, datetime, datetime, datetime | None]:
    return select(
        SignIn.citizen_id,
        SignIn.id,
        SignIn.token_digest,
        SignIn.assurance,
        SignIn.auth_time,
        SignIn.started_at,
        SignIn.last_seen_at,
        SignIn.revoked_at,
    ).where(SignIn.citizen_id == citizen_id)
