"""Days that a body must keep: reviews, results that are due, look-backs, ends."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from citizen_portal.agreements.queries.register import Register
from citizen_portal.agreements.queries.terms import Terms
from citizen_portal.db import Words

AHEAD = timedelta(days=60)
"""Reminders begin so long before a day."""


class DayKind(StrEnum):
    REVIEW = "review"
    RESULT = "result"
    LOOK_BACK = "look_back"
    END = "end"


@dataclass(frozen=True, slots=True)
class Day:
    on: date
    kind: DayKind
    reference: str
    title: Words
    what: Words
    """The measure that is due; empty for other kinds."""
    late: bool


def days_of(register: Register, organisation_id: UUID, *, today: date) -> tuple[Day, ...]:
    """Days that are near or past, of agreements in which this body takes part, the first first."""
    versions = register.versions.values()
    found = (
        day
        for terms in (each[0] for each in versions)
        if organisation_id in terms.disclosers | terms.recipients
        for day in _days(terms, today)
    )
    return tuple(sorted(found, key=lambda day: (day.on, day.reference, day.kind)))


def _days(terms: Terms, today: date) -> Iterator[Day]:
    def day(on: date, kind: DayKind, what: Words | None = None) -> Day:
        return Day(on, kind, terms.reference, terms.title, what or {}, late=on < today)

    over = terms.ends is not None and terms.ends < today
    if terms.review and not over and terms.review <= today + AHEAD:
        yield day(terms.review, DayKind.REVIEW)
    if terms.ends and today <= terms.ends <= today + AHEAD:
        yield day(terms.ends, DayKind.END)
    for measure in terms.measures:
        if measure.due and measure.latest is None and measure.due <= today + AHEAD:
            yield day(measure.due, DayKind.RESULT, measure.what)
    emergency = terms.emergency
    if emergency and emergency.reviewed_on is None and emergency.review_due <= today + AHEAD:
        yield day(emergency.review_due, DayKind.LOOK_BACK)
