"""How often each kind of access happened, by day, of what sources sent us. Made by a job."""

from collections.abc import Collection
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Date, func, literal, select, union_all
from sqlalchemy.orm import Session

from citizen_portal import clock
from citizen_portal.access.models import Actor, PushedEvent, Tally
from citizen_portal.access.queries.attention import History
from citizen_portal.access.queries.facts import Looks
from citizen_portal.agreements.queries import Register
from citizen_portal.bodies.queries import Directory


def looks(
    session: Session,
    citizen_id: UUID,
    *,
    sources: Collection[UUID],
    directory: Directory,
    register: Register,
) -> list[Looks]:
    """Each kind of access of each day, the oldest day first."""
    if not sources:
        return []
    rows = session.execute(
        select(
            Tally.source_id,
            Tally.receiver_code,
            func.max(Tally.receiver_name),
            Tally.reference,
            Tally.actor,
            Tally.day,
            func.sum(Tally.times),
            func.sum(Tally.lifted),
        )
        .where(Tally.citizen_id == citizen_id, Tally.source_id.in_(sources))
        .group_by(Tally.source_id, Tally.receiver_code, Tally.reference, Tally.actor, Tally.day)
        .order_by(Tally.day, Tally.source_id, Tally.receiver_code, Tally.reference, Tally.actor)
    )
    return [_looks(*row, directory=directory, register=register) for row in rows]


def _looks(
    source_id: UUID,
    code: str,
    name: str | None,
    reference: str,
    actor: Actor,
    day: date,
    *counts: int,
    directory: Directory,
    register: Register,
) -> Looks:
    body = directory.bodies[directory.sources[source_id].body_id]
    recipient = directory.body_by_code(body.code_scheme, code)
    times, lifted = counts
    return Looks(
        body_id=body.id,
        recipient_id=recipient.id if recipient else None,
        receiver_code=code,
        receiver_name=name,
        terms=register.in_force(reference, day) if reference else None,
        actor=actor,
        day=day,
        times=times,
        lifted=lifted,
    )


def looks_by_day(
    session: Session,
    citizen_id: UUID,
    *,
    sources: Collection[UUID],
    directory: Directory,
    since: date,
) -> list[Looks]:
    """The same without their kinds, for a calendar; what lies before ``since`` as one day."""
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
    return [
        Looks(
            body_id=directory.sources[source_id].body_id,
            recipient_id=None,
            receiver_code="",
            receiver_name=None,
            terms=None,
            actor=Actor.NOT_STATED,
            day=on,
            times=times,
            lifted=lifted,
        )
        for source_id, on, times, lifted in rows
    ]


def history(session: Session, citizen_id: UUID, handles: Collection[str], *, days: int) -> History:
    """What the rules of attention know of a citizen before events that are not reviewed yet.

    Of the people who looked only those with one of these handles, for so many days back.
    """
    known = History()
    rows = session.execute(
        select(Tally.source_id, Tally.receiver_code, Tally.day, Tally.categories, Tally.times)
        .where(Tally.citizen_id == citizen_id)
        .order_by(Tally.day)
    )
    for source_id, code, day, categories, times in rows:
        known.add((source_id, code), day, categories, times)
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
        .order_by(PushedEvent.occurred_at)
    )
    for source_id, handle, at in rows:
        known.handles[source_id, str(handle)].append(at)
