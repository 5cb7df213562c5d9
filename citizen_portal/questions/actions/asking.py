"""A citizen asks a body, adds to it or answers what the body asks back, and withdraws it."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from citizen_portal import audit, clock
from citizen_portal.errors import Invalid, TooMany, WrongState
from citizen_portal.identity import queries as identity
from citizen_portal.questions import clocks
from citizen_portal.questions.actions.writing import write
from citizen_portal.questions.models import (
    LONGEST_WORDS,
    About,
    Author,
    Kind,
    Message,
    Move,
    Question,
    Side,
    State,
    Wrote,
)
from citizen_portal.questions.queries import held
from citizen_portal.region import Region
from citizen_portal.sealing import Opened, Seal

MOST_OPEN = 20
"""Questions of one citizen that may wait for an answer at the same time."""
MOST_A_DAY, DAY = 60, timedelta(days=1)
"""Questions of one citizen within a day, also those that were withdrawn: officers read each."""
MOST_MESSAGES = 60
"""Messages about one question, from either side, after which the citizen adds no more, but for what
the body asks: its clock stands still until they have written."""
NEEDS_SUBJECT = (About.EVENT, About.HOLDING)


@dataclass(frozen=True, slots=True)
class Asking:
    """What is asked of whom, as it stood on the page."""

    token: str
    kind: Kind
    about: About
    organisation_id: UUID
    subject: str | None
    agreement: str | None
    blind: str
    facts: bytes
    words: str = ""
    target: int | None = None
    """Within how many days the body promises to answer a plain question."""


def ask(
    session: Session,
    citizen_id: UUID,
    asking: Asking,
    *,
    region: Region,
    seal: Seal,
    opened: Opened | None = None,
) -> Question:
    """Keep a question for the body to answer; the same page sent again gives the one it made.

    With ``opened``, so does the same question in the same words from another page, while it waits
    for its answer: whoever goes back and sends once more asks once.

    Raises ``TooMany`` where too many wait for an answer, ``Invalid`` for words that are too long,
    ``WrongState`` for a body that does not know the person, or where the citizen has left.
    """
    _hold(session, citizen_id)
    made = _made_before(session, citizen_id, asking.token)
    if made is not None:
        return made
    if asking.subject is None and asking.about in NEEDS_SUBJECT:
        raise WrongState("You are no longer linked to the body that must answer.")
    _refuse_long(asking.words)
    same = _still_open(session, citizen_id, asking, opened) if opened else None
    if same is not None:
        return same
    _refuse_many(session, citizen_id)
    question = _question(citizen_id, asking, region)
    question.sealed_facts = seal(asking.facts, Question.facts_context(citizen_id, question.id))
    session.add(question)
    session.flush()
    write(session, question, Author.CITIZEN, Wrote.WORDS, asking.words, seal=seal)
    _note(session, question, "ask:sent")
    return question


def say_more(
    session: Session,
    citizen_id: UUID,
    question_id: UUID,
    words: str,
    *,
    number: int,
    region: Region,
    seal: Seal,
    opened: Opened,
) -> Question:
    """Add to a question. Where the body had asked back, its clock runs again from today.

    ``number`` is how many messages there were on the page; the same words after it again change
    nothing that a second sending would.
    """
    question = held.of_citizen(session, citizen_id, question_id)
    if _sent_before(session, question, number, words, opened):
        return question
    if not words.strip():
        raise Invalid("Write what you want to add.")
    _refuse_long(words)
    if question.messages >= MOST_MESSAGES and question.state is not State.WAITING:
        raise TooMany("There are many messages about this question. Wait for the answer.")
    question.move(Side.CITIZEN, Move.SAY_MORE)
    day = _run_again(question, region) if question.stopped_on else None
    write(session, question, Author.CITIZEN, Wrote.WORDS, words, seal=seal, day=day)
    _changed(question)
    _note(session, question, "ask:more-said")
    return question


def withdraw(session: Session, citizen_id: UUID, question_id: UUID, *, seal: Seal) -> Question:
    """Take a question back; the body need not answer it any more."""
    question = held.of_citizen(session, citizen_id, question_id)
    question.move(Side.CITIZEN, Move.WITHDRAW)
    write(session, question, Author.CITIZEN, Wrote.WITHDRAWAL, seal=seal)
    _changed(question)
    _note(session, question, "ask:withdrawn")
    return question


def _question(citizen_id: UUID, asking: Asking, region: Region) -> Question:
    today = region.today()
    return Question(
        citizen_id=citizen_id,
        token=asking.token,
        kind=asking.kind,
        about=asking.about,
        organisation_id=asking.organisation_id,
        subject=asking.subject,
        agreement=asking.agreement,
        blind=asking.blind,
        sealed_facts=b"",
        acknowledge_by=clocks.acknowledge_by(region, asking.kind, today),
        due_on=clocks.due_on(region, asking.kind, today, asking.target),
    )


def _run_again(question: Question, region: Region) -> date | None:
    """From the day it was stopped as many days are left as there were; gives the new last day, or
    none where it had run out before."""
    assert question.stopped_on is not None  # noqa: S101  (the caller has looked)
    since, today = question.stopped_on, region.today()
    question.stopped_on = None
    if since > question.due_on:
        return None
    running = clocks.running(region, question.kind)
    question.due_on = clocks.resumed(region, question.kind, question.due_on, since, today)
    question.stopped_days += region.stopped_days(running, since, today)
    return question.due_on


def _hold(session: Session, citizen_id: UUID) -> None:
    """Nothing else is asked for the citizen meanwhile, so that none is asked twice."""
    found = identity.here(citizen_id).with_for_update(key_share=True)
    if session.scalar(found) is None:
        raise WrongState("This account is closed already.")


def _made_before(session: Session, citizen_id: UUID, token: str) -> Question | None:
    return session.scalars(
        select(Question).where(Question.citizen_id == citizen_id, Question.token == token)
    ).one_or_none()


def _still_open(
    session: Session, citizen_id: UUID, asking: Asking, opened: Opened
) -> Question | None:
    """What waits for an answer already, and asks just this."""
    first = (Message.citizen_id == Question.citizen_id, Message.question_id == Question.id)
    found = session.execute(
        select(Question, Message.sealed)
        .join(Message, and_(*first, Message.number == 1))
        .where(
            Question.citizen_id == citizen_id,
            Question.blind == asking.blind,
            Question.kind == asking.kind,
            Question.organisation_id == asking.organisation_id,
            Question.closed_at.is_(None),
        )
        .order_by(Question.id)
    )
    for question, sealed in found:
        words = opened(sealed, Message.context(question.id, 1)) or ""
        facts = opened(question.sealed_facts, Question.facts_context(citizen_id, question.id))
        if (words, facts) == (asking.words, asking.facts.decode()):
            return question
    return None


def _refuse_many(session: Session, citizen_id: UUID) -> None:
    waiting, lately = Question.closed_at.is_(None), Question.asked_at > clock.now() - DAY
    counted = select(func.count().filter(waiting), func.count().filter(lately))
    found = session.execute(counted.where(Question.citizen_id == citizen_id)).one()
    if found[0] >= MOST_OPEN:
        raise TooMany(
            "%(most)s of your questions wait for an answer. Withdraw one, or wait for an answer.",
            most=MOST_OPEN,
        )
    if found[1] >= MOST_A_DAY:
        raise TooMany(
            "You have asked %(most)s questions within a day. Wait a day, then ask again.",
            most=MOST_A_DAY,
        )


def _sent_before(
    session: Session, question: Question, number: int, words: str, opened: Opened
) -> bool:
    """Whether the citizen wrote just this after the message that was the last on their page; other
    words from a page as old are another message."""
    found = select(Message.number, Message.sealed).where(
        Message.citizen_id == question.citizen_id,
        Message.question_id == question.id,
        Message.number > number,
        Message.wrote == Wrote.WORDS,
    )
    return any(
        opened(sealed, Message.context(question.id, at)) == words
        for at, sealed in session.execute(found)
    )


def _changed(question: Question) -> None:
    """The body's system is to read it anew."""
    question.number = None


def _refuse_long(words: str) -> None:
    if len(words) > LONGEST_WORDS:
        raise Invalid("Use 2,000 characters or fewer.")


def _note(session: Session, question: Question, tag: str) -> None:
    audit.record(session, tag, actor=question.citizen_id, question=question.id.hex)
