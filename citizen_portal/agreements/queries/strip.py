"""The trust matrix as a strip of squares, one for each question, in groups by theme."""

from dataclasses import dataclass

from citizen_portal.agreements.queries.terms import Terms
from citizen_portal.agreements.queries.trust import themes

SQUARE, GAP, THEME_GAP, HEIGHT = 9, 3, 7, 11


@dataclass(frozen=True, slots=True)
class Strip:
    """Two paths in a box: the squares that are answered, and those that are not."""

    width: int
    height: int
    has: str
    has_not: str


def strip(terms: Terms) -> Strip:
    x, has, has_not = 1, "", ""
    for theme in themes():
        for question in theme.questions:
            square = f"M{x} 1h{SQUARE}v{SQUARE}h-{SQUARE}z"
            if question.id in terms.answers:
                has += square
            else:
                has_not += square
            x += SQUARE + GAP
        x += THEME_GAP
    return Strip(x - GAP - THEME_GAP + 1, HEIGHT, has, has_not)
