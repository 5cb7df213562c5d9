"""What the worker does for identity: forgets sessions that are over, and what is kept no longer."""

from datetime import timedelta

from citizen_portal import audit, clock, jobs, limits
from citizen_portal.identity import actions
from citizen_portal.reach import Kind


@jobs.handler("identity.forget_sessions", every=actions.FORGOTTEN_EVERY, path=Kind.RETENTION)
def forget_sessions(work: jobs.Work) -> None:
    absolute = timedelta(hours=work.parts["settings"].session_absolute_hours)
    with work.transaction() as session:
        actions.forget_sessions(session, older_than=absolute)


@jobs.handler("identity.forget_counts", every=timedelta(minutes=10))
def forget_counts(work: jobs.Work) -> None:
    """Of limits: whose span is over counts for nothing any more."""
    with work.transaction() as session:
        limits.forget(session)


@jobs.handler("identity.forget_visits", every=timedelta(hours=1), by_date=True, path=Kind.RETENTION)
def forget_visits(work: jobs.Work) -> None:
    with work.transaction() as session:
        actions.forget_visits(session)


@jobs.handler("identity.forget_audit", every=timedelta(days=1), by_date=True, path=Kind.RETENTION)
def forget_audit(work: jobs.Work) -> None:
    """Forget what citizens did years ago, and whom the closed accounts of then belonged to."""
    before = clock.now() - timedelta(days=366 * work.parts["settings"].audit_years)
    while True:
        with work.transaction() as session:
            actions.forget_closed(session, before=before)
            if not audit.forget(session, before=before, most=actions.AT_ONCE):
                return
        work.beat()
