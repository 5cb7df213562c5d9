"""What can be asked about citizens' sessions, and how long a session lasts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from citizen_portal import clock
from citizen_portal.audit import AuditEntry
from citizen_portal.db import ask
from citizen_portal.identity.models import AccountIndex, Citizen, SignIn, Visit


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
class Seen:
    """One visit, and how surely it was the citizen."""

    at: datetime
    assurance: str


class Lasting(Protocol):
    """What every session tells of how long it has been there."""

    @property
    def started_at(self) -> datetime: ...

    @property
    def last_seen_at(self) -> datetime: ...

    @property
    def revoked_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a session lasts: without a request, and in any case."""

    idle: timedelta
    absolute: timedelta

    def over(self, found: Lasting) -> bool:
        now = clock.now()
        return (
            found.revoked_at is not None
            or found.last_seen_at + self.idle < now
            or found.started_at + self.absolute < now
        )


_SESSIONS = select(
    SignIn.citizen_id,
    SignIn.id,
    SignIn.token_digest,
    SignIn.assurance,
    SignIn.auth_time,
    SignIn.started_at,
    SignIn.last_seen_at,
    SignIn.revoked_at,
)
_SIGN_IN = _SESSIONS.where(
    SignIn.citizen_id == bindparam("citizen"), SignIn.id == bindparam("sign_in")
)


def sign_in(session: Session, citizen_id: UUID, sign_in_id: UUID) -> Place | None:
    """One session of a citizen, over or not."""
    row = ask(session, _SIGN_IN, citizen=citizen_id, sign_in=sign_in_id).first()
    return Place(*row) if row else None


def sign_ins(session: Session, citizen_id: UUID, *, limits: Limits) -> tuple[Place, ...]:
    """Where a citizen is signed in now, the last seen first."""
    rows = session.execute(
        _SESSIONS.where(SignIn.citizen_id == citizen_id)
        .where(SignIn.revoked_at.is_(None), SignIn.last_seen_at > clock.now() - limits.idle)
        .order_by(SignIn.last_seen_at.desc(), SignIn.id.desc())
    )
    found = (Place(*row) for row in rows)
    return tuple(one for one in found if not limits.over(one))


def visits(session: Session, citizen_id: UUID, *, most: int) -> tuple[Seen, ...]:
    """When a citizen signed in of late, the newest first."""
    rows = session.execute(
        select(Visit.at, Visit.assurance)
        .where(Visit.citizen_id == citizen_id)
        .order_by(Visit.at.desc(), Visit.id.desc())
        .limit(most)
    )
    return tuple(Seen(*row) for row in rows)


def closed(session: Session, *, most: int, after: UUID | None) -> dict[UUID, UUID]:
    """Citizens who closed their account and of whom something is left, each with the id of the
    closed account, in the order of those; ``after`` is the last one of the page before."""
    gone = select(Citizen.id, Citizen.closed_as).where(Citizen.closed_as.is_not(None))
    if after is not None:
        gone = gone.where(Citizen.closed_as > after)
    rows = session.execute(gone.order_by(Citizen.closed_as).limit(most))
    return {citizen: closed_as for citizen, closed_as in rows if closed_as is not None}


@dataclass(frozen=True, slots=True)
class Noted:
    """A line of the audit list."""

    at: datetime
    tag: str
    about: dict[str, Any]


def noted_of_closed(session: Session, closed_id: UUID) -> tuple[Noted, ...]:
    """What the audit list keeps of a closed account, the oldest first."""
    rows = session.execute(
        select(AuditEntry.at, AuditEntry.tag, AuditEntry.about)
        .where(AuditEntry.actor_id == closed_id)
        .order_by(AuditEntry.at, AuditEntry.id)
    )
    return tuple(Noted(*row) for row in rows)


def sealed_hint(session: Session, citizen_id: UUID, sign_in_id: UUID) -> bytes | None:
    """The sealed id_token of one session of a citizen."""
    return session.scalar(
        select(SignIn.sealed_hint).where(SignIn.citizen_id == citizen_id, SignIn.id == sign_in_id)
    )


def citizen_of(session: Session, blinds: Sequence[str]) -> UUID | None:
    """The citizen of an account, by what it may be kept by.

    Held so until the transaction is over: an account that is closed meanwhile is closed after it.
    """
    known = select(AccountIndex.citizen_id).where(AccountIndex.blind.in_(blinds))
    return session.scalar(known.with_for_update(read=True))
