"""What the worker does for corrections: sends them to recipients, and notes what arrived."""

from datetime import timedelta
from typing import Any

from citizen_portal import jobs
from citizen_portal.bodies.queries import directory
from citizen_portal.questions.actions import spreading
from citizen_portal.questions.models.corrections import Correction, Recipient
from citizen_portal.questions.queries.details import message
from citizen_portal.reach import Kind


@jobs.handler("questions.send_corrections", every=timedelta(minutes=1), path=Kind.TELLING)
def send_corrections(work: jobs.Work) -> None:
    """Until nothing is left: what was put right is on its way within a moment."""
    with work.sessions.reading() as reading:
        bodies = directory(reading)

    def document(recipient: Recipient, correction: Correction) -> dict[str, Any]:
        return message(recipient, correction, bodies)

    work.repeat(lambda session: spreading.send_some(session, document))


@jobs.handler("questions.hear_corrections", every=timedelta(minutes=5), path=Kind.TELLING)
def hear_corrections(work: jobs.Work) -> None:
    with work.transaction() as session:
        spreading.hear(session)
