"""What the worker does for accounts that were closed: removes what is left of them."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import structlog

from citizen_portal import jobs
from citizen_portal.access.actions import removing
from citizen_portal.identity import actions, queries
from citizen_portal.preferences.models import Effect
from citizen_portal.preferences.queries import unread
from citizen_portal.reach import Kind
from citizen_portal.region import Region

AT_ONCE = 500
"""Citizens of one page."""

log = structlog.get_logger()


@jobs.handler("account.remove_closed", every=timedelta(minutes=5), path=Kind.RETENTION)
def remove_closed(work: jobs.Work) -> None:
    """Remove what is left of each citizen who closed their account.

    A row says who is not done yet, so a worker that dies loses nothing but time. One that cannot
    be removed keeps nobody else waiting.
    """
    faults: list[Exception] = []
    rows = 0
    for citizen_id in _gone(work):
        try:
            rows += _remove(work, citizen_id)
        except Exception as error:  # tried again with the job, which fails below
            faults.append(error)
    if rows:
        log.info("accounts.removed", rows=rows)
    if faults:
        raise faults[0]


def _gone(work: jobs.Work) -> Iterator[UUID]:
    """Everybody who closed their account, a page at a time: some wait for a body to read."""
    last: UUID | None = None
    while True:
        with work.sessions.reading() as session:
            page = queries.closed(session, most=AT_ONCE, after=last)
        if not page:
            return
        yield from page
        last = page.popitem()[1]


def _remove(work: jobs.Work, citizen_id: UUID) -> int:
    """Some rows at a time, until none is left but a no that its body is still to read; gives how
    many went."""
    region: Region = work.parts["region"]
    spared = {Effect.__tablename__: unread(region.today())}
    gone, some = 0, 1
    while some:
        with work.transaction() as session:
            some = removing.forget_for_good(session, citizen_id) or actions.remove_some(
                session, citizen_id, spared=spared
            )
        gone += some
        work.beat()
    return gone
