"""What bodies named in an agreement said of exactly this content: it is so, or it is not so."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_portal.agreements.models import Confirmation


@dataclass(frozen=True, slots=True)
class Confirmed:
    organisation_id: UUID
    confirmed: bool | None = None
    """None when it has not said either yet."""
    reason: str = ""
    """Why it is not so."""
    at: datetime | None = None


def confirmations(
    session: Session, reference: str, digest: str, organisation_ids: Collection[UUID]
) -> tuple[Confirmed, ...]:
    """One for each of the bodies, in their order; ``digest`` is ``content_digest(document)``."""
    if not organisation_ids:
        return ()
    rows = session.execute(
        select(
            Confirmation.organisation_id,
            Confirmation.confirmed,
            Confirmation.reason,
            Confirmation.at,
        ).where(
            Confirmation.reference == reference,
            Confirmation.digest == digest,
            Confirmation.organisation_id.in_(organisation_ids),
        )
    )
    said = {row.organisation_id: Confirmed(*row) for row in rows}
    return tuple(said.get(one, Confirmed(one)) for one in dict.fromkeys(organisation_ids))
