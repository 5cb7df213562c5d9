"""One question, held for whoever changes it: by its citizen, or by the body that must answer."""

from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from citizen_portal.errors import NotFound
from citizen_portal.questions.models import Question


def of_citizen(session: Session, citizen_id: UUID, question_id: UUID) -> Question:
    """Raises ``NotFound`` for one of somebody else as for none."""
    return _one(session, Question.citizen_id == citizen_id, question_id)


def of_body(session: Session, organisation_id: UUID, question_id: UUID) -> Question:
    """Raises ``NotFound`` for one to another body as for none."""
    return _one(session, Question.organisation_id == organisation_id, question_id)


def _one(session: Session, own: ColumnElement[bool], question_id: UUID) -> Question:
    asked = select(Question).where(own, Question.id == question_id)
    found = session.scalars(
        asked.with_for_update(), execution_options={"populate_existing": True}
    ).one_or_none()
    if found is None:
        raise NotFound("There is no such question.")
    return found
