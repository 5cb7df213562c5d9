"""What the worker does for incidents: tells those whom a body named, some at a time."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

import structlog

from citizen_portal import jobs
from citizen_portal.incidents import actions
from citizen_portal.incidents.models import Incident, IncidentBatch
from citizen_portal.incidents.queries import linked_to, told_of, waiting
from citizen_portal.reach import Kind
from citizen_portal.region import Region
from citizen_portal.sealing import Sealer

AT_ONCE = 500
"""Citizens of one transaction, so that no writer waits long."""

log = structlog.get_logger()


@jobs.handler("incidents.tell", every=timedelta(hours=1), long=True, path=Kind.TELLING)
def tell(work: jobs.Work) -> None:
    """Tell whoever is still to be told. A batch that cannot be opened keeps no other waiting; the
    log names it, and the job fails once each had its turn."""
    with work.sessions.reading() as reading:
        batches = waiting(reading)
    faults: list[Exception] = []
    for batch_id in batches:
        try:
            _tell(work, batch_id)
        except Exception as error:
            log.error("incident.not_told", batch=batch_id.hex, fault=type(error).__name__)
            faults.append(error)
    if faults:
        raise faults[0]


@jobs.handler("incidents.tell_again", long=True, path=Kind.TELLING)
def tell_again(work: jobs.Work, *, incident: str, revision: int) -> None:
    """Tell those who were told of it that there is something new."""
    incident_id, after = UUID(incident), None
    while True:
        with work.transaction() as session:
            some = told_of(session, incident_id, after=after, most=AT_ONCE)
            actions.have_each_told(session, some, f"incident:{incident_id.hex}:{revision}")
        if not some:
            return
        after = some[-1]
        work.beat()


def _tell(work: jobs.Work, batch_id: UUID) -> None:
    """A worker that dies begins the batch anew: nobody is told twice."""
    with work.sessions.reading() as reading:
        batch = reading.get(IncidentBatch, batch_id)
        if batch is None:  # another worker was quicker
            return
        incident = reading.get_one(Incident, batch.incident_id)
    for citizens in _citizens(work, incident.organisation_id, batch):
        with work.transaction() as session:
            actions.tell(session, incident.id, citizens, today=_today(work))
        work.beat()
    with work.transaction() as session:
        actions.done(session, batch_id)


def _citizens(work: jobs.Work, organisation_id: UUID, batch: IncidentBatch) -> Iterator[list[UUID]]:
    if batch.sealed is None:
        yield from _linked(work, organisation_id)
        return
    sealer: Sealer = work.parts["sealer"]
    subjects = actions.unpacked(sealer.unseal(batch.sealed, actions.context(batch.id)))
    for start in range(0, len(subjects), AT_ONCE):
        with work.sessions.reading() as reading:
            yield actions.meant(reading, organisation_id, subjects[start : start + AT_ONCE])


def _linked(work: jobs.Work, organisation_id: UUID) -> Iterator[list[UUID]]:
    after = ""
    while True:
        with work.sessions.reading() as reading:
            some = linked_to(reading, organisation_id, after=after, most=AT_ONCE)
        if not some:
            return
        yield [citizen_id for _, citizen_id in some]
        after = some[-1][0]


def _today(work: jobs.Work) -> date:
    region: Region = work.parts["region"]
    return region.today()
