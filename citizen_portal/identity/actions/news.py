"""A citizen is to hear that there is news; whether and how soon is as they chose (``news/``)."""

from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Session

from citizen_portal import jobs

Kind = Literal["access", "answer", "choice", "copy", "incident", "new_body"]


def have_told(
    session: Session, citizen_id: UUID, *keys: str, kind: Kind, at_once: bool = False
) -> None:
    """Each key once, ever; what is to be told ``at_once`` waits for nothing that they chose."""
    more = {"at_once": True} if at_once else {}
    whose = str(citizen_id)
    jobs.enqueue(session, "news.first_notice", citizen=whose, keys=list(keys), kind=kind, **more)
