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
    """Part of a day's id in the calendars that people subscribe to."""

    REVIEW = "review"
    RESULT = "due"
    LOOK_BACK = "look-back"
    END = "end"


@dataclass(frozen=True, slots=True)
class Day:
    on: date
    kind: DayKind
    reference: str
    title: Words
    late: bool
    what: Words
    """The measure whose result is due; empty for other kinds, as is ``measure``, its id."""
    measure: str = ""


def days_of(register: Register, organisation_id: UUID, *, today: date) -> tuple[Day, ...]:
    """Days that are near or past, of agreements in which this body takes part, the first first."""
    found = (
        day
        for terms in taking_part(register, organisation_id)
        for day in every_day(terms, today=today)
        if day.on <= today + AHEAD and not (day.kind is DayKind.END and day.late)
    )
    return tuple(sorted(found, key=lambda day: (day.on, day.reference, day.kind.name)))


def taking_part(register: Register, organisation_id: UUID) -> Iterator[Terms]:
    """The newest versions in which a body gives or gets: it keeps their days."""
    for terms in register.naming(organisation_id):
        if organisation_id in terms.disclosers | terms.recipients:
            yield terms


def every_day(terms: Terms, *, today: date) -> Iterator[Day]:
    """Of an agreement that has ended, only its end and what was still to be done.

    None is looked at again once it is over. A result is due while nothing was found.
    """

    def day(on: date, kind: DayKind, what: Words | None = None, measure: str = "") -> Day:
        return Day(on, kind, terms.reference, terms.title, on < today, what or {}, measure)

    over = terms.ends is not None and terms.ends < today
    if terms.looked_at_again and not over:
        yield day(terms.looked_at_again, DayKind.REVIEW)
    if terms.ends:
        yield day(terms.ends, DayKind.END)
    for measure in terms.measures:
        if measure.due and measure.latest is None:
            yield day(measure.due, DayKind.RESULT, measure.what, measure.id)
    emergency = terms.emergency
    if emergency and emergency.reviewed_on is None:
        yield day(emergency.review_due, DayKind.LOOK_BACK)
