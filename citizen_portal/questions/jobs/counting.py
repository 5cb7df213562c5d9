"""What the worker counts: how bodies answered in each quarter that has ended."""

from datetime import timedelta

from citizen_portal import jobs
from citizen_portal.bodies.queries import directory
from citizen_portal.questions.actions import counting
from citizen_portal.reach import Kind
from citizen_portal.region import Region


@jobs.handler(
    "questions.count_answers",
    every=timedelta(hours=6),
    by_date=True,
    long=True,
    path=Kind.STATISTICS,
)
def count_answers(work: jobs.Work) -> None:
    """Once for each body and quarter, whenever a worker is there; each is kept by itself."""
    region: Region = work.parts["region"]
    today = region.today()
    with work.sessions.reading() as session:
        known, quarters = directory(session), counting.due(session, today)
        waiting = [
            (quarter, body_id)
            for quarter in quarters
            for body_id in counting.uncounted(session, quarter, known)
        ]
    for quarter, body_id in waiting:
        with work.sessions.reading() as session:
            found = counting.tally(session, body_id, quarter, region)
        with work.transaction() as session:
            counting.keep(session, known, body_id, quarter, found, today)
        work.beat()
