"""From when on the portal keeps what a body sends."""

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_portal.bodies.models import Source
from citizen_portal.bodies.models.retention import oldest


def kept_from(session: Session, organisation_id: UUID, day: date) -> date:
    """As seen from this day, by the longest of the retentions of the body's sources."""
    of_body = select(Source.retention).where(Source.organisation_id == organisation_id)
    kept = list(session.scalars(of_body)) or [{}]
    return min(oldest(each, day) for each in kept)
