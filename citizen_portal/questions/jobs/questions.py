"""What the worker does for questions: tells bodies of them, and citizens that a day has passed."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from citizen_portal import jobs, metrics
from citizen_portal.counts import rounded
from citizen_portal.questions.actions import telling
from citizen_portal.questions.queries import cases
from citizen_portal.reach import Kind
from citizen_portal.region import Region


@jobs.handler("questions.send", every=timedelta(minutes=1), path=Kind.TELLING)
def send(work: jobs.Work) -> None:
    """Until nothing is left: what was asked is on its way within a moment."""
    work.repeat(telling.send_some)


@jobs.handler("questions.late", every=timedelta(hours=1), by_date=True, path=Kind.TELLING)
def late(work: jobs.Work) -> None:
    """Whatever ran out while no worker was there is told by the first one that is."""
    region: Region = work.parts["region"]
    today = region.today()
    work.repeat(lambda session: telling.tell_late(session, today))


@metrics.told(
    "portal_questions_overdue",
    "Questions whose last day is over without an answer, to the nearest five; fewer than ten: 0.",
    path=Kind.STATISTICS,
)
def count_overdue(session: Session, parts: Any) -> metrics.Values:
    region: Region = parts["region"]
    return {(): float(rounded(cases.overdue(session, region.today())) or 0)}
