"""Bodies learn of questions: each in its place in the list that the body's system reads, and by a
message if it wants one.

The worker gives the numbers, once a question can be seen by everybody; so a system that has read
up to a number has missed nothing before it. A question to which its citizen did something gets a
new number, at the end.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_portal import audit, bulk, clock
from citizen_portal.bodies import actions as bodies
from citizen_portal.bodies.models import MessageKind
from citizen_portal.identity.actions.news import have_told
from citizen_portal.questions.models import Question, QuestionFeed, are_late

AT_ONCE = 200
"""Questions of one transaction, so that no writer waits long."""


def send_some(session: Session) -> int:
    """Number some of what is new, the oldest first, and tell its bodies; gives how many."""
    new = (
        select(Question)
        .where(Question.number.is_(None))
        .order_by(Question.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    by_body: dict[UUID, list[Question]] = defaultdict(list)
    questions = session.scalars(new).all()
    for question in questions:
        by_body[question.organisation_id].append(question)
    for organisation_id in sorted(by_body):  # in one order, so that no two wait for each other
        _send(session, organisation_id, by_body[organisation_id])
    return len(questions)


def tell_late(session: Session, today: date) -> int:
    """Tell some citizens that the last day passed without an answer, each once; gives how many."""
    late = (
        select(Question)
        .where(are_late(today), Question.late_told_at.is_(None))
        .order_by(Question.due_on, Question.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    questions = session.scalars(late).all()
    for question in questions:
        question.late_told_at = clock.now()
        name = question.id.hex
        have_told(session, question.citizen_id, f"question:{name}:late", kind="answer")
        audit.record(session, "question:late", for_body=question.organisation_id, question=name)
    return len(questions)


def _send(session: Session, organisation_id: UUID, questions: Sequence[Question]) -> None:
    feed = _feed_of(session, organisation_id)
    for question in questions:
        feed.last += 1
        question.number = feed.last
        bodies.send(session, organisation_id, MessageKind.QUESTION_ASKED, message(question))


def message(question: Question) -> dict[str, Any]:
    """Ids and days, never a name and nothing that was written: that is read in the list."""
    return {
        "id": question.id.hex,
        "number": question.number,
        "kind": question.kind.value,
        "state": question.state.value,
        "due": question.due_on.isoformat(),
    }


def _feed_of(session: Session, organisation_id: UUID) -> QuestionFeed:
    """The list of one body, locked; begun if there is none."""
    begun = bulk.upsert(session, QuestionFeed).values(organisation_id=organisation_id, last=0)
    session.execute(begun.on_conflict_do_nothing())
    asked = select(QuestionFeed).where(QuestionFeed.organisation_id == organisation_id)
    return session.scalars(asked.with_for_update()).one()
