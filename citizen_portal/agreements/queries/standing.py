"""Whether an agreement holds, told from its dates and from nothing else."""

from datetime import date
from enum import StrEnum

from citizen_portal.agreements.queries.terms import Terms


class Standing(StrEnum):
    HOLDS = "holds"
    TO_COME = "to_come"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"
    """Taken back by its parties; also on the day that they name as its last."""


def standing_on(terms: Terms, today: date) -> Standing:
    if terms.withdrawn_on is not None and terms.withdrawn_on <= today:
        return Standing.WITHDRAWN
    if terms.ends is not None and terms.ends < today:
        return Standing.ENDED
    if terms.starts is not None and terms.starts > today:
        return Standing.TO_COME
    return Standing.HOLDS
