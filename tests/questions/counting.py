"""A quarter in the past in which bodies answered, and the worker that counts it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import delete, select

from citizen_portal import clock, jobs
from citizen_portal.bodies.actions import bump
from citizen_portal.db import Sessions
from citizen_portal.identity.models import Citizen
from citizen_portal.preferences.models import Effect
from citizen_portal.preferences.models import Reply as Weighed
from citizen_portal.questions.models import (
    About,
    Author,
    Kind,
    Message,
    Outcome,
    Question,
    State,
    Wrote,
)
from citizen_portal.questions.models.corrections import Correction, Matter, Recipient
from citizen_portal.questions.models.counts import AnswerCount, following, preceding, quarter_of
from tests import make

ONE = timedelta(days=1)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


class Quarters:
    """Bodies, and people who asked them a great deal: each one thing, or one of them many."""

    def __init__(self, app: Flask, *slugs: str) -> None:
        self.app = app
        self.quarter = preceding(preceding(quarter_of(clock.now().date())))
        self.end = following(self.quarter)
        self.bodies: dict[str, UUID] = {}
        with self.sessions.writing() as session:
            for slug in slugs or ("clinic", "council"):
                body = make.body(slug=slug)
                session.add(body)
                self.bodies[slug] = body.id
            bump(session)
        self.one: UUID | None = None
        """Who it is about, where it is the same person each time."""

    @property
    def sessions(self) -> Sessions:
        sessions: Sessions = self.app.extensions["sessions"]
        return sessions

    def person(self) -> UUID:
        citizen = make.citizen()
        with self.sessions.writing() as session:
            session.add(citizen)
        return citizen.id

    def people(self, number: int) -> list[UUID]:
        if self.one:
            return [self.one] * number
        citizens = [make.citizen() for _ in range(number)]
        with self.sessions.writing() as session:
            session.add_all(citizens)
        return [citizen.id for citizen in citizens]

    @contextmanager
    def at(self, day: date) -> Iterator[None]:
        with clock.ago(clock.now() - noon(day)):
            yield

    def count(self, day: date) -> None:
        """What the worker does on a day."""
        with self.at(day):
            with self.sessions.writing() as session:
                job_id = jobs.enqueue(session, "questions.count_answers").id
            jobs.run(self.sessions, self.app.extensions, job_id)
        with self.sessions.reading() as session:
            assert session.get_one(jobs.Job, job_id).state is jobs.JobState.DONE

    def answered(
        self,
        at: str,
        number: int = 1,
        *,
        kind: Kind = Kind.WHY,
        outcome: Outcome = Outcome.EXPLAINED,
        after: int = 5,
        on: date | None = None,
        due: int = 30,
        asked_back_after: int | None = None,
    ) -> list[UUID]:
        answered = on or self.quarter + 40 * ONE
        asked = answered - after * ONE
        stands = {"state": State.ANSWERED, "outcome": outcome, "messages": 3}
        times = {"answered_at": noon(answered), "closed_at": noon(answered)}
        made = [
            self._question(who, at, kind, asked, due_on=asked + due * ONE, **stands, **times)
            for who in self.people(number)
        ]
        with self.sessions.writing() as session:
            session.add_all(made)
            session.flush()
            if asked_back_after is not None:
                when = noon(asked + asked_back_after * ONE)
                session.add_all(_asked_back(one, when) for one in made)
        return [one.id for one in made]

    def _question(self, who: UUID, at: str, kind: Kind, asked: date, **given: Any) -> Question:
        return Question(
            citizen_id=who,
            token=uuid4().hex,
            kind=kind,
            about=About.AGREEMENT,
            organisation_id=self.bodies[at],
            subject=None,
            agreement="DSA-0001",
            blind="0" * 64,
            sealed_facts=b"",
            asked_at=noon(asked),
            **given,
        )

    def erase(self, question_id: UUID) -> None:
        with self.sessions.writing() as session:
            session.execute(delete(Question).where(Question.id == question_id))

    def weighed(self, at: str, reply: Weighed, number: int, **more: Any) -> None:
        day = self.quarter + 10 * ONE
        usual: dict[str, Any] = {"may_use": False, "objection": True, "replied_at": noon(day)}
        given, people = usual | more, self.people(number)
        with self.sessions.writing() as session:
            session.add_all(
                Effect(
                    citizen_id=who,
                    organisation_id=self.bodies[at],
                    subject="s",
                    agreement="DSA-0001",
                    version=n,
                    due_on=day,
                    extended_to=day,
                    current=False,
                    reply=reply,
                    **given,
                )
                for n, who in enumerate(people)
            )

    def put_right(self, at: str, number: int, **more: Any) -> None:
        day = self.quarter + 20 * ONE
        matter = more.pop("matter", Matter.CORRECTED)
        made = [
            Correction(
                citizen_id=who,
                organisation_id=self.bodies[at],
                subject="s",
                reference=uuid4().hex,
                record="r",
                categories=[],
                matter=matter,
                on=day,
            )
            for who in self.people(number)
        ]
        given = {"made_at": noon(day)} | more
        with self.sessions.writing() as session:
            session.add_all(made)
            session.flush()
            session.add_all(
                Recipient(
                    citizen_id=correction.citizen_id,
                    correction_id=correction.id,
                    organisation_id=None,
                    code="c",
                    **given,
                )
                for correction in made
            )

    def leave(self) -> None:
        """The citizens go, with what is theirs."""
        with self.sessions.writing() as session:
            session.execute(delete(Citizen))

    def rows(self) -> dict[tuple[str, date], AnswerCount]:
        names = {value: key for key, value in self.bodies.items()}
        with self.sessions.reading() as session:
            found = session.scalars(select(AnswerCount))
            return {(names[row.organisation_id], row.quarter): row for row in found}


def _asked_back(question: Question, when: datetime) -> Message:
    return Message(
        citizen_id=question.citizen_id,
        question_id=question.id,
        number=2,
        author=Author.OFFICER,
        wrote=Wrote.ASK_BACK,
        at=when,
    )
