"""What was done for one body, by its officers and systems and by the operator: the newest first."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from citizen_portal import audit
from citizen_portal.audit import AuditEntry
from citizen_portal.identity.models import Officer

PAGE = 50


Place = tuple[datetime, UUID]
"""An entry after which a page begins."""


class Kind(StrEnum):
    """What the list can be narrowed to."""

    AGREEMENTS = "agreements"
    OFFICERS = "officers"
    SYSTEMS = "systems"
    SIGN_INS = "sign-ins"
    HOLDS = "holds"
    """Of withheld accesses: for officers who may approve them, and no others."""
    CHOICES = "choices"
    """What the body did with choices of people, as ids."""
    INCIDENTS = "incidents"
    """What the body reported of data that something went wrong with."""
    QUESTIONS = "questions"
    """What the body did with questions of people, as ids."""
    CORRECTIONS = "corrections"
    """What the body put right, and what it did about what others put right, as ids."""
    READING = "reading"


SUBJECTS = {
    Kind.AGREEMENTS: ("agreement", "draft", "views"),
    Kind.OFFICERS: ("officer",),
    Kind.SYSTEMS: ("access", "body", "key", "rules", "register", "totals"),
    Kind.SIGN_INS: (),
    Kind.HOLDS: ("hold",),
    Kind.CHOICES: ("check", "preference"),
    Kind.INCIDENTS: ("incident",),
    Kind.QUESTIONS: ("question",),
    Kind.CORRECTIONS: ("correction",),
    Kind.READING: ("audit",),
}
SIGN_INS = frozenset({"officer:signed-in", "officer:signed-out"})
OPERATOR = frozenset({"officer:added", "officer:removed", "officer:roles-changed"})
"""What the operator alone does, at the command line; so are all tags about a body's systems."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an officer asked to see of the list."""

    officer: UUID | None = None
    kind: Kind | None = None
    since: datetime | None = None
    until: datetime | None = None
    """The first moment that is not meant any more."""


@dataclass(frozen=True, slots=True)
class Done:
    """One thing that was done."""

    id: UUID
    at: datetime
    tag: str
    actor_id: UUID | None
    about: dict[str, Any]

    @property
    def system(self) -> str | None:
        """The body's system that did it, if it was one."""
        by_operator = self.tag in OPERATOR or self.tag.startswith("body:")
        return None if self.actor_id or by_operator else self.about.get("client")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of the list, and after which entry the next one begins, if there is one."""

    entries: tuple[Done, ...]
    after: Place | None


def kind_of(tag: str) -> Kind | None:
    """The kind of a tag; none for what is of citizens, and never stands on a body's list."""
    if tag in SIGN_INS:
        return Kind.SIGN_INS
    subject = tag.partition(":")[0]
    return next((kind for kind, subjects in SUBJECTS.items() if subject in subjects), None)


def done(
    session: Session,
    organisation_id: UUID,
    wanted: Wanted,
    *,
    after: Place | None = None,
    most: int = PAGE,
    with_holds: bool = False,
) -> Sheet:
    """What was done for one body, and for no other."""
    query = _of_body(organisation_id, wanted, with_holds=with_holds)
    query = query.order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
    if after is not None:
        at, last = after
        query = query.where(
            or_(AuditEntry.at < at, and_(AuditEntry.at == at, AuditEntry.id < last))
        )
    rows = session.scalars(query.limit(most + 1)).all()
    entries = tuple(Done(row.id, row.at, row.tag, row.actor_id, row.about) for row in rows[:most])
    following = (entries[-1].at, entries[-1].id) if len(rows) > most else None
    return Sheet(entries, following)


def done_before(
    session: Session,
    organisation_id: UUID,
    wanted: Wanted,
    *,
    after: Place,
    most: int = PAGE,
    with_holds: bool = False,
) -> Place | None:
    """After which entry the page begins that ends at this one; none where it is the first."""
    at, last = after
    query = _of_body(organisation_id, wanted, with_holds=with_holds)
    row = session.scalars(
        query.where(or_(AuditEntry.at > at, and_(AuditEntry.at == at, AuditEntry.id >= last)))
        .order_by(AuditEntry.at, AuditEntry.id)
        .offset(most)
        .limit(1)
    ).one_or_none()
    return (row.at, row.id) if row else None


def officer_names(session: Session, organisation_id: UUID) -> dict[UUID, str]:
    """Each officer that a body has or had, by id, in the order of their names."""
    rows = session.execute(
        select(Officer.id, Officer.name)
        .where(Officer.organisation_id == organisation_id)
        .order_by(Officer.name, Officer.id)
    )
    return dict(rows.all())


def has_read_since(session: Session, officer_id: UUID, moment: datetime) -> bool:
    """Whether it stands on the list that an officer read it."""
    read = select(AuditEntry.id).where(
        AuditEntry.actor_id == officer_id, AuditEntry.at > moment, AuditEntry.tag == "audit:read"
    )
    return session.scalars(read.limit(1)).first() is not None


def _of_body(organisation_id: UUID, wanted: Wanted, *, with_holds: bool) -> Select[AuditEntry]:
    query = select(AuditEntry).where(AuditEntry.organisation_id == organisation_id)
    if not with_holds:
        query = query.where(AuditEntry.tag.not_in(_tags(Kind.HOLDS)))
    if wanted.officer is not None:
        query = query.where(AuditEntry.actor_id == wanted.officer)
    if wanted.kind is not None:
        query = query.where(AuditEntry.tag.in_(_tags(wanted.kind)))
    if wanted.since is not None:
        query = query.where(AuditEntry.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(AuditEntry.at < wanted.until)
    return query


def _tags(kind: Kind) -> list[str]:
    return sorted(tag for tag in audit.TAGS if kind_of(tag) is kind)
