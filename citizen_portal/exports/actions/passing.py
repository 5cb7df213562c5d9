"""What time does to copies: the waiting time ends, they expire, they are forgotten.

For the worker alone. Each is looked at again under its lock: it may have moved since.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from citizen_portal import audit
from citizen_portal.exports import queries
from citizen_portal.exports.actions.asking import locked, take_up
from citizen_portal.exports.actions.making import fail
from citizen_portal.exports.models import ENDED, THERE, Export, State, Why


def release(session: Session, citizen_id: UUID, export_id: UUID, *, now: datetime) -> None:
    export = locked(session, citizen_id, export_id)
    if export is not None and export.state is State.ASKED and export.release_at <= now:
        take_up(session, export)


def hold_back(session: Session, citizen_id: UUID, *, until: datetime) -> None:
    """The copy that waits, if there is one, begins no earlier than that."""
    known = queries.under_way(session, citizen_id)
    export = locked(session, citizen_id, known.id) if known else None
    if export is not None and export.state is State.ASKED:
        export.release_at = max(export.release_at, until)


def expire(session: Session, citizen_id: UUID, export_id: UUID, *, now: datetime) -> None:
    export = locked(session, citizen_id, export_id)
    over = export is not None and export.expires_at is not None and export.expires_at <= now
    if export is not None and export.state in THERE and over:
        export.move(State.EXPIRED)
        audit.record(session, "copy:expired", actor=None, copy=export_id.hex)


def give_up(session: Session, citizen_id: UUID, export_id: UUID) -> None:
    """A copy whose job was given up, because each worker that took it up ended on the way."""
    fail(session, citizen_id, export_id, Why.LOST)


def forget(session: Session, citizen_id: UUID, export_id: UUID) -> None:
    session.execute(
        delete(Export).where(
            Export.citizen_id == citizen_id, Export.id == export_id, Export.state.in_(ENDED)
        )
    )
