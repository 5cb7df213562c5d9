"""What the worker does for accounts that were closed: removes what is left of them."""

from datetime import timedelta

import structlog

from citizen_portal import jobs
from citizen_portal.access.actions import removing
from citizen_portal.identity import actions, queries

log = structlog.get_logger()


@jobs.handler("account.remove_closed", every=timedelta(minutes=5))
def remove_closed(work: jobs.Work) -> None:
    """Remove what is left of each citizen who closed their account, some rows at a time.

    A row says who is not done yet, so a worker that dies loses nothing but time.
    """
    count = 0
    while True:
        with work.sessions.reading() as session:
            citizen_id = queries.closed(session)
        if citizen_id is None:
            break
        with work.transaction() as session:
            removed = removing.forget_for_good(session, citizen_id) or actions.remove_some(
                session, citizen_id
            )
        count += not removed
        work.beat()
    if count:
        log.info("accounts.removed", count=count)
