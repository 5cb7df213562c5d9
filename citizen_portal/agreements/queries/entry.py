"""One agreement of the register: as it stands or as it was, with the list of its versions."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_portal.agreements.models import Agreement, AgreementVersion
from citizen_portal.agreements.queries.register import register_terms
from citizen_portal.agreements.queries.terms import Terms
from citizen_portal.errors import NotFound
from citizen_portal.identity.models import Officer

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class VersionLine:
    number: int
    in_force_from: date | None
    in_force_to: date | None
    published_at: datetime
    digest: str
    changed: tuple[str, ...]
    """Names of the fields that differ from the version before."""
    organisation_id: UUID | None
    """The body whose officer published it; none when it came from a file."""


@dataclass(frozen=True, slots=True)
class Entry:
    terms: Terms
    document: Document
    """As it was published; see ``schemas.AgreementDocument``."""
    versions: tuple[VersionLine, ...]
    """Newest first."""

    @property
    def version(self) -> VersionLine:
        return next(line for line in self.versions if line.number == self.terms.number)

    @property
    def newest(self) -> int:
        return self.versions[0].number


def entry(session: Session, reference: str, number: int | None = None) -> Entry:
    """The newest version, or the one with that number.

    Raises ``NotFound`` when the register holds no such agreement or version.
    """
    versions = register_terms(session).versions.get(reference, ())
    terms = next((one for one in versions if number in (None, one.number)), None)
    if terms is None:
        raise _missing(number)
    [document] = _documents(session, reference, terms.number)
    return Entry(terms, document, version_lines(session, reference))


def version_lines(session: Session, reference: str) -> tuple[VersionLine, ...]:
    """Every version, newest first. Raises ``NotFound`` when there is no such agreement."""
    rows = session.execute(
        select(
            AgreementVersion.number,
            AgreementVersion.in_force_from,
            AgreementVersion.in_force_to,
            AgreementVersion.published_at,
            AgreementVersion.digest,
            AgreementVersion.changed,
            Officer.organisation_id,
        )
        .join(Agreement, Agreement.id == AgreementVersion.agreement_id)
        .outerjoin(Officer, Officer.id == AgreementVersion.published_by_id)
        .where(Agreement.reference == reference)
        .order_by(AgreementVersion.number.desc())
    )
    lines = tuple(VersionLine(*row[:5], tuple(row[5]), row[6]) for row in rows)
    if not lines:
        raise _missing(None)
    return lines


def two_versions(
    session: Session, reference: str, numbers: tuple[int, int]
) -> tuple[Document, Document]:
    """The documents of two versions. Raises ``NotFound`` when one of them is not there."""
    found = _documents(session, reference, *numbers)
    if len(found) != len(set(numbers)):
        raise _missing(numbers[0])
    return found[0], found[-1]


def _documents(session: Session, reference: str, *numbers: int) -> list[Document]:
    """By number, lowest first."""
    rows = session.scalars(
        select(AgreementVersion.document)
        .join(Agreement, Agreement.id == AgreementVersion.agreement_id)
        .where(Agreement.reference == reference, AgreementVersion.number.in_(numbers))
        .order_by(AgreementVersion.number)
    )
    return list(rows)


def _missing(number: int | None) -> NotFound:
    if number is None:
        return NotFound("There is no agreement with this reference on the register.")
    return NotFound("This agreement has no such version on the register.")
