"""Whom a body knows: the pairwise ids of links that stand, and of those alone."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_portal.identity.models import PairwiseIndex


def known_to(session: Session, organisation_id: UUID, *, offset: int, most: int) -> list[str]:
    """The ids by which a body knows people, in the order of the ids."""
    found = (
        select(PairwiseIndex.pairwise)
        .where(PairwiseIndex.organisation_id == organisation_id)
        .order_by(PairwiseIndex.pairwise)
        .offset(offset)
        .limit(most)
    )
    return list(session.scalars(found))


def known_as(session: Session, organisation_id: UUID, pairwise: str) -> UUID | None:
    """Whom a body means by an id."""
    return session.scalar(
        select(PairwiseIndex.citizen_id).where(
            PairwiseIndex.organisation_id == organisation_id, PairwiseIndex.pairwise == pairwise
        )
    )
