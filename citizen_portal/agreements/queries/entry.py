"""One agreement of the register as it stands, with the list of its versions."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_portal.agreements.models import Agreement, AgreementVersion
from citizen_portal.agreements.queries.register import register_terms
from citizen_portal.agreements.queries.terms import Terms
from citizen_portal.errors import NotFound


@dataclass(frozen=True, slots=True)
class VersionLine:
    number: int
    in_force_from: date | None
    in_force_to: date | None
    published_at: datetime
    digest: str


@dataclass(frozen=True, slots=True)
class Entry:
    terms: Terms
    document: dict[str, Any]
    """As it was published; see ``schemas.AgreementDocument``."""
    versions: tuple[VersionLine, ...]
    """Newest first."""


def entry(session: Session, reference: str) -> Entry:
    """Raises ``NotFound`` when the register holds no such agreement."""
    terms = register_terms(session).newest(reference)
    if terms is None:
        raise NotFound("There is no agreement with this reference on the register.")
    own = select(AgreementVersion).join(Agreement, Agreement.id == AgreementVersion.agreement_id)
    rows = session.execute(
        own.where(Agreement.reference == reference)
        .with_only_columns(
            AgreementVersion.number,
            AgreementVersion.in_force_from,
            AgreementVersion.in_force_to,
            AgreementVersion.published_at,
            AgreementVersion.digest,
        )
        .order_by(AgreementVersion.number.desc())
    )
    document = session.scalars(
        own.where(
            Agreement.reference == reference, AgreementVersion.number == terms.number
        ).with_only_columns(AgreementVersion.document)
    ).one()
    return Entry(terms, document, tuple(VersionLine(*row) for row in rows))
