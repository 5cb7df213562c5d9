"""Signs each day that is over."""

from datetime import date, timedelta

from citizen_portal import clock, jobs
from citizen_portal.access.actions import digesting
from citizen_portal.access.queries.digests import days_to_digest, leaves_by_part

EVERY = timedelta(minutes=5)
PARTS_A_BEAT = 16
"""Parts of a day that are kept between two signs of life."""


@jobs.handler("access.digest", every=EVERY, by_date=True)
def digest_days(work: jobs.Work) -> None:
    """Sign each day that is over and has no digest, the oldest first, also one without events."""
    with work.sessions.reading() as session:
        days = days_to_digest(session, clock.now())
    for day in days:
        _keep_parts(work, day)
        with work.transaction() as session:
            digesting.sign_day(session, day, work.parts["signer"])
        work.beat()


def _keep_parts(work: jobs.Work, day: date) -> None:
    """Reads once and writes part by part, so that no request waits long for its turn."""
    with work.sessions.reading() as reading:
        for part, leaves in leaves_by_part(reading, day):
            with work.transaction() as session:
                digesting.keep_part(session, day, part, leaves)
            if part % PARTS_A_BEAT == 0:
                work.beat()
