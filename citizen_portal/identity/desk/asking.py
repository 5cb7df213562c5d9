"""How the list of what was done is asked for: filters, period and place, read from an address.

What cannot be read counts as not set.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from citizen_portal.identity.queries.done import Kind, Wanted

SPANS = {"7-days": 7, "30-days": 30, "12-months": 365}
MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
FILTERS = ("officer", "kind", "when")
Place = tuple[datetime, UUID]


@dataclass(frozen=True, slots=True)
class Period:
    """The first and the last day that are asked for; none means no end on that side."""

    first: date | None = None
    last: date | None = None


def period(when: str, *, today: date) -> Period:
    """The period of a choice such as ``30-days`` or ``2026-11``."""
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


def wanted(args: MultiDict[str, str], asked: Period, *, zone: str) -> Wanted:
    kind = args.get("kind", "")
    return Wanted(
        officer=_uuid(args.get("officer", "")),
        kind=Kind(kind) if kind in set(Kind) else None,
        since=_midnight(asked.first, zone),
        until=_midnight(asked.last + timedelta(days=1), zone) if asked.last else None,
    )


def months(today: date, count: int = 12) -> list[date]:
    """The first day of this month and of those before it."""
    found = [today.replace(day=1)]
    while len(found) < count:
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return found


def place(text: str) -> Place | None:
    """The entry that a page begins after, as ``written`` wrote it."""
    moment, _, identifier = text.partition("_")
    found = _uuid(identifier)
    try:
        at = datetime.fromisoformat(moment).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return (at, found) if found is not None else None


def written(after: Place) -> str:
    return f"{after[0].isoformat()}_{after[1].hex}"


def address(path: str, args: Mapping[str, str], **more: str) -> str:
    """An address of the list, or of its file, with the filters as they are."""
    kept = {name: args[name] for name in FILTERS if args.get(name)} | more
    return f"{path}?{urlencode(kept)}" if kept else path


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(hex=text) if len(text) == 32 else None
    except ValueError:
        return None


def _midnight(day: date | None, zone: str) -> datetime | None:
    return datetime.combine(day, time.min, ZoneInfo(zone)) if day else None
