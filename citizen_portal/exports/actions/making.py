"""The worker makes a copy, attempt by attempt; the row says which one counts.

Each attempt writes to a name of its own. What another worker still writes elsewhere, because it was
thought dead, counts for nothing and is cleared away.
"""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session

from citizen_portal import audit, clock
from citizen_portal.exports import queries
from citizen_portal.exports.actions.asking import locked
from citizen_portal.exports.models import UNDER_WAY, Export, State, Why
from citizen_portal.identity.actions.news import have_told

KEPT_FOR = timedelta(days=7)


class Stopped(Exception):
    """The citizen stopped this copy, or another attempt took its place."""


class LinkEnded(Exception):
    """A link that this attempt asks by has ended: another begins, with those that stand."""


@dataclass(frozen=True, slots=True)
class Made:
    """What one attempt has written."""

    size: int
    fingerprint: str
    held: dict[str, int]
    missing: Sequence[dict[str, object]]


def begin(
    session: Session, citizen_id: UUID, export_id: UUID, *, tries: int
) -> queries.Copy | None:
    """Begin an attempt, unless nobody waits for it any more; the copy as it stands then.

    ``tries`` counts those that followed one that broke.
    """
    export = locked(session, citizen_id, export_id)
    if export is None or export.state not in {State.WAITING, State.BUILDING}:
        return None
    export.move(State.BUILDING)
    export.attempts = tries
    export.stored_as = secrets.token_hex(16)
    export.progress = {body: {"state": "waiting", "rows": 0} for body in export.bodies}
    session.flush()
    return queries.one(session, citizen_id, export_id)


def note_progress(
    session: Session, copy: queries.Copy, asked: Collection[UUID], progress: dict[str, Any]
) -> None:
    """Keep how far an attempt is that asks these bodies.

    Raises ``Stopped`` if it need not go on, and ``LinkEnded`` if it may not.
    """
    noted = session.execute(update(Export).where(*queries.attempt(copy)).values(progress=progress))
    assert isinstance(noted, CursorResult)  # noqa: S101
    if not noted.rowcount:
        raise Stopped
    if not queries.linked(session, copy, asked):
        raise LinkEnded


def finish(session: Session, copy: queries.Copy, made: Made) -> None:
    """The attempt's file is whole: from now on the copy can be fetched. Raises ``Stopped``."""
    export = locked(session, copy.citizen_id, copy.id)
    if export is None or export.state is not State.BUILDING or export.stored_as != copy.stored_as:
        raise Stopped
    export.move(State.READY)
    export.ready_at = now = clock.now()
    export.expires_at = now + KEPT_FOR
    export.size, export.fingerprint = made.size, made.fingerprint
    export.held, export.missing = made.held, list(made.missing)
    audit.record(session, "copy:made", actor=None, copy=copy.id.hex)
    have_told(session, copy.citizen_id, f"ready:{copy.id}", kind="copy")


def fail(session: Session, citizen_id: UUID, export_id: UUID, why: Why) -> None:
    """No attempt will be made any more."""
    export = locked(session, citizen_id, export_id)
    if export is not None and export.state in UNDER_WAY:
        export.move(State.FAILED)
        export.fault = why
        audit.record(session, "copy:failed", actor=None, copy=export_id.hex, why=why.value)
