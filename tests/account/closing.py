"""Somebody of whom the portal holds something in each table, and how they close their account."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from citizen_portal import clock, jobs
from citizen_portal.access.models import Answer, Question
from citizen_portal.bodies.models import Source
from citizen_portal.db import Base, owned_by_citizen
from citizen_portal.exports.models import Export
from citizen_portal.identity import actions
from citizen_portal.identity.models import AccountIndex, SignIn
from citizen_portal.incidents.models import IncidentLine
from citizen_portal.jobs import Job, JobState
from citizen_portal.news import actions as news
from citizen_portal.news.models import ChannelState, CodeAsked, NewsKind, SafeChannel
from citizen_portal.preferences.models import Answer as AnswerGiven
from citizen_portal.preferences.models import CheckLine, Choice, Effect, Standing
from citizen_portal.questions.models import About, Author, Message, Wrote
from citizen_portal.questions.models import Kind as QuestionKind
from citizen_portal.questions.models import Question as Asked
from citizen_portal.questions.models.corrections import Correction, Matter, Recipient
from tests.access.pushing import Pushing, row
from tests.bodies.told import run_waiting

ISSUER = "https://sign-in.example"
REMOVE = "account.remove_closed"


@dataclass(frozen=True)
class Someone:
    """A citizen, their account at the identity provider, and every id by which they are known."""

    id: UUID
    subject: str
    pairwise: dict[str, str]
    marks: frozenset[str]


def somebody(pushing: Pushing, subject: str) -> Someone:
    """Signs in, links each body, is told of, names a mailbox, and is looked at and withheld."""
    app = pushing.app
    index, sealer = app.extensions["index"], app.extensions["sealer"]
    with app.extensions["sessions"].writing() as session:
        citizen_id = sign_in(session, app, subject)
        pairwise = {slug: pushing.link(session, citizen_id, slug) for slug in pushing.bodies}
        actions.note_try(session, citizen_id)
        news.name(session, sealer, citizen_id, f"{subject}@example.org")
        session.add_all([CodeAsked(citizen_id=citizen_id), _copy(citizen_id)])
        body_id = _ask(session, citizen_id, pushing.bodies[next(iter(pairwise))])
        made = (
            *_choice(citizen_id, body_id, pairwise),
            *_correction(citizen_id, body_id, pairwise),
        )
        session.add_all(made)
        channel = session.scalars(select(SafeChannel).filter_by(citizen_id=citizen_id)).one()
        channel.state = ChannelState.CONFIRMED
        session.flush()
        news.make_feed(session, index, citizen_id)
        news.note_news(session, index, citizen_id, ["one", "two"], NewsKind.ACCESS)
        place = session.scalars(select(SignIn).filter_by(citizen_id=citizen_id)).one()
        source_id = session.scalars(select(Source.id).order_by(Source.id)).first()
        assert source_id is not None
        session.add(_answer(place, source_id))
        blinds = session.scalars(select(AccountIndex.blind).filter_by(citizen_id=citizen_id)).all()
    slug = next(iter(pushing.bodies))
    sent = [row(pairwise[slug], f"{subject}-{n}", action=f"Looked {subject}") for n in range(3)]
    assert pushing.send(*sent, by=slug).status_code == 200
    while run_waiting(app):
        pass
    with app.extensions["sessions"].writing() as session:  # what is unread would wait for its body
        session.execute(update(Effect).values(told_at=clock.now()))
    marks = {str(citizen_id), citizen_id.hex, *pairwise.values(), *blinds, subject}
    return Someone(citizen_id, subject, pairwise, frozenset(marks))


def _copy(citizen_id: UUID) -> Export:
    tomorrow = clock.now() + timedelta(days=1)
    return Export(citizen_id=citizen_id, language="en", parts=[], bodies=[], release_at=tomorrow)


def _ask(session: Session, citizen_id: UUID, body_id: UUID) -> UUID:
    """A question, and the words with which it was asked."""
    question = Asked(
        citizen_id=citizen_id,
        token="t",
        kind=QuestionKind.WHY,
        about=About.AGREEMENT,
        organisation_id=body_id,
        subject=None,
        agreement="DSA-0001",
        blind="blind",
        sealed_facts=b"sealed",
        due_on=clock.now().date(),
    )
    session.add(question)
    session.flush()
    words = Message(
        citizen_id=citizen_id,
        question_id=question.id,
        number=1,
        author=Author.CITIZEN,
        wrote=Wrote.WORDS,
    )
    session.add(words)
    return body_id


def _choice(citizen_id: UUID, body_id: UUID, pairwise: dict[str, str]) -> list[Base]:
    """A choice, that it stands, what a body was told of it, that it asked, and an incident."""
    now = clock.now()
    said: dict[str, Any] = {
        "citizen_id": citizen_id,
        "scope": "whatever",
        "answer": AnswerGiven.NO,
        "number": 1,
        "made_at": now,
    }
    choice = Choice(**said)
    told: dict[str, Any] = {
        "citizen_id": citizen_id,
        "organisation_id": body_id,
        "agreement": "DSA-0001",
    }
    effect = Effect(
        **told,
        subject=next(iter(pairwise.values())),
        may_use=False,
        objection=False,
        version=1,
        due_on=now.date(),
        extended_to=now.date(),
    )
    asked = CheckLine(**told, day=now.date(), allowed=False)
    incident = IncidentLine(citizen_id=citizen_id, told_on=now.date())
    return [choice, Standing(**said, choice_id=choice.id), effect, asked, incident]


def _correction(citizen_id: UUID, body_id: UUID, pairwise: dict[str, str]) -> list[Base]:
    """What a body put right, and one who was told of it."""
    subject = next(iter(pairwise.values()))
    made = Correction(
        citizen_id=citizen_id,
        organisation_id=body_id,
        subject=subject,
        reference="C-1",
        record="0" * 64,
        categories=["Income"],
        matter=Matter.CORRECTED,
        on=clock.now().date(),
    )
    told = Recipient(
        citizen_id=citizen_id,
        correction_id=made.id,
        organisation_id=body_id,
        code="OTHER",
        subject=subject,
    )
    return [made, told]


def _answer(place: SignIn, source_id: UUID) -> Answer:
    now = clock.now()
    return Answer(
        citizen_id=place.citizen_id,
        sign_in_id=place.id,
        source_id=source_id,
        question=Question.ACCESSES,
        sealed=b"sealed",
        asked_at=now,
        expires_at=now + timedelta(minutes=15),
    )


def sign_in(session: Session, app: Flask, subject: str) -> UUID:
    """The citizen that a sign-in with this account leads to, in a new session."""
    citizen_id = actions.find_or_make_citizen(
        session, app.extensions["index"], issuer=ISSUER, subject=subject
    )
    actions.start(session, citizen_id, proof=actions.Proof("high", clock.now()))
    return citizen_id


def close(app: Flask, citizen_id: UUID) -> None:
    with app.extensions["sessions"].writing() as session:
        actions.close(session, citizen_id, envelope=app.extensions["closed_envelope"])


def run(app: Flask, name: str, **arguments: Any) -> JobState:
    """Do one such job now; how it stands then."""
    sessions = app.extensions["sessions"]
    with sessions.writing() as session:
        job = jobs.enqueue(session, name, **arguments)
    jobs.run(sessions, app.extensions, job.id)
    with sessions.reading() as session:
        state: JobState = session.get_one(Job, job.id).state
        return state


def rows_with(session: Session, marks: frozenset[str]) -> list[str]:
    """Each table with a row that holds one of these marks, whatever column it is in."""
    return [
        table.name
        for table in Base.metadata.sorted_tables
        if any(
            mark in text for text in map(_text, session.execute(select(table))) for mark in marks
        )
    ]


def _text(found: Any) -> str:
    return " ".join(
        value.decode("latin-1") if isinstance(value, bytes) else f"{value}" for value in found
    )


def held(app: Flask, citizen_id: object) -> dict[str, list[str]]:
    """What each table of citizens holds of one."""
    found = {}
    with app.extensions["sessions"].reading() as session:
        for table in owned_by_citizen():
            rows = session.execute(select(table).where(table.c.citizen_id == citizen_id))
            found[table.name] = sorted(str(each) for each in rows)
    return found
