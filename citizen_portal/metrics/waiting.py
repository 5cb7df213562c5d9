"""How many jobs wait, and for how long: what the worker is behind with."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from citizen_portal import clock
from citizen_portal.job import Job, JobState
from citizen_portal.metrics.told import Values, told

COUNTED = (JobState.QUEUED, JobState.RUNNING, JobState.FAILED)


@told("portal_jobs", "Jobs that wait, run, or were given up in 30 days.", labels=("state",))
def count_jobs(session: Session, _: object) -> Values:
    asked = select(Job.state, func.count()).where(Job.state.in_(COUNTED)).group_by(Job.state)
    found = {(state.value,): float(number) for state, number in session.execute(asked)}
    none: Values = {(state.value,): 0.0 for state in COUNTED}
    return none | found


@told("portal_queue_age_seconds", "For how long the first job that is due has waited.")
def queue_age(session: Session, _: object) -> Values:
    now = clock.now()
    first = session.scalar(
        select(func.min(Job.due_at)).where(Job.state == JobState.QUEUED, Job.due_at <= now)
    )
    return {(): 0.0 if first is None else (now - first).total_seconds()}
