"""What the worker does for bodies: forgets assertions and samples whose time is over."""

from datetime import timedelta

from citizen_portal import jobs
from citizen_portal.bodies import actions


@jobs.handler("bodies.forget_assertions", every=timedelta(hours=1))
def forget_assertions(work: jobs.Work) -> None:
    with work.transaction() as session:
        actions.forget_assertions(session)


@jobs.handler("bodies.forget_samples", every=timedelta(hours=6))
def forget_samples(work: jobs.Work) -> None:
    with work.transaction() as session:
        actions.forget_samples(session)
