"""Who looked: what was asked to be shown, and routine accesses that repeat put together."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from citizen_portal.access.queries import AccessEvent, Actor, Looks, Result
from citizen_portal.bodies.queries import Directory
from citizen_portal.dashboard.queries.sharing import party
from citizen_portal.dashboard.queries.year import Day

PAGE = 50
END = "end"
"""Asks for the last page of the groups."""
MOST_LINKS = 12
"""Entries of one group that are linked on the list; the rest are one step away."""


class Kind(StrEnum):
    STANDS_OUT = "stands-out"
    UNEXPLAINED = "unexplained"
    EMERGENCY = "emergency"
    REFUSED = "refused"
    ROUTINE = "routine"


PERSONS = frozenset({Actor.PERSON})
MACHINES = frozenset({Actor.MACHINE, Actor.SUBSCRIPTION})
WHO = {"person": PERSONS, "machine": MACHINES, "file": frozenset({Actor.BULK})}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a citizen asked to see of the list."""

    body: UUID | None = None
    since: date | None = None
    until: date | None = None
    who: str = ""
    kind: Kind | None = None
    same: str = ""
    """Id of an access: only those that are folded together with it."""


def wanted_events(events: Sequence[AccessEvent], wanted: Wanted) -> list[AccessEvent]:
    """Those that were asked for, in the order they have."""
    return [
        event
        for event in events
        if _of_body(event, wanted.body)
        and (wanted.since is None or event.day >= wanted.since)
        and (wanted.until is None or event.day <= wanted.until)
        and (wanted.who not in WHO or event.usage.actor in WHO[wanted.who])
        and is_kind(event, wanted.kind)
    ]


def _of_body(event: AccessEvent, body: UUID | None) -> bool:
    """A body takes part as discloser or as recipient."""
    return body is None or body in (event.body_id, event.recipient_id)


def is_kind(event: AccessEvent, kind: Kind | None) -> bool:
    return kind is None or KINDS[kind](event)


KINDS: dict[Kind, Callable[[AccessEvent], bool]] = {
    Kind.STANDS_OUT: lambda event: event.stands_out,
    Kind.UNEXPLAINED: lambda event: not event.explained,
    Kind.EMERGENCY: lambda event: event.usage.emergency,
    Kind.REFUSED: lambda event: event.usage.result is Result.REFUSED,
    Kind.ROUTINE: lambda event: not event.stands_out,
}


@dataclass(frozen=True, slots=True)
class Group:
    """Accesses with the same discloser, recipient and agreement; one alone where it stands out."""

    events: tuple[AccessEvent, ...]
    """Newest first; never empty."""

    @property
    def newest(self) -> AccessEvent:
        return self.events[0]

    @property
    def oldest(self) -> AccessEvent:
        return self.events[-1]


Key = tuple[UUID, str, str]


def folding(event: AccessEvent, directory: Directory) -> Key | None:
    """What an access is folded by; none when it stands out and is shown by itself."""
    terms = event.explanation.terms
    if event.stands_out or terms is None:
        return None
    return event.body_id, party(event, directory).key, terms.reference


def fold(events: Sequence[AccessEvent], directory: Directory) -> list[Group]:
    """The accesses as groups, by their newest one, the newest first."""
    found: dict[Key | str, list[AccessEvent]] = {}
    for event in events:
        found.setdefault(folding(event, directory) or event.id, []).append(event)
    return [Group(tuple(of)) for of in found.values()]


def alike(events: Sequence[AccessEvent], like: str, *, directory: Directory) -> list[AccessEvent]:
    """Those that are folded together with the access of this id; none if it is not there."""
    model = next((event for event in events if event.id == like), None)
    if model is None:
        return []
    key = folding(model, directory)
    if key is None:
        return [model]
    return [event for event in events if folding(event, directory) == key]


def days(looks: Iterable[Looks]) -> dict[date, Day]:
    """Looks by day, for the calendar."""
    found: dict[date, Day] = {}
    for look in looks:
        times, lifted = found.get(look.day, (0, 0))
        found[look.day] = Day(times + look.times, lifted + look.lifted)
    return found


def days_of_bodies(looks: Iterable[Looks]) -> dict[UUID, dict[date, Day]]:
    """Looks by the body that holds the data, and by day."""
    of: dict[UUID, list[Looks]] = {}
    for look in looks:
        of.setdefault(look.body_id, []).append(look)
    return {body_id: days(found) for body_id, found in of.items()}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of a list, and what the pages before and after it begin after."""

    rows: tuple[Group, ...]
    before: str | None
    """Empty for the first page; none where this is the first."""
    after: str | None

    @property
    def days(self) -> tuple[date, date] | None:
        """The first and the last day of what is on the page."""
        if not self.rows:
            return None
        return min(one.oldest.day for one in self.rows), max(one.newest.day for one in self.rows)


def sheet(groups: Sequence[Group], *, after: str = "", size: int = PAGE) -> Sheet:
    """The groups after the one that begins with this access, or the last page of them.

    From the start where there is no such access.
    """
    ids = [group.newest.id for group in groups]
    start = ids.index(after) + 1 if after in ids else 0
    if after == END and ids:
        start = (len(ids) - 1) // size * size
    rows = tuple(groups[start : start + size])
    more = start + size < len(groups)
    before = ids[start - size - 1] if start > size else ""
    return Sheet(rows, before if start else None, ids[start + size - 1] if more else None)


def singles(events: Sequence[AccessEvent]) -> list[Group]:
    """Each access by itself."""
    return [Group((event,)) for event in events]
