"""A body takes up a question, asks back, says how far it is, needs longer, or answers.

Its officers and its systems do the same through the same actions: ``by`` is the officer, or none
where a system does it, ``seen`` the version of the question that they looked at, and ``message_id``
the id of what is written, where a system named one so that it is written once. Each of these
raises ``NotFound`` for another body's question, ``WrongState`` for what cannot be done as it
stands, and ``Outdated`` where it was changed since it was seen.
"""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from citizen_portal import audit, clock, jobs
from citizen_portal.errors import Invalid, Outdated, WrongState
from citizen_portal.questions import clocks
from citizen_portal.questions.actions.writing import write
from citizen_portal.questions.models import (
    Author,
    Message,
    Move,
    Outcome,
    Question,
    Side,
    State,
    Wrote,
    outcomes,
)
from citizen_portal.questions.queries import held
from citizen_portal.region import Region
from citizen_portal.sealing import Seal


def assign(
    session: Session,
    organisation_id: UUID,
    question_id: UUID,
    to: UUID | None,
    *,
    by: UUID,
    seen: int | None = None,
) -> Question:
    """Give a question to an officer of the body, whom the caller has looked up, or to none."""
    question = _taken(session, organisation_id, question_id, seen)
    question.move(Side.BODY, Move.ASSIGN)
    question.assigned_to = to
    _note(session, question, "question:assigned", by, {"officer": to.hex} if to else {})
    return question


def acknowledge(
    session: Session,
    organisation_id: UUID,
    question_id: UUID,
    words: str = "",
    *,
    seal: Seal,
    by: UUID | None,
    seen: int | None = None,
    message_id: UUID | None = None,
) -> Question:
    """Say that it arrived."""
    question = _taken(session, organisation_id, question_id, seen)
    question.move(Side.BODY, Move.ACKNOWLEDGE)
    message = write(
        session,
        question,
        _author(by),
        Wrote.ACKNOWLEDGEMENT,
        words,
        seal=seal,
        message_id=message_id,
    )
    return _said(session, question, message, "question:acknowledged", by)


def note_progress(
    session: Session,
    organisation_id: UUID,
    question_id: UUID,
    words: str,
    *,
    next_on: date,
    today: date,
    seal: Seal,
    by: UUID | None,
    seen: int | None = None,
    message_id: UUID | None = None,
) -> Question:
    """Say how far it is, and on which day more will be said."""
    _need(words, "Say how far it is, in words that the person will read.")
    if next_on <= today:
        raise Invalid("Name a day to come on which you will say more.")
    question = _taken(session, organisation_id, question_id, seen)
    question.move(Side.BODY, Move.NOTE_PROGRESS)
    question.progress_on = next_on
    message = write(
        session,
        question,
        _author(by),
        Wrote.PROGRESS,
        words,
        seal=seal,
        day=next_on,
        message_id=message_id,
    )
    return _said(session, question, message, "question:progress", by)


def ask_back(
    session: Session,
    organisation_id: UUID,
    question_id: UUID,
    words: str,
    *,
    today: date,
    seal: Seal,
    by: UUID | None,
    seen: int | None = None,
    message_id: UUID | None = None,
) -> Question:
    """Ask for what is needed to answer. The clock stands still until the person has written."""
    _need(words, "Say what you need to know, in words that the person will read.")
    question = _taken(session, organisation_id, question_id, seen)
    question.move(Side.BODY, Move.ASK_BACK)
    question.stopped_on = today
    message = write(
        session, question, _author(by), Wrote.ASK_BACK, words, seal=seal, message_id=message_id
    )
    return _said(session, question, message, "question:asked-back", by)


def extend(
    session: Session,
    organisation_id: UUID,
    question_id: UUID,
    words: str,
    *,
    region: Region,
    seal: Seal,
    by: UUID | None,
    seen: int | None = None,
    message_id: UUID | None = None,
) -> Question:
    """Take up to two further months, with reasons (UK GDPR Article 12(3))."""
    _need(words, "Say why it takes longer, in words that the person will read.")
    question = _taken(session, organisation_id, question_id, seen)
    if not question.by_right:
        raise WrongState("Only a request by right can be given longer, and it is not one.")
    if not question.may_extend(region.today()):
        raise WrongState("It was given longer already, or its last day is over.")
    question.move(Side.BODY, Move.EXTEND)
    asked_on = region.day(question.asked_at)
    question.extended_to = clocks.extended(region, asked_on, question.stopped_days)
    question.due_on = question.extended_to
    message = write(
        session,
        question,
        _author(by),
        Wrote.EXTENSION,
        words,
        seal=seal,
        day=question.due_on,
        message_id=message_id,
    )
    return _said(session, question, message, "question:extended", by)


def answer(
    session: Session,
    organisation_id: UUID,
    question_id: UUID,
    outcome: Outcome,
    words: str,
    *,
    seal: Seal,
    by: UUID | None,
    seen: int | None = None,
    message_id: UUID | None = None,
) -> Question:
    """Say what came of it. That ends this question."""
    _need(words, "Write the answer, in words that the person will read.")
    question = _taken(session, organisation_id, question_id, seen)
    if outcome not in outcomes(question.kind, question.about):
        raise Invalid("This outcome does not fit what was asked.")
    question.move(Side.BODY, Move.ANSWER)
    question.outcome, question.answered_at = outcome, question.closed_at
    message = write(
        session, question, _author(by), Wrote.ANSWER, words, seal=seal, message_id=message_id
    )
    return _said(session, question, message, "question:answered", by)


def amend(
    session: Session,
    organisation_id: UUID,
    question_id: UUID,
    outcome: Outcome,
    words: str,
    *,
    seal: Seal,
    by: UUID,
    seen: int | None = None,
) -> Question:
    """Correct an answer by a further message. The question stays answered, on the day on which it
    was; what stood before stays readable."""
    _need(words, "Write the answer, in words that the person will read.")
    question = _taken(session, organisation_id, question_id, seen)
    if question.state is not State.ANSWERED:
        raise WrongState("Only an answer can be corrected.")
    if outcome not in outcomes(question.kind, question.about):
        raise Invalid("This outcome does not fit what was asked.")
    question.outcome = outcome
    question.version += 1
    message = write(session, question, _author(by), Wrote.AMENDMENT, words, seal=seal)
    return _said(session, question, message, "question:amended", by)


def _taken(
    session: Session, organisation_id: UUID, question_id: UUID, seen: int | None
) -> Question:
    """Looked at under the lock: no two officers change it in one moment without knowing."""
    question = held.of_body(session, organisation_id, question_id)
    if seen is not None and seen != question.version:
        raise Outdated("This question was changed meanwhile. Read what is new first.")
    return question


def _said(
    session: Session, question: Question, message: Message, tag: str, by: UUID | None
) -> Question:
    """Whatever the body says for the first time, it says that it arrived; its citizen is told."""
    question.acknowledged_at = question.acknowledged_at or clock.now()
    jobs.enqueue(
        session,
        "news.first_notice",
        citizen=str(question.citizen_id),
        keys=[f"question:{question.id.hex}:{message.number}"],
        kind="answer",
    )
    _note(session, question, tag, by, {})
    return question


def _note(
    session: Session, question: Question, tag: str, by: UUID | None, more: dict[str, Any]
) -> None:
    about = {"question": question.id.hex, **more}
    audit.record(session, tag, actor=by, for_body=question.organisation_id, **about)


def _author(by: UUID | None) -> Author:
    return Author.OFFICER if by else Author.MACHINE


def _need(words: str, message: str) -> None:
    if not words.strip():
        raise Invalid(message)
