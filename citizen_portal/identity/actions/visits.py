"""A citizen's own visits: noted at each sign-in, cleared by them, forgotten by the worker."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from citizen_portal import clock
from citizen_portal.identity.models import Visit

VISITS_FOR = timedelta(days=30)


def note_visit(session: Session, citizen_id: UUID, *, assurance: str) -> None:
    session.add(Visit(citizen_id=citizen_id, assurance=assurance))


def clear_visits(session: Session, citizen_id: UUID) -> None:
    """Forget them at once. Sessions that stand, and the audit list, are another matter."""
    session.execute(delete(Visit).where(Visit.citizen_id == citizen_id))


def forget_visits(session: Session) -> None:
    """Delete what is older than is kept. Concerns every citizen: for the worker alone."""
    session.execute(delete(Visit).where(Visit.at <= clock.now() - VISITS_FOR))
