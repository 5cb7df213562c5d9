"""How long the portal keeps what a source sends: by kind of actor, as ISO 8601 durations."""

import re
from collections.abc import Mapping
from datetime import date, timedelta

DEFAULT = "P3Y"
"""Where a source says nothing. Long enough to look back on, short enough to forget."""
LONGEST = "P100Y"
"""No source's events are kept for longer."""
EARLIEST = date(1900, 1, 1)
"""No event that we are told of is older, so that no duration reaches further back."""
OTHERWISE = "default"
DURATION = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?")


def length(retention: Mapping[str, str], actor: str = OTHERWISE) -> str:
    """The duration that a source's events by this kind of actor are kept for."""
    return retention.get(actor) or retention.get(OTHERWISE) or DEFAULT


def before(duration: str, day: date) -> date:
    """The day that lies one duration earlier; a month's end stays a month's end."""
    match = DURATION.fullmatch(duration)
    if match is None:
        raise ValueError("not a duration in years, months, weeks or days")
    years, months, weeks, days = (int(part or 0) for part in match.groups())
    number = day.year * 12 + day.month - 1 - years * 12 - months
    if number < EARLIEST.year * 12:
        return EARLIEST
    first = date(number // 12, number % 12 + 1, 1)
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    start = first.replace(day=min(day.day, last.day))
    return start - timedelta(days=min(weeks * 7 + days, (start - EARLIEST).days))


def too_long(duration: str) -> bool:
    """Whether it is longer than any source's events may be kept."""
    someday = date(2100, 1, 1)
    return before(duration, someday) < before(LONGEST, someday)


def oldest(retention: Mapping[str, str], day: date) -> date:
    """From when on some of a source's events are kept, by the longest of its durations."""
    return min(before(each, day) for each in {length(retention), *retention.values()})
