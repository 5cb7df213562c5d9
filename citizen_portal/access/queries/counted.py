"""How often each kind of access happened, by day, of what sources sent us. Made by a job."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Subquery, func, literal, select, union_all
from sqlalchemy.orm import Session

from citizen_portal import clock
from citizen_portal.access.models import Actor, PushedEvent, Tally
from citizen_portal.access.queries.attention import History
from citizen_portal.access.queries.facts import AccessEvent, Beyond, Looks
from citizen_portal.agreements.queries import Register
from citizen_portal.bodies.queries import Directory

MOST_KINDS = 500
"""Kinds of accesses that a page tells apart; it says how many more there are."""
MOST_KNOWN = 20_000
"""Tallies, and looks of people, that a review looks back on."""


def looks(
    session: Session,
    citizen_id: UUID,
    *,
    sources: Collection[UUID],
    directory: Directory,
    register: Register,
) -> tuple[list[Looks], list[Beyond]]:
    """Each kind of access with its days together, and what lies beyond the most that are told.

    Told first are those within a body, those that no agreement explains, and the most frequent.
    """
    if not sources:
        return [], []
    codes = {directory.bodies[directory.sources[one].body_id].code for one in sources}
    kinds = _kinds(citizen_id, sources)
    rows = session.execute(
        select(kinds)
        .order_by(
            kinds.c.receiver_code.in_(codes).desc(),
            (kinds.c.reference == "").desc(),
            kinds.c.times.desc(),
            kinds.c.source_id,
            kinds.c.receiver_code,
            kinds.c.actor,
            kinds.c.reference,
        )
        .limit(MOST_KINDS + 1)
    ).all()
    told = rows[:MOST_KINDS]
    found = [_looks(row, directory=directory, register=register) for row in told]
    return found, _beyond(session, kinds, told, directory) if len(rows) > MOST_KINDS else []


def _kinds(citizen_id: UUID, sources: Collection[UUID]) -> Subquery:
    kind = (Tally.source_id, Tally.receiver_code, Tally.reference, Tally.actor)
    return (
        select(
            *kind,
            func.max(Tally.receiver_name).label("name"),
            func.sum(Tally.times).label("times"),
            func.sum(Tally.lifted).label("lifted"),
            func.min(Tally.day).label("first"),
            func.max(Tally.day).label("last"),
        )
        .where(Tally.citizen_id == citizen_id, Tally.source_id.in_(sources))
        .group_by(*kind)
        .subquery()
    )


def _looks(row: Any, *, directory: Directory, register: Register) -> Looks:
    body = directory.bodies[directory.sources[row.source_id].body_id]
    recipient = directory.body_by_code(body.code_scheme, row.receiver_code)
    return Looks(
        body_id=body.id,
        recipient_id=recipient.id if recipient else None,
        receiver_code=row.receiver_code,
        receiver_name=row.name,
        terms=register.in_force(row.reference, row.last) if row.reference else None,
        actor=row.actor,
        day=row.last,
        times=row.times,
        lifted=row.lifted,
        since=row.first,
    )


def _beyond(
    session: Session, kinds: Subquery, told: Sequence[Any], directory: Directory
) -> list[Beyond]:
    """All kinds by source, less those that are told."""
    explained = kinds.c.reference != ""
    rows = session.execute(
        select(
            kinds.c.source_id,
            explained.label("explained"),
            func.count().label("kinds"),
            func.sum(kinds.c.times).label("times"),
            func.sum(kinds.c.lifted).label("lifted"),
            func.min(kinds.c.first).label("first"),
            func.max(kinds.c.last).label("last"),
        ).group_by(kinds.c.source_id, explained)
    )
    gone: Counter[tuple[UUID, bool, str]] = Counter()
    for one in told:
        of = one.source_id, bool(one.reference)
        gone.update({(*of, "kinds"): 1, (*of, "times"): one.times, (*of, "lifted"): one.lifted})
    return [
        Beyond(
            body_id=directory.sources[row.source_id].body_id,
            explained=bool(row.explained),
            kinds=kinds_left,
            times=row.times - gone[row.source_id, bool(row.explained), "times"],
            lifted=row.lifted - gone[row.source_id, bool(row.explained), "lifted"],
            first=row.first,
            day=row.last,
        )
        for row in rows
        if (kinds_left := row.kinds - gone[row.source_id, bool(row.explained), "kinds"])
    ]


def looks_by_day(
    session: Session,
    citizen_id: UUID,
    *,
    sources: Collection[UUID],
    directory: Directory,
    since: date,
) -> list[Looks]:
    """Those of each day without their kinds, for a calendar; before ``since`` as one day."""
    if not sources:
        return []
    whose = (Tally.citizen_id == citizen_id, Tally.source_id.in_(sources))
    counts = func.sum(Tally.times), func.sum(Tally.lifted)
    earlier = literal(since - timedelta(days=1), Date)
    rows = session.execute(
        union_all(
            select(Tally.source_id, Tally.day, *counts)
            .where(*whose, Tally.day >= since)
            .group_by(Tally.source_id, Tally.day),
            select(Tally.source_id, earlier, *counts)
            .where(*whose, Tally.day < since)
            .group_by(Tally.source_id),
        )
    )
    bodies = {one: directory.sources[one].body_id for one in sources}
    untold = None, "", None, None, Actor.NOT_STATED  # to whom, under which agreement, by what
    return [
        Looks(bodies[source_id], *untold, on, times, lifted)
        for source_id, on, times, lifted in rows
    ]


def history(
    session: Session, citizen_id: UUID, events: Collection[AccessEvent], *, days: int
) -> History:
    """What the rules of attention know of a citizen before these events, which wait for review.

    Only of those who got something in them; of the people who looked, for so many days back.
    """
    known = History()
    if not events:
        return known
    sources = {one.source_id for one in events}
    whose = Tally.citizen_id == citizen_id
    begins = session.execute(
        select(Tally.source_id, func.min(Tally.day))
        .where(whose, Tally.source_id.in_(sources))
        .group_by(Tally.source_id)
    )
    for source_id, day in begins:
        known[source_id].begins = day
    codes = {one.usage.receiver_code for one in events}
    rows = session.execute(
        select(Tally.source_id, Tally.receiver_code, Tally.day, Tally.categories, Tally.times)
        .where(whose, Tally.source_id.in_(sources), Tally.receiver_code.in_(codes))
        .order_by(Tally.day.desc(), Tally.id)
        .limit(MOST_KNOWN)
    )
    for source_id, code, day, categories, times in rows:
        known[source_id].add(code, day, categories, times)
    handles = {one.usage.actor_handle for one in events if one.usage.actor_handle}
    if handles:
        _add_people(session, citizen_id, handles, days, known)
    return known


def _add_people(
    session: Session, citizen_id: UUID, handles: Collection[str], days: int, known: History
) -> None:
    rows = session.execute(
        select(PushedEvent.source_id, PushedEvent.actor_handle, PushedEvent.occurred_at)
        .where(
            PushedEvent.citizen_id == citizen_id,
            PushedEvent.occurred_at >= clock.now() - timedelta(days=days),
            PushedEvent.actor == Actor.PERSON,
            PushedEvent.actor_handle.in_(handles),
            PushedEvent.lifted.is_not(None),
        )
        .order_by(PushedEvent.occurred_at.desc(), PushedEvent.id)
        .limit(MOST_KNOWN)
    ).all()
    for source_id, handle, at in reversed(rows):
        known[source_id].people[str(handle)].append(at)
