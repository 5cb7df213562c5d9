"""What the worker does for questions: tells bodies of them, and citizens that a day has passed."""

from datetime import timedelta

from citizen_portal import jobs
from citizen_portal.questions.actions import telling
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
