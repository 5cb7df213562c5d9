"""Reviews and counts what came."""

from datetime import timedelta

from citizen_portal import jobs
from citizen_portal.access.actions import reviewing
from citizen_portal.access.queries.matching import Explainer
from citizen_portal.access.queries.stored import unreviewed_citizens
from citizen_portal.agreements.queries import register_terms
from citizen_portal.bodies.queries import directory
from citizen_portal.reach import Kind
from citizen_portal.region import Region

CITIZENS = 100
"""Citizens that are reviewed in one transaction."""


@jobs.handler("access.review", every=timedelta(minutes=1), path=Kind.STATISTICS)
def review(work: jobs.Work) -> None:
    """Count what came and find what stands out, some citizens at a time until none waits."""
    region: Region = work.parts["region"]
    today = region.today()
    while True:
        with work.sessions.reading() as session:
            explainer = Explainer(directory(session), register_terms(session), region.zone)
        with work.transaction() as session:
            found = unreviewed_citizens(session, most=CITIZENS)
            done = 0
            for citizen_id in found:
                done += reviewing.review(session, citizen_id, explainer=explainer, today=today)
                if done >= reviewing.AT_ONCE:
                    break  # so that nobody who writes waits long
        if not found:
            return
        work.beat()
