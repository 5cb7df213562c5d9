"""A message is put below the others of its question, in the transaction that moves the question."""

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from citizen_portal.questions.models import Author, Message, Question, Wrote
from citizen_portal.sealing import Seal


def write(
    session: Session,
    question: Question,
    author: Author,
    wrote: Wrote,
    words: str = "",
    *,
    seal: Seal,
    day: date | None = None,
    message_id: UUID | None = None,
) -> Message:
    """The question is held by the caller, so that no number is given twice."""
    question.messages += 1
    number = question.messages
    context = Message.context(question.id, number)
    message = Message(
        citizen_id=question.citizen_id,
        question_id=question.id,
        number=number,
        author=author,
        wrote=wrote,
        sealed=seal(words.encode(), context) if words else None,
        day=day,
    )
    message.id = message_id or message.id
    session.add(message)
    return message
