"""What the worker does for identity: forgets sessions that are over, and tries that are old."""

from datetime import timedelta

from citizen_portal import jobs
from citizen_portal.identity import actions


@jobs.handler("identity.forget_sessions", every=timedelta(hours=1))
def forget_sessions(work: jobs.Work) -> None:
    absolute = timedelta(hours=work.parts["settings"].session_absolute_hours)
    with work.transaction() as session:
        actions.forget_sessions(session, older_than=absolute)
