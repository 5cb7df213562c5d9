"""What can be asked about copies. One is reached only by the citizen whose it is."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from citizen_portal import clock
from citizen_portal.errors import NotFound
from citizen_portal.exports.models import ENDED, THERE, UNDER_WAY, Export, Part, State, Why
from citizen_portal.identity import queries as identity
from citizen_portal.identity.queries import linked_bodies
from citizen_portal.jobs import Job, JobState

BUILD = "exports.build"
"""The job that makes a copy."""
AT_ONCE = 500
MOST_LISTED = 50
ANEW_AFTER = timedelta(days=1)
"""The time in which only so many copies may be asked for."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy as it stands."""

    citizen_id: UUID
    id: UUID
    state: State
    language: str
    parts: tuple[Part, ...]
    bodies: tuple[UUID, ...]
    since: date | None
    asked_at: datetime
    release_at: datetime
    attempts: int
    stored_as: str | None
    progress: dict[str, Any]
    missing: tuple[dict[str, Any], ...]
    held: dict[str, int]
    size: int | None
    fingerprint: str | None
    ready_at: datetime | None
    fetched_at: datetime | None
    expires_at: datetime | None
    ended_at: datetime | None
    fault: Why | None

    @property
    def under_way(self) -> bool:
        return self.state in UNDER_WAY

    @property
    def there(self) -> bool:
        """Whether it can be downloaded now."""
        still = self.expires_at is not None and clock.now() < self.expires_at
        return self.state in THERE and still

    @property
    def done(self) -> int:
        """From how many of the bodies it knows what it will get."""
        return sum(one["state"] in ("in", "empty", "missing") for one in self.progress.values())

    @property
    def context(self) -> str:
        """What its sealed file is bound to."""
        return f"export:{self.citizen_id}:{self.id}:{self.stored_as}"


def one(session: Session, citizen_id: UUID, export_id: UUID) -> Copy:
    """A copy of this citizen's; raises ``NotFound`` alike for another's and for none."""
    row = session.execute(_copies(citizen_id).where(Export.id == export_id)).one_or_none()
    if row is None:
        raise NotFound("There is no such copy.")
    return _copy(row)


def under_way(session: Session, citizen_id: UUID) -> Copy | None:
    """The copy that waits or is being made, if there is one."""
    row = session.execute(_copies(citizen_id).where(Export.state.in_(UNDER_WAY))).one_or_none()
    return _copy(row) if row else None


def may_ask(session: Session, copy: Copy, asked: Collection[UUID]) -> bool:
    """Whether this attempt is still the one that counts, and each link that it asks by stands."""
    counts = select(Export.id).where(*attempt(copy))
    return session.scalar(counts) is not None and linked(session, copy, asked)


def linked(session: Session, copy: Copy, asked: Collection[UUID]) -> bool:
    """Whether whose copy it is, is still linked to each of these bodies."""
    return linked_bodies(identity.links(session, copy.citizen_id)).keys() >= set(asked)


def copies(session: Session, citizen_id: UUID) -> tuple[Copy, ...]:
    """Those that were asked for and are not forgotten, the newest first."""
    wanted = _copies(citizen_id).order_by(Export.asked_at.desc(), Export.id.desc())
    return tuple(_copy(row) for row in session.execute(wanted.limit(MOST_LISTED)))


def asked_lately(session: Session, citizen_id: UUID) -> int:
    since = clock.now() - ANEW_AFTER
    lately = select(func.count()).where(Export.citizen_id == citizen_id, Export.asked_at > since)
    return session.scalars(lately).one()


Whose = tuple[UUID, UUID]
"""A citizen and one of their copies."""


def to_release(session: Session, now: datetime) -> list[Whose]:
    """Copies whose waiting time is over: for the worker alone."""
    return _whose(session, Export.state == State.ASKED, Export.release_at <= now)


def to_expire(session: Session, now: datetime) -> list[Whose]:
    return _whose(session, Export.state.in_(THERE), Export.expires_at <= now)


def left_behind(session: Session) -> list[Whose]:
    """Copies that nobody will take up any more: their job was given up.

    Jobs lie elsewhere where tables are spread, so they are asked by themselves; after the copies,
    for one that comes in between is not to be taken for one without a job.
    """
    unmade = Export.state.in_([State.WAITING, State.BUILDING])
    copies = session.execute(
        select(Export.citizen_id, Export.id, Export.job_id).where(unmade)
    ).all()
    going_on = Job.state.in_([JobState.QUEUED, JobState.RUNNING])
    cared_for = set(session.scalars(select(Job.id).where(Job.name == BUILD, going_on)))
    left = [(row.citizen_id, row.id) for row in copies if row.job_id not in cared_for]
    return left[:AT_ONCE]


def to_forget(session: Session, before: datetime) -> list[Whose]:
    return _whose(session, Export.state.in_(ENDED), Export.ended_at < before)


def kept_names(session: Session) -> set[str]:
    """The names in the store that some copy counts on."""
    counts = or_(Export.state.in_(THERE), Export.state == State.BUILDING)
    named = select(Export.stored_as).where(counts, Export.stored_as.is_not(None))
    return {name for name in session.scalars(named) if name is not None}


def attempt(copy: Copy) -> tuple[ColumnElement[bool], ...]:
    """The copy's row while the attempt that began with ``copy`` is the one that counts."""
    return (
        Export.citizen_id == copy.citizen_id,
        Export.id == copy.id,
        Export.state == State.BUILDING,
        Export.stored_as == copy.stored_as,
    )


def _whose(session: Session, *which: Any) -> list[Whose]:
    found = select(Export.citizen_id, Export.id).where(*which).limit(AT_ONCE)
    return [(row.citizen_id, row.id) for row in session.execute(found)]


def _copies(citizen_id: UUID) -> Select[Any]:
    columns: list[Any] = [getattr(Export, each.name) for each in fields(Copy)]
    return select(*columns).where(Export.citizen_id == citizen_id)


def _copy(row: Any) -> Copy:
    said = row._asdict()
    return Copy(
        **said
        | {
            "parts": tuple(Part(part) for part in said["parts"]),
            "bodies": tuple(UUID(hex=each) for each in said["bodies"]),
            "missing": tuple(said["missing"]),
        }
    )
