"""What the worker does for bodies: forgets assertions that have expired."""

from datetime import timedelta

from citizen_portal import jobs
from citizen_portal.bodies import actions


@jobs.handler("bodies.forget_assertions", every=timedelta(hours=1))
def forget_assertions(work: jobs.Work) -> None:
    with work.transaction() as session:
        actions.forget_assertions(session)
