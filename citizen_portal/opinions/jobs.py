"""What the worker does for views: counts them once a day, and at their end."""

from datetime import timedelta

from citizen_portal import jobs
from citizen_portal.opinions import actions, queries
from citizen_portal.opinions.models import Round
from citizen_portal.region import Region


@jobs.handler("opinions.count", every=timedelta(hours=1), by_date=True)
def count(work: jobs.Work) -> None:
    """Whatever came in today is in tomorrow's count: nobody can watch one view arrive."""
    region: Region = work.parts["region"]
    today = region.today()
    with work.sessions.reading() as reading:
        waiting = queries.to_count(reading, today=today)
    for round_id in waiting:
        with work.transaction() as session:
            found = session.get_one(Round, round_id, with_for_update=True)
            if not found.final:
                actions.count(session, found, today=today, final=found.closes_on < today)
