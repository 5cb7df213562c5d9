"""What a body says about a question, whoever says it for the body: one way for officers and
systems."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from citizen_portal.errors import Invalid
from citizen_portal.questions.actions import answering
from citizen_portal.questions.models import Outcome, Question, Wrote
from citizen_portal.region import Region
from citizen_portal.sealing import Seal

Act = Callable[..., Question]


@dataclass(frozen=True, slots=True)
class Saying:
    wrote: Wrote
    words: str = ""
    outcome: Outcome | None = None
    """Of an answer."""
    next_on: date | None = None
    """The day on which more will be said: with progress."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who says it, of which version of the question, and under which id."""

    organisation_id: UUID
    by: UUID | None = None
    """The officer, or none where a system does."""
    seen: int | None = None
    message_id: UUID | None = None


def say(
    session: Session,
    speaker: Speaker,
    question_id: UUID,
    said: Saying,
    *,
    region: Region,
    seal: Seal,
) -> Question:
    """Raises what ``answering`` raises, and ``Invalid`` for what lacks its outcome or its day."""
    today = region.today()

    def done(act: Act, *more: Any, **named: Any) -> Question:
        return act(
            session,
            speaker.organisation_id,
            question_id,
            *more,
            seal=seal,
            by=speaker.by,
            seen=speaker.seen,
            message_id=speaker.message_id,
            **named,
        )

    match said:
        case Saying(Wrote.ACKNOWLEDGEMENT):
            return done(answering.acknowledge, said.words)
        case Saying(Wrote.ASK_BACK):
            return done(answering.ask_back, said.words, today=today)
        case Saying(Wrote.EXTENSION):
            return done(answering.extend, said.words, region=region)
        case Saying(Wrote.PROGRESS, next_on=date() as day):
            return done(answering.note_progress, said.words, next_on=day, today=today)
        case Saying(Wrote.ANSWER, outcome=Outcome() as outcome):
            return done(answering.answer, outcome, said.words)
    raise Invalid("This lacks what it has to say.")
