"""Drafts as officers may see them: those of their body, and those that name it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from citizen_portal.agreements.models import (
    Agreement,
    AgreementParty,
    AgreementVersion,
    Draft,
    DraftChange,
    DraftMove,
    DraftParty,
    DraftState,
    PartyRole,
)
from citizen_portal.errors import NotFound
from citizen_portal.identity.models import Role
from citizen_portal.identity.queries import officers_with

OPEN = (DraftState.DRAFTING, DraftState.IN_REVIEW)
MOST_COUNTED = 1_000_000
"""Higher numbers are not counted on from: somebody chose them."""
NOT_THEIRS = "There is no such draft, or it does not concern your body."


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A draft in a list."""

    id: UUID
    reference: str
    organisation_id: UUID
    title: Mapping[str, str]
    state: DraftState
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest published version of an agreement."""

    number: int
    document: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Noted:
    """Something that was done to a draft, and by whom: none for a body's system."""

    at: datetime
    officer_id: UUID | None
    field: str = ""
    """The member that was saved; empty for a move."""
    state: DraftState | None = None
    """What it became; none for a save."""
    reason: str = ""


def of_body(session: Session, organisation_id: UUID, draft_id: UUID) -> Draft:
    """A draft that this body writes; raises ``NotFound`` for any other."""
    found = session.scalars(
        select(Draft).where(Draft.id == draft_id, Draft.organisation_id == organisation_id)
    ).one_or_none()
    if found is None:
        raise NotFound(NOT_THEIRS)
    return found


def seen_by(session: Session, organisation_id: UUID, draft_id: UUID) -> Draft:
    """A draft that this body writes or that names it; raises ``NotFound`` for any other."""
    found = session.scalars(
        select(Draft).where(Draft.id == draft_id, _concerns(organisation_id))
    ).one_or_none()
    if found is None:
        raise NotFound(NOT_THEIRS)
    return found


def lines(session: Session, organisation_id: UUID, *, most: int = 200) -> tuple[DraftLine, ...]:
    """Drafts that this body writes or that name it, the last changed first."""
    rows = session.execute(
        select(
            Draft.id,
            Draft.reference,
            Draft.organisation_id,
            Draft.document,
            Draft.state,
            Draft.changed_at,
        )
        .where(_concerns(organisation_id), Draft.state != DraftState.PUBLISHED)
        .order_by(Draft.changed_at.desc(), Draft.id.desc())
        .limit(most)
    )
    return tuple(
        DraftLine(row[0], row[1], row[2], row[3].get("title") or {"en": row[1]}, *row[4:])
        for row in rows
    )


def changes_since(session: Session, draft_id: UUID, revision: int) -> Sequence[DraftChange]:
    """What was saved after a revision, the earliest first."""
    return session.scalars(
        select(DraftChange)
        .where(DraftChange.draft_id == draft_id, DraftChange.revision > revision)
        .order_by(DraftChange.revision, DraftChange.id)
    ).all()


def writers(session: Session, draft_id: UUID) -> frozenset[UUID]:
    """The officers who wrote in a draft or sent it for review: none of them may publish it."""
    wrote = select(DraftChange.officer_id).where(DraftChange.draft_id == draft_id)
    sent = select(DraftMove.officer_id).where(
        DraftMove.draft_id == draft_id, DraftMove.went_to == DraftState.IN_REVIEW
    )
    return frozenset(each for each in session.scalars(wrote.union(sent)) if each is not None)


def publishers(session: Session, organisation_id: UUID) -> frozenset[UUID]:
    """The officers of a body who may publish now."""
    return officers_with(session, organisation_id, Role.PUBLISHER)


def history(session: Session, draft_id: UUID, *, most: int = 200) -> tuple[Noted, ...]:
    """What was done to a draft, the latest first."""
    saved = session.execute(
        select(DraftChange.at, DraftChange.officer_id, DraftChange.field)
        .where(DraftChange.draft_id == draft_id)
        .order_by(DraftChange.revision.desc(), DraftChange.id.desc())
        .limit(most)
    )
    moved = session.execute(
        select(DraftMove.at, DraftMove.officer_id, DraftMove.went_to, DraftMove.reason)
        .where(DraftMove.draft_id == draft_id)
        .order_by(DraftMove.at.desc(), DraftMove.id.desc())
        .limit(most)
    )
    noted = [Noted(at, officer, field) for at, officer, field in saved]
    noted += [Noted(at, officer, state=to, reason=reason) for at, officer, to, reason in moved]
    return tuple(sorted(noted, key=lambda one: one.at, reverse=True)[:most])


def returned_with(session: Session, draft_id: UUID) -> Noted | None:
    """Why a draft was last sent back, if it was and stands so."""
    row = session.execute(
        select(DraftMove.at, DraftMove.officer_id, DraftMove.went_to, DraftMove.reason)
        .where(DraftMove.draft_id == draft_id)
        .order_by(DraftMove.at.desc(), DraftMove.id.desc())
        .limit(1)
    ).first()
    if row is None or row.went_to is not DraftState.DRAFTING or not row.reason:
        return None
    return Noted(row.at, row.officer_id, state=row.went_to, reason=row.reason)


def open_under(session: Session, reference: str) -> UUID | None:
    """The draft under this reference that can still become something."""
    return session.scalar(
        select(Draft.id).where(Draft.reference == reference, Draft.state.in_(OPEN))
    )


def amendable(session: Session, organisation_id: UUID, reference: str) -> Newest:
    """The newest version of an agreement in which this body gives, gets or uses data.

    Raises ``NotFound`` for any other agreement: who only runs a machine does not change it.
    """
    party = select(AgreementParty.agreement_id).where(
        AgreementParty.organisation_id == organisation_id,
        AgreementParty.role != PartyRole.PROCESSOR,
    )
    row = session.execute(_newest(reference).where(Agreement.id.in_(party))).first()
    if row is None:
        raise NotFound("There is no agreement with this reference that your body takes part in.")
    return Newest(*row)


def newest(session: Session, reference: str) -> Newest | None:
    """The newest published version under a reference, whoever takes part in it."""
    row = session.execute(_newest(reference)).first()
    return Newest(*row) if row else None


def next_reference(session: Session, prefix: str) -> str:
    """The next number that no agreement and no draft has."""
    pattern = re.compile(rf"{re.escape(prefix)}-([0-9]+)")
    known = session.scalars(
        select(Agreement.reference)
        .where(Agreement.reference.startswith(f"{prefix}-", autoescape=True))
        .union(
            select(Draft.reference).where(Draft.reference.startswith(f"{prefix}-", autoescape=True))
        )
    )
    taken = {int(found[1]) for each in known if (found := pattern.fullmatch(each))}
    number = max((each for each in taken if each < MOST_COUNTED), default=0) + 1
    while number in taken:
        number += 1
    return f"{prefix}-{number:04}"


def _concerns(organisation_id: UUID) -> ColumnElement[bool]:
    named: Select[UUID] = select(DraftParty.draft_id).where(
        DraftParty.organisation_id == organisation_id
    )
    theirs = Draft.id.in_(named) & (Draft.state != DraftState.DROPPED)
    return (Draft.organisation_id == organisation_id) | theirs


def version(session: Session, reference: str, number: int) -> dict[str, Any]:
    """The document of one published version; empty where there is none, as before the first."""
    row = session.execute(
        select(AgreementVersion.document)
        .join(Agreement, Agreement.id == AgreementVersion.agreement_id)
        .where(Agreement.reference == reference, AgreementVersion.number == number)
    ).first()
    return dict(row.document) if row else {}


def _newest(reference: str) -> Select[int, dict[str, Any]]:
    return (
        select(AgreementVersion.number, AgreementVersion.document)
        .join(Agreement, Agreement.id == AgreementVersion.agreement_id)
        .where(Agreement.reference == reference, AgreementVersion.number == Agreement.version)
    )
