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
from citizen_portal.questions.models.moves import MOVES, OPEN, Move, Side, allowed, moved
from citizen_portal.questions.models.questions import (
    REFERENCE,
    Question,
    QuestionFeed,
    are_late,
    late,
    may_extend,
    new_reference,
)

__all__ = [
    "LONGEST_WORDS",
    "MOVES",
    "OPEN",
    "REFERENCE",
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
    "are_late",
    "late",
    "may_extend",
    "moved",
    "new_reference",
    "outcomes",
    "run_out",
]
