"""A body that may withhold accesses, its approvers, and events that it withholds."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from citizen_portal import clock, jobs
from citizen_portal.access.models import HeldEvent, Hold
from citizen_portal.bodies.actions import bump
from citizen_portal.bodies.models import Organisation
from citizen_portal.identity.models import Officer
from tests import make
from tests.access.pushing import Pushing, row

BASES = ("crime-and-tax", "health-serious-harm")
ZONE = "Europe/London"


@dataclass
class Withholding:
    """The clinic of ``pushing`` may withhold; two of its officers approve, a third one may not."""

    pushing: Pushing
    approvers: list[Officer] = field(default_factory=list)
    other: Officer = field(init=False)

    def __post_init__(self) -> None:
        with self.pushing.app.extensions["sessions"].writing() as session:
            body = session.get_one(Organisation, self.pushing.bodies["clinic"])
            body.withholds = list(BASES)
            bump(session)
            self.approvers = [make.officer(body, ["hold_approver"]) for _ in range(2)]
            self.other = make.officer(body, ["author", "publisher"])
            session.add_all([*self.approvers, self.other])

    def said(self, **changed: Any) -> dict[str, Any]:
        usual = {
            "basis": "crime-and-tax",
            "protects": "inquiry",
            "until": day(30).isoformat(),
            "approvers": [str(one.id) for one in self.approvers],
        }
        return {**usual, **changed}

    def row(self, subject: str, ref: str = "h-1", /, **changed: Any) -> dict[str, Any]:
        """An event that is withheld; ``withheld`` may say so otherwise."""
        return row(subject, ref, **{"withheld": self.said(), **changed})

    def holds(self) -> list[Hold]:
        with self.pushing.app.extensions["sessions"].reading() as session:
            return list(session.scalars(select(Hold).order_by(Hold.source_ref)))

    def closed(self) -> dict[UUID, bytes]:
        with self.pushing.app.extensions["sessions"].reading() as session:
            return dict(session.execute(select(HeldEvent.hold_id, HeldEvent.sealed)).all())

    def work(self, name: str = "access.holds") -> None:
        """Let the worker do one job of this name now."""
        extensions = self.pushing.app.extensions
        with extensions["sessions"].writing() as session:
            job_id = jobs.enqueue(session, name).id
        jobs.HANDLERS[name](jobs.Work(extensions["sessions"], extensions, job_id))


def day(ahead: int) -> date:
    return clock.today(ZONE) + timedelta(days=ahead)
