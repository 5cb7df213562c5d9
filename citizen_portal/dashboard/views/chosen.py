"""Which accesses a list shows: one window of what was sent, with what was told of that time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from flask import request
from werkzeug.datastructures import MultiDict

from citizen_portal.access.queries import AccessEvent, newest_first
from citizen_portal.access.queries.stored import WINDOW, Cursor
from citizen_portal.dashboard.queries import log
from citizen_portal.dashboard.views.gathering import Gathered
from citizen_portal.periods import period
from citizen_portal.web import parts
from citizen_portal.web.asked import identifier, not_read

SEARCHED = 1_000
"""Sent events that one page looks through for what was asked."""
IDS = (32, 64)
"""Hexadecimal characters of an access's id; anything else is taken for none."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was asked for, what was found of it here, and where to go on."""

    wanted: log.Wanted
    events: Sequence[AccessEvent]
    """Newest first."""
    before: str
    """Where this window begins; empty at the newest."""
    older: str
    """Where the next one begins; empty where nothing is older."""
    newer: str | None
    """Where the one before begins; empty for the newest, none where this is the newest."""
    unread: tuple[str, ...]
    """What the address asks for and could not be read."""

    @property
    def narrowed(self) -> bool:
        return self.wanted != log.Wanted()


def chosen(found: Gathered) -> Chosen:
    """The accesses that the address asks for."""
    wanted = _wanted(request.args, found)
    before = Cursor.read(request.args.get("before", ""))
    size = WINDOW if wanted == log.Wanted() else SEARCHED
    sent = found.sent(before=before, since=_begin(wanted.since), size=size)
    told = [
        event
        for event in found.events
        if (before is None or event.usage.occurred < before.occurred)
        and (sent.older is None or event.usage.occurred >= sent.older.occurred)
    ]
    events = newest_first([*sent.events, *told]) if sent.events else told
    if wanted.same:
        events = log.alike(events, wanted.same, directory=found.directory)
    return Chosen(
        wanted,
        log.wanted_events(events, wanted),
        before=str(before or ""),
        older=str(sent.older or ""),
        newer=str(found.newer(before, size=size) or "") if before else None,
        unread=not_read(request.args, _read(wanted, before)),
    )


def place() -> str:
    """After which line the page of the list begins that the address asks for."""
    after = request.args.get("after", "")
    return after if after == log.END else access_id(after)


def _read(wanted: log.Wanted, before: Cursor | None) -> dict[str, object]:
    """What was read of the address, by name."""
    return {
        "body": wanted.body,
        "when": wanted.since,
        "who": wanted.who,
        "kind": wanted.kind,
        "same": wanted.same,
        "before": before,
        "after": place(),
    }


def access_id(text: str) -> str:
    return text if len(text) in IDS and set(text) <= set("0123456789abcdef") else ""


def _wanted(args: MultiDict[str, str], found: Gathered) -> log.Wanted:
    """The filters of an address. What cannot be read counts as not set."""
    span = period(args.get("when", ""), today=found.today)
    body = identifier(args.get("body", ""))
    kind = args.get("kind", "")
    who = args.get("who", "")
    return log.Wanted(
        body=body if body in found.directory.bodies else None,
        since=span.first,
        until=span.last,
        who=who if who in log.WHO else "",
        kind=log.Kind(kind) if kind in set(log.Kind) else None,
        same=access_id(args.get("same", "")),
    )


def _begin(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), tzinfo=parts.region().zone) if day else None
