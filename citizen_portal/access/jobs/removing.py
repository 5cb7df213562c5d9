"""Removes what is older than it is kept, and what an ended link brought, in portions."""

from datetime import timedelta
from functools import partial
from typing import cast
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from citizen_portal import jobs
from citizen_portal.access.actions import removing
from citizen_portal.access.models import Actor
from citizen_portal.bodies.queries import SourceFacts, directory
from citizen_portal.identity.models import LinkState
from citizen_portal.identity.queries import link_state
from citizen_portal.reach import Kind
from citizen_portal.region import Region

log = structlog.get_logger()


@jobs.handler("access.remove_outdated", every=timedelta(hours=6), by_date=True, path=Kind.RETENTION)
def remove_outdated(work: jobs.Work) -> None:
    """Remove what is older than is kept, by source and class.

    A source that cannot be emptied keeps no other from it; the job fails once all had their turn.
    """
    with work.sessions.reading() as session:
        sources = [one for one in directory(session).sources.values() if one.sends]
    reports, failed = work.repeat(removing.remove_refusals), None
    for source in sources:
        try:
            count = _remove_of_source(work, source)
        except Exception as error:
            log.error("access.not_removed", source=source.slug, fault=type(error).__name__)
            failed = error
        else:
            log.info("access.removed", source=source.slug, count=count)
    log.info("access.reports_removed", count=reports)
    if failed is not None:
        raise failed


def _remove_of_source(work: jobs.Work, source: SourceFacts) -> int:
    """Events and their hashes; how many rows."""
    total, region = 0, cast(Region, work.parts["region"])
    today = region.today()
    for actor in Actor:
        old = partial(
            removing.remove_outdated, source=source, actor=actor, today=today, zone=region.zone
        )
        total += work.repeat(old)
    return total + work.repeat(partial(removing.remove_hashes, source=source, today=today))


@jobs.handler("access.forget_sent")
def forget_sent(work: jobs.Work, *, citizen: str, organisation: str) -> None:
    """Remove what a body sent of a citizen whose link to it ended, unless there is a new one."""
    citizen_id, organisation_id = UUID(citizen), UUID(organisation)
    with work.sessions.reading() as session:
        source_ids = [one.id for one in directory(session).sources_of(organisation_id)]

    def some(session: Session) -> int:
        if link_state(session, citizen_id, organisation_id) is LinkState.LINKED:
            return 0
        return removing.forget_sent(session, citizen_id, source_ids=source_ids)

    work.repeat(some)
