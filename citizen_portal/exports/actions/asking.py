"""A citizen asks for a copy, stops or wipes it from any session, and fetches it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_portal import audit, clock, jobs
from citizen_portal.errors import NotFound, TooMany
from citizen_portal.exports import queries
from citizen_portal.exports.models import MOVES, THERE, Export, Part, State
from citizen_portal.identity.actions.news import have_told
from citizen_portal.identity.models import Citizen

MOST_A_DAY = 10
ONCE_FETCHED = timedelta(hours=1)
"""How long a copy can still be fetched once it was."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a copy is to hold, and in which language."""

    parts: Collection[Part]
    bodies: Collection[UUID]
    since: date | None
    language: str


def ask(session: Session, citizen_id: UUID, wish: Wish, *, hold: timedelta) -> UUID:
    """Ask for a copy; where one is under way, it is that one. The id of it.

    It waits for ``hold`` first, and whoever has a safe mailbox is told that there is news.
    """
    session.execute(select(Citizen.id).where(Citizen.id == citizen_id).with_for_update())
    known = queries.under_way(session, citizen_id)
    if known is not None:
        return known.id
    if queries.asked_lately(session, citizen_id) >= MOST_A_DAY:
        raise TooMany(
            "You have asked for %(most)s copies within a day. Ask again tomorrow.", most=MOST_A_DAY
        )
    export = Export(
        citizen_id=citizen_id,
        language=wish.language,
        parts=[part.value for part in Part if part in wish.parts],
        bodies=[each.hex for each in wish.bodies],
        since=wish.since,
        release_at=clock.now() + hold,
    )
    session.add(export)
    if hold > timedelta(0):
        _tell(session, export, "copy")
    else:
        take_up(session, export)
    audit.record(session, "copy:asked", actor=citizen_id, copy=export.id.hex)
    return export.id


def stop(session: Session, citizen_id: UUID, export_id: UUID) -> None:
    """Stop a copy that is under way, or wipe one that is ready; what ended stays as it is."""
    export = locked(session, citizen_id, export_id)
    if export is None:
        raise NotFound("There is no such copy.")
    if State.CANCELLED in MOVES[export.state]:
        export.move(State.CANCELLED)
        audit.record(session, "copy:stopped", actor=citizen_id, copy=export_id.hex)
        jobs.enqueue_once(session, "exports.tidy")


def stop_under_way(session: Session, citizen_id: UUID) -> None:
    """Stop the copy that waits or is being made, if there is one: nobody is to be asked for it."""
    known = queries.under_way(session, citizen_id)
    if known is not None:
        stop(session, citizen_id, known.id)


def fetch(session: Session, citizen_id: UUID, export_id: UUID) -> None:
    """Note that a copy is being downloaded.

    From the first time on it stays for an hour more, and whoever has a safe mailbox is told.
    """
    export = locked(session, citizen_id, export_id)
    if export is None or export.state not in THERE or export.expires_at is None:
        raise NotFound("There is no such copy.")
    now = clock.now()
    if export.state is State.READY:
        export.move(State.FETCHED)
        export.fetched_at = now
        export.expires_at = min(export.expires_at, now + ONCE_FETCHED)
        _tell(session, export, "fetched")
    audit.record(session, "copy:fetched", actor=citizen_id, copy=export_id.hex)


def take_up(session: Session, export: Export) -> None:
    """Hand a copy to the workers."""
    export.move(State.WAITING)
    job = jobs.enqueue(
        session, queries.BUILD, citizen=str(export.citizen_id), export=str(export.id)
    )
    export.job_id = job.id


def locked(session: Session, citizen_id: UUID, export_id: UUID) -> Export | None:
    """The row, for us alone until the transaction ends."""
    return session.scalars(
        select(Export)
        .where(Export.citizen_id == citizen_id, Export.id == export_id)
        .with_for_update()
    ).one_or_none()


def _tell(session: Session, export: Export, what: str) -> None:
    """Say it at once: a mail that came after the waiting time would guard nobody."""
    have_told(session, export.citizen_id, f"{what}:{export.id}", kind="copy", at_once=True)
