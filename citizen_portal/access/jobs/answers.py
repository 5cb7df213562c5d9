"""Forgets what sources answered once its time or its session is over."""

from datetime import timedelta
from uuid import UUID

from citizen_portal import jobs
from citizen_portal.access import actions
from citizen_portal.reach import Kind

EVERY = timedelta(minutes=5)


@jobs.handler("access.forget_answers", every=EVERY, path=Kind.RETENTION)
def forget_answers(work: jobs.Work) -> None:
    with work.transaction() as session:
        actions.forget_expired(session)


@jobs.handler("access.forget_session")
def forget_session(work: jobs.Work, *, citizen: str, sign_in: str) -> None:
    """Forget what bodies answered for a session that was ended."""
    with work.transaction() as session:
        actions.forget_session(session, UUID(citizen), UUID(sign_in))
