"""What was asked, where it stands, and what each side wrote."""

from citizen_portal.questions.models.kinds import (
    RIGHTS,
    About,
    Author,
    Kind,
    Outcome,
    State,
    Wrote,
    outcomes,
)
from citizen_portal.questions.models.messages import LONGEST_WORDS, Message
from citizen_portal.questions.models.moves import (
    MOVES,
    OPEN,
    Move,
    Side,
    allowed,
    moved,
    run_out,
)
from citizen_portal.questions.models.questions import Question, QuestionFeed, new_reference

__all__ = [
    "LONGEST_WORDS",
    "MOVES",
    "OPEN",
    "RIGHTS",
    "About",
    "Author",
    "Kind",
    "Message",
    "Move",
    "Outcome",
    "Question",
    "QuestionFeed",
    "Side",
    "State",
    "Wrote",
    "allowed",
    "moved",
    "new_reference",
    "outcomes",
    "run_out",
]
