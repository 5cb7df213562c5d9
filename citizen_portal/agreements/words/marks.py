"""What must be seen of an agreement before anything else is read: an emergency, that it is over."""

from datetime import date

from flask_babel import gettext

from citizen_portal.agreements.queries import Standing, Terms, standing_on
from citizen_portal.agreements.words import wording


def marks(terms: Terms, today: date) -> tuple[str, ...]:
    """What must be seen before anything else is read."""
    standing = standing_on(terms, today)
    found = [gettext("Emergency")] if terms.emergency else []
    if standing is not Standing.HOLDS:
        found.append(wording.standing(standing))
    return tuple(found)
