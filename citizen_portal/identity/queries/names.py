"""What officers are called: colleagues by name, others by their body alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_portal.identity.models import Officer


@dataclass(frozen=True, slots=True)
class Called:
    name: str
    organisation_id: UUID


def officers_called(session: Session, ids: Iterable[UUID | None]) -> dict[UUID, Called]:
    """Names by id, of officers who were removed since too."""
    wanted = {each for each in ids if each is not None}
    if not wanted:
        return {}
    rows = session.execute(
        select(Officer.id, Officer.name, Officer.organisation_id).where(Officer.id.in_(wanted))
    )
    return {row.id: Called(row.name, row.organisation_id) for row in rows}
