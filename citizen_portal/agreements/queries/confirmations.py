"""Whether the bodies named in an agreement say that exactly this content is so."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_portal.agreements.models import Confirmation


@dataclass(frozen=True, slots=True)
class Said:
    """What one body said; ``confirmed`` is none while it has said nothing."""

    organisation_id: UUID
    confirmed: bool | None = None
    reason: str = ""
    at: datetime | None = None


def confirmations(
    session: Session, reference: str, digest: str, organisation_ids: Iterable[UUID]
) -> tuple[Said, ...]:
    """What each of these bodies said of the content with this digest, in their order."""
    rows = session.execute(
        select(
            Confirmation.organisation_id,
            Confirmation.confirmed,
            Confirmation.reason,
            Confirmation.at,
        ).where(Confirmation.reference == reference, Confirmation.digest == digest)
    )
    said = {row.organisation_id: Said(*row) for row in rows}
    return tuple(said.get(each, Said(each)) for each in organisation_ids)
