"""A body takes up a question, asks back, says how far it is, needs longer, or answers.

Its officers and its systems do the same through the same actions. Each of these raises
``NotFound`` for another body's question, ``WrongState`` for what cannot be done as it stands, and
``Outdated`` where it was changed since it was seen.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from citizen_portal import audit, clock
from citizen_portal.errors import Invalid, Outdated, WrongState
from citizen_portal.identity.actions.news import have_told
from citizen_portal.questions import clocks
from citizen_portal.questions.actions.writing import write
from citizen_portal.questions.models import (
    Author,
    Move,
    Outcome,
    Question,
    Side,
    State,
    Wrote,
    may_extend,
    outcomes,
)
from citizen_portal.questions.queries import held
from citizen_portal.region import Region
from citizen_portal.sealing import Seal

TAGS = {
    Wrote.ACKNOWLEDGEMENT: "question:acknowledged",
    Wrote.PROGRESS: "question:progress",
    Wrote.ASK_BACK: "question:asked-back",
    Wrote.EXTENSION: "question:extended",
    Wrote.ANSWER: "question:answered",
    Wrote.AMENDMENT: "question:amended",
}
MOST_MESSAGES = 120
"""Messages about one question, from either side, after which the body can but answer. Twice as many
as the citizen is held to, so that nobody can write so much that the body may not ask."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks for a body, of which version of the question, and under which id."""

    organisation_id: UUID
    by: UUID | None = None
    """The officer, or none where a system does."""
    seen: int | None = None
    """The version of the question that they looked at, where it may not be another."""
    message_id: UUID | None = None
    """The id of what is written, where a system named one so that it is written once."""
    client: str | None = None
    """The system, where one speaks."""


def assign(session: Session, speaker: Speaker, question_id: UUID, to: UUID | None) -> Question:
    """Give a question to an officer of the body, whom the caller has looked up, or to none."""
    question = _taken(session, speaker, question_id)
    question.move(Side.BODY, Move.ASSIGN)
    question.assigned_to = to
    _note(session, question, "question:assigned", speaker, {"officer": to.hex} if to else {})
    return question


def acknowledge(
    session: Session, speaker: Speaker, question_id: UUID, words: str = "", *, seal: Seal
) -> Question:
    """Say that it arrived."""
    question = _taken(session, speaker, question_id)
    question.move(Side.BODY, Move.ACKNOWLEDGE)
    return _said(session, question, speaker, Wrote.ACKNOWLEDGEMENT, words, seal=seal)


def note_progress(
    session: Session,
    speaker: Speaker,
    question_id: UUID,
    words: str,
    *,
    next_on: date,
    today: date,
    seal: Seal,
) -> Question:
    """Say how far it is, and on which day more will be said."""
    _need(words, "Say how far it is, in words that the person will read.")
    if next_on <= today:
        raise Invalid("Name a day to come on which you will say more.")
    question = _taken(session, speaker, question_id)
    _refuse_many(question)
    question.move(Side.BODY, Move.NOTE_PROGRESS)
    if next_on.year > today.year + 1:
        raise Invalid("Say more this year or next.")
    question.progress_on = next_on
    return _said(session, question, speaker, Wrote.PROGRESS, words, seal=seal, day=next_on)


def ask_back(
    session: Session, speaker: Speaker, question_id: UUID, words: str, *, today: date, seal: Seal
) -> Question:
    """Ask for what is needed to answer. The clock stands still until the person has written."""
    _need(words, "Say what you need to know, in words that the person will read.")
    question = _taken(session, speaker, question_id)
    _refuse_many(question)
    question.move(Side.BODY, Move.ASK_BACK)
    question.stopped_on = today
    return _said(session, question, speaker, Wrote.ASK_BACK, words, seal=seal)


def extend(
    session: Session, speaker: Speaker, question_id: UUID, words: str, *, region: Region, seal: Seal
) -> Question:
    """Take up to two further months, with reasons (UK GDPR Article 12(3))."""
    _need(words, "Say why it takes longer, in words that the person will read.")
    question = _taken(session, speaker, question_id)
    if not question.by_right:
        raise WrongState("Only a request by right can be given longer, and it is not one.")
    if not may_extend(question, region.today()):
        raise WrongState("It was given longer already, or its last day is over.")
    question.move(Side.BODY, Move.EXTEND)
    asked_on = region.day(question.asked_at)
    question.extended_to = clocks.extended(region, asked_on, question.stopped_days)
    question.due_on = question.extended_to
    day = question.due_on
    return _said(session, question, speaker, Wrote.EXTENSION, words, seal=seal, day=day)


def answer(
    session: Session,
    speaker: Speaker,
    question_id: UUID,
    outcome: Outcome,
    words: str,
    *,
    seal: Seal,
) -> Question:
    """Say what came of it. That ends this question."""
    _need(words, "Write the answer, in words that the person will read.")
    question = _taken(session, speaker, question_id)
    _need_fitting(question, outcome)
    question.move(Side.BODY, Move.ANSWER)
    question.outcome, question.answered_at = outcome, question.closed_at
    return _said(session, question, speaker, Wrote.ANSWER, words, seal=seal)


def amend(
    session: Session,
    speaker: Speaker,
    question_id: UUID,
    outcome: Outcome,
    words: str,
    *,
    seal: Seal,
) -> Question:
    """Correct an answer by a further message. The question stays answered, on the day on which it
    was; what stood before stays readable."""
    _need(words, "Write the answer, in words that the person will read.")
    question = _taken(session, speaker, question_id)
    if question.state is not State.ANSWERED:
        raise WrongState("Only an answer can be corrected.")
    _need_fitting(question, outcome)
    question.outcome = outcome
    question.version += 1
    return _said(session, question, speaker, Wrote.AMENDMENT, words, seal=seal)


def _taken(session: Session, speaker: Speaker, question_id: UUID) -> Question:
    """Looked at under the lock: no two officers change it in one moment without knowing."""
    question = held.of_body(session, speaker.organisation_id, question_id)
    if speaker.seen is not None and speaker.seen != question.version:
        raise Outdated("This question was changed meanwhile. Read what is new first.")
    return question


def _said(
    session: Session,
    question: Question,
    speaker: Speaker,
    wrote: Wrote,
    words: str,
    *,
    seal: Seal,
    day: date | None = None,
) -> Question:
    """Whatever the body says for the first time, it says that it arrived; its citizen is told."""
    author = Author.OFFICER if speaker.by else Author.MACHINE
    message = write(
        session, question, author, wrote, words, seal=seal, day=day, message_id=speaker.message_id
    )
    question.acknowledged_at = question.acknowledged_at or clock.now()
    key = f"question:{question.id.hex}:{message.number}"
    have_told(session, question.citizen_id, key, kind="answer")
    _note(session, question, TAGS[wrote], speaker, {})
    return question


def _note(
    session: Session, question: Question, tag: str, speaker: Speaker, more: dict[str, Any]
) -> None:
    about = {"question": question.id.hex, **more}
    if speaker.client:
        about["client"] = speaker.client
    audit.record(session, tag, actor=speaker.by, for_body=question.organisation_id, **about)


def _refuse_many(question: Question) -> None:
    if question.messages >= MOST_MESSAGES:
        raise WrongState("There are many messages about this question. Answer it now.")


def _need_fitting(question: Question, outcome: Outcome) -> None:
    if outcome not in outcomes(question.kind, question.about):
        raise Invalid("This outcome does not fit what was asked.")


def _need(words: str, message: str) -> None:
    if not words.strip():
        raise Invalid(message)
