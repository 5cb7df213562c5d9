"""What the worker does for accounts that were closed: removes what is left of them."""

from datetime import timedelta
from uuid import UUID

import structlog

from citizen_portal import jobs
from citizen_portal.access.actions import removing
from citizen_portal.identity import actions, queries

AT_ONCE = 500
"""Citizens whom one run removes."""

log = structlog.get_logger()


@jobs.handler("account.remove_closed", every=timedelta(minutes=5))
def remove_closed(work: jobs.Work) -> None:
    """Remove what is left of each citizen who closed their account.

    A row says who is not done yet, so a worker that dies loses nothing but time. One that cannot
    be removed keeps nobody else waiting.
    """
    with work.sessions.reading() as session:
        gone = queries.closed(session, most=AT_ONCE)
    faults: list[Exception] = []
    for citizen_id in gone:
        try:
            _remove(work, citizen_id)
        except Exception as error:  # tried again with the job, which fails below
            faults.append(error)
    if len(gone) > len(faults):
        log.info("accounts.removed", count=len(gone) - len(faults))
    if faults:
        raise faults[0]


def _remove(work: jobs.Work, citizen_id: UUID) -> None:
    """Some rows at a time, until none is left."""
    left = 1
    while left:
        with work.transaction() as session:
            left = removing.forget_for_good(session, citizen_id) or actions.remove_some(
                session, citizen_id
            )
        work.beat()
