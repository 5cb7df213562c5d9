"""Whatever a citizen, two officers and a system do to one question at the same time: no word is
lost, nothing happens that the table of moves does not allow, and both sides see the same.

``RUNS`` says how often; ``make faults`` plays 1,000.
"""

import os
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from citizen_portal.errors import DomainError, Outdated
from citizen_portal.questions.actions import answering
from citizen_portal.questions.actions.answering import Speaker
from citizen_portal.questions.actions.saying import Saying, say
from citizen_portal.questions.models import (
    OPEN,
    Kind,
    Move,
    Outcome,
    Question,
    Side,
    State,
    Wrote,
    allowed,
    outcomes,
)
from citizen_portal.questions.queries import own
from tests.questions.asking_bodies import UK, Clinic, Seen, SignIn

RUNS = int(os.environ.get("RUNS", "12"))
STEPS = 25
SAID = {
    Wrote.ACKNOWLEDGEMENT: Move.ACKNOWLEDGE,
    Wrote.PROGRESS: Move.NOTE_PROGRESS,
    Wrote.ASK_BACK: Move.ASK_BACK,
    Wrote.EXTENSION: Move.EXTEND,
    Wrote.ANSWER: Move.ANSWER,
}


@dataclass
class Actor:
    """One who acts for the body, by the version that they last looked at."""

    by: UUID | None
    seen: int = 1


@dataclass
class Play:
    clinic: Clinic
    dice: Random
    question: Question
    actors: list[Actor]
    kept: list[str] = field(default_factory=list)
    """Every text that its writer was told is kept, in order."""
    shown: int = 1
    """How many messages the citizen's page showed."""

    def step(self) -> None:
        before = self.clinic.case(self.question)
        act = self.dice.choices(
            [
                self._says,
                self._looks,
                self._adds,
                self._reads,
                self._assigns,
                self._withdraws,
            ],
            [8, 6, 5, 3, 2, 0.5],
        )[0]
        try:
            act(before)
        except DomainError:
            assert self._stands() == _stand(before)
        self._agree(before)

    def _says(self, before: Seen) -> None:
        actor, wrote = self.dice.choice(self.actors), self.dice.choice(list(SAID))
        words = f"{wrote} {uuid4().hex}"
        said = Saying(
            wrote,
            words,
            self.dice.choice(list(Outcome)) if wrote is Wrote.ANSWER else None,
            UK.today() + timedelta(days=9) if wrote is Wrote.PROGRESS else None,
        )
        speaker = Speaker(self.clinic.body, by=actor.by, seen=actor.seen, message_id=uuid4())
        with self.clinic.town.sessions.writing() as session:
            say(session, speaker, self.question.id, said, region=UK, seal=self.clinic.seal)
        assert actor.seen == before.case.version
        assert allowed(before.case.state, Side.BODY, SAID[wrote])
        if said.outcome:
            assert said.outcome in outcomes(before.case.kind, before.case.about)
        self.kept.append(words)

    def _looks(self, before: Seen) -> None:
        self.dice.choice(self.actors).seen = before.case.version

    def _adds(self, before: Seen) -> None:
        """From a page that may be old; the same page sent twice is one message."""
        words = f"more {uuid4().hex}"
        for _ in range(2):
            self.clinic.add(self.question, words, shown=self.shown)
        assert allowed(before.case.state, Side.CITIZEN, Move.SAY_MORE)
        self.kept.append(words)

    def _reads(self, before: Seen) -> None:
        self.shown = before.messages_so_far

    def _assigns(self, before: Seen) -> None:
        actor = self.dice.choice([one for one in self.actors if one.by])
        assert actor.by
        speaker = Speaker(self.clinic.body, actor.by, actor.seen)
        with self.clinic.town.sessions.writing() as session:
            answering.assign(session, speaker, self.question.id, actor.by)
        assert actor.seen == before.case.version

    def _withdraws(self, before: Seen) -> None:
        self.clinic.withdraw(self.question)
        assert before.case.state in OPEN
        self.kept.append("")

    def _stands(self) -> tuple[Any, ...]:
        return _stand(self.clinic.case(self.question))

    def _agree(self, before: Seen) -> None:
        after = self.clinic.case(self.question)
        assert after.texts == ["", *self.kept]
        assert [said.number for said in after.messages] == list(range(1, len(self.kept) + 2))
        if before.case.state not in OPEN:
            assert _stand(after) == _stand(before)
        assert (after.case.stopped_on is not None) == (after.case.state is State.WAITING)
        with self.clinic.town.sessions.reading() as session:
            theirs = own.one(session, self.clinic.me, self.question.id)
            written = own.written(session, self.clinic.me, self.question.id)
        for name in ("state", "due_on", "outcome", "stopped_on", "acknowledged_at"):
            assert getattr(theirs, name) == getattr(after.case, name), name
        assert [(one.number, one.sealed) for one in written] == [
            (one.number, one.sealed) for one in after.messages
        ]


def _stand(seen: Seen) -> tuple[Any, ...]:
    case = seen.case
    return case.state, case.version, case.due_on, case.outcome, seen.messages_so_far


@pytest.fixture
def clinic(app: Flask, officer_in: SignIn) -> Clinic:
    return Clinic(app, officer_in)


def test_four_who_act_at_once_lose_no_word_and_break_no_rule(clinic: Clinic) -> None:
    ada, ben = (clinic.add_officer(name) for name in ("Ada", "Ben"))
    for run in range(RUNS):
        dice = Random(run)  # noqa: S311  (so that a run can be played again)
        question = clinic.ask(dice.choice(list(Kind)), words="")
        actors = [Actor(ada), Actor(ben), Actor(None)]
        play = Play(clinic, dice, question, actors)
        for _ in range(STEPS):
            play.step()
        if clinic.case(question).case.state in OPEN:
            clinic.withdraw(question)


def test_two_at_one_moment_of_whom_one_is_told(clinic: Clinic) -> None:
    question, ada = clinic.ask(), clinic.add_officer("Ada")
    said = Saying(Wrote.ANSWER, "By law.", Outcome.EXPLAINED)
    for seen, error in ((1, None), (1, Outdated)):
        speaker = Speaker(clinic.body, by=ada, seen=seen)
        try:
            with clinic.town.sessions.writing() as session:
                say(session, speaker, question.id, said, region=UK, seal=clinic.seal)
            told: type[DomainError] | None = None
        except DomainError as refused:
            told = type(refused)
        assert told is error
