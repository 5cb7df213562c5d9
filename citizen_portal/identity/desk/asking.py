"""How the list of what was done is asked for: filters, period and place, read from an address.

What cannot be read counts as not set.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from citizen_portal.identity.queries.done import Kind, Place, Wanted
from citizen_portal.periods import Period
from citizen_portal.web.asked import identifier

FILTERS = ("officer", "kind", "when")


def wanted(args: MultiDict[str, str], asked: Period, *, zone: tzinfo) -> Wanted:
    kind = args.get("kind", "")
    return Wanted(
        officer=identifier(args.get("officer", "")),
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
    moment, _, written_id = text.partition("_")
    found = identifier(written_id)
    try:
        at = datetime.fromisoformat(moment)
        known = at.tzinfo is not None and at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return (known, found) if known and found is not None else None


def written(after: Place) -> str:
    return f"{after[0].isoformat()}_{after[1].hex}"


def address(path: str, args: Mapping[str, str], *, after: Place | None = None) -> str:
    """An address of the list, or of its file, with the filters as they are."""
    kept = {name: args[name] for name in FILTERS if args.get(name)}
    if after is not None:
        kept["after"] = written(after)
    return f"{path}?{urlencode(kept)}" if kept else path


def _midnight(day: date | None, zone: tzinfo) -> datetime | None:
    return datetime.combine(day, time.min, zone) if day else None
