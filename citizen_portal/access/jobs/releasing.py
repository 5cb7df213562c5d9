"""Shows what was withheld once that is over; what waits too long goes to oversight."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

import structlog

from citizen_portal import clock, jobs, sealing
from citizen_portal.access.actions import releasing
from citizen_portal.access.queries import ending
from citizen_portal.reach import Kind

EVERY = timedelta(minutes=5)
BEAT_EVERY = 100
"""Withheld events that are released between two signs of life."""

log = structlog.get_logger()


@jobs.handler("access.holds", every=EVERY, by_date=True, path=Kind.HELD)
def end_holds(work: jobs.Work) -> None:
    """Show what was withheld and is to be shown now; what waits too long goes to oversight."""
    now = clock.now()
    today: date = work.parts["region"].today()
    with work.transaction() as session:
        newest = ending.newest_recorded(session)
        sound = ending.clock_is_sound(newest, now)
        if sound:
            releasing.move_to_oversight(session, today=today)
            releasing.forget_closed(session, now=now)
        waiting = ending.due(session, today=today if sound else None)
    if newest is not None and not sound:  # before anything is recorded nothing can be withheld
        log.warning("holds.clock_jumped")
    if waiting:
        _release(work, waiting)


def _release(work: jobs.Work, waiting: Sequence[UUID]) -> None:
    """Each by itself: one that does not open keeps no other back."""
    file = work.parts["settings"].held_key
    if file is None:
        log.error("holds.no_key", count=len(waiting))
        return
    opener, now = sealing.load_opener(file), clock.now()
    for at, hold_id in enumerate(waiting, 1):
        try:
            with work.transaction() as session:
                releasing.release(
                    session, hold_id, opener=opener, index=work.parts["index"], now=now
                )
        except sealing.CannotOpen:
            log.error("holds.cannot_open", count=1)
        if at % BEAT_EVERY == 0:
            work.beat()
