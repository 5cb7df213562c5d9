"""What a body says about a question, whoever says it for the body: one way for officers and
systems."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from citizen_portal.errors import Invalid
from citizen_portal.questions.actions import answering
from citizen_portal.questions.actions.answering import Speaker
from citizen_portal.questions.models import Outcome, Question, Wrote
from citizen_portal.region import Region
from citizen_portal.sealing import Seal


@dataclass(frozen=True, slots=True)
class Saying:
    wrote: Wrote
    words: str = ""
    outcome: Outcome | None = None
    """Of an answer."""
    next_on: date | None = None
    """The day on which more will be said: with progress."""


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
    match said:
        case Saying(Wrote.ACKNOWLEDGEMENT, words):
            return answering.acknowledge(session, speaker, question_id, words, seal=seal)
        case Saying(Wrote.ASK_BACK, words):
            return answering.ask_back(session, speaker, question_id, words, today=today, seal=seal)
        case Saying(Wrote.EXTENSION, words):
            return answering.extend(session, speaker, question_id, words, region=region, seal=seal)
        case Saying(Wrote.PROGRESS, words, next_on=date() as day):
            return answering.note_progress(
                session, speaker, question_id, words, next_on=day, today=today, seal=seal
            )
        case Saying(Wrote.ANSWER, words, outcome=Outcome() as outcome):
            return answering.answer(session, speaker, question_id, outcome, words, seal=seal)
    raise Invalid("This lacks what it has to say.")
