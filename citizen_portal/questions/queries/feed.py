"""The list of questions that one body's system reads by number."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_portal.questions.models import Question
from citizen_portal.questions.queries.cases import CASE, Case


def questions_after(
    session: Session, organisation_id: UUID, *, after: int, most: int
) -> list[Case]:
    """What was asked of a body, or changed by the person, after this number of its list."""
    found = session.execute(
        select(*CASE)
        .where(Question.organisation_id == organisation_id, Question.number > after)
        .order_by(Question.number)
        .limit(most)
    )
    return [Case(*row) for row in found]
