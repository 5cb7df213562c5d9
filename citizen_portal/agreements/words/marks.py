"""What must be seen of an agreement before anything else is read: an emergency, that it is over."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext

from citizen_portal.agreements.queries import Standing, Terms, standing_on
from citizen_portal.agreements.words import wording


@dataclass(frozen=True, slots=True)
class Mark:
    """That it was made in an emergency (which stands out), or that it does not hold now."""

    words: str
    lifted: bool


def marks(terms: Terms, today: date) -> tuple[Mark, ...]:
    standing = standing_on(terms, today)
    found = [Mark(gettext("Emergency"), lifted=True)] if terms.emergency else []
    if standing is not Standing.HOLDS:
        found.append(Mark(wording.standing(standing), lifted=False))
    return tuple(found)
