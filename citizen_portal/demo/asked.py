"""What the demo's people asked before it began: some wait, one was asked back, one was
answered, and the system of a body answers one.

Made by what takes questions and answers in the portal itself, as if it were that day. Each once: a
person who has asked something, in this demo or by hand, is left alone.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_portal import clock
from citizen_portal.agreements.queries import register_terms
from citizen_portal.demo.chosen import World, citizen_of
from citizen_portal.identity.models import Officer
from citizen_portal.identity.queries import known_at
from citizen_portal.questions.actions import answering, asking
from citizen_portal.questions.actions.answering import Speaker
from citizen_portal.questions.actions.asking import Asking
from citizen_portal.questions.models import About, Kind, Outcome, Question
from citizen_portal.questions.queries import own, routing
from citizen_portal.questions.queries.things import Things
from citizen_portal.questions.schemas.facts import Facts, agreement

A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Wondered:
    """One question about an agreement, and what the body wrote a day later."""

    who: str
    days_ago: int
    body: str
    agreement: str
    kind: Kind
    words: str
    back: str = ""
    """What it asked back."""
    answer: tuple[Outcome, str] | None = None


QUESTIONS = (
    Wondered(
        "citizen-1",
        16,
        "benefits-office",
        "DSA-0001",
        Kind.WHY,
        "Why was this used again in spring? I had claimed nothing new.",
        answer=(Outcome.EXPLAINED, "We check each claim once a year. Yours was due in April."),
    ),
    Wondered(
        "citizen-1",
        3,
        "benefits-office",
        "DSA-0004",
        Kind.COMPLAINT,
        "I was told that my letter had been lost. I would like to know how.",
    ),
    Wondered(
        "citizen-1",
        1,
        "revenue-office",
        "DSA-0001",
        Kind.WHY,
        "Who reads what the benefits office tells you about me?",
    ),  # its system answers
    Wondered(
        "citizen-4",
        5,
        "benefits-office",
        "DSA-0001",
        Kind.WHY,
        "Is my old address still used?",
        back="Which address do you mean? The street is enough.",
    ),
)
"""The oldest of each person first."""


def write(world: World) -> None:
    with world.sessions.writing() as session:
        people = {one.who: citizen_of(session, world, one.who) for one in QUESTIONS}
        new = {who for who, whose in people.items() if not own.count_of(session, whose)}
        for one in QUESTIONS:
            if one.who in new:
                _write(session, world, one, people[one.who])


def _write(session: Session, world: World, one: Wondered, whose: UUID) -> None:
    body = world.directory.body_by_slug(one.body)
    if body is None or body.id not in routing.takers(session, [body.id]):
        return
    span = timedelta(days=one.days_ago)
    with clock.ago(span):
        made = _ask(session, world, one, whose, body.id)
    with clock.ago(span - A_DAY):
        _answer(session, world, one, made)


def _ask(session: Session, world: World, one: Wondered, whose: UUID, body_id: UUID) -> Question:
    terms = register_terms(session).versions[one.agreement][0]
    rows = (agreement(terms.reference, terms.title), ("purpose", terms.purpose))
    wish = Asking(
        token=f"demo:{one.body}:{one.agreement}:{one.kind}",
        kind=one.kind,
        about=About.AGREEMENT,
        organisation_id=body_id,
        subject=known_at(session, whose).get(body_id),
        agreement=one.agreement,
        blind=Things(world.index, whose).blind(About.AGREEMENT, one.agreement),
        facts=Facts(terms.title, rows).written(),
        words=one.words,
    )
    seal = world.sealer.seal
    made = asking.ask(session, whose, wish, region=world.region, seal=seal)
    session.flush()
    return made


def _answer(session: Session, world: World, one: Wondered, made: Question) -> None:
    own_officers = select(Officer.id).where(Officer.organisation_id == made.organisation_id)
    by = session.scalars(own_officers.order_by(Officer.name)).first()
    speaker, seal = Speaker(made.organisation_id, by), world.sealer.seal
    if one.back:
        today = world.region.today()
        answering.ask_back(session, speaker, made.id, one.back, today=today, seal=seal)
    if one.answer:
        outcome, words = one.answer
        answering.answer(session, speaker, made.id, outcome, words, seal=seal)
