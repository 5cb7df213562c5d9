"""Spans of days that people choose from a list: the last so many, or one month."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

SPANS = {"7-days": 7, "30-days": 30, "3-months": 92, "12-months": 365}
"""So many days, today included."""
MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Period:
    """The first and the last day that are asked for; none means no end on that side."""

    first: date | None = None
    last: date | None = None


def period(when: str, *, today: date) -> Period:
    """The period of a choice such as ``30-days`` or ``2026-11``; what is none has no ends."""
    if when in SPANS:
        return Period(today - timedelta(days=SPANS[when] - 1), today)
    if not MONTH.fullmatch(when):
        return Period()
    try:
        first = date.fromisoformat(f"{when}-01")
        following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    except ValueError:
        return Period()
    return Period(first, following - timedelta(days=1))
