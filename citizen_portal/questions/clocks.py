"""How long a body has for a question: by law where one says so, else by its own target."""

from datetime import date, timedelta

from citizen_portal.questions.models import RIGHTS, Kind
from citizen_portal.region import Clock, Region

OWN_TARGET = timedelta(days=20)
"""For a plain question, of a body that promises nothing else."""
ACKNOWLEDGED = timedelta(days=30)
"""Data Protection Act 2018, section 164A(2)."""
COMPLAINT = Clock(period="P3M", source="Promise of this service: the law names no last day")


def acknowledge_by(region: Region, kind: Kind, asked_on: date) -> date | None:
    """The last day for saying that it arrived, where a law names one."""
    return asked_on + ACKNOWLEDGED if kind is Kind.COMPLAINT else None


def due_on(region: Region, kind: Kind, asked_on: date, target: int | None = None) -> date:
    """The last day for the answer; ``target`` is within how many days the body promises one to a
    plain question."""
    if kind in RIGHTS:
        return region.clocks.objection.ends(asked_on)
    if kind is Kind.COMPLAINT:
        return COMPLAINT.ends(asked_on)
    return asked_on + (timedelta(days=target) if target else OWN_TARGET)


def extended(region: Region, asked_on: date, stopped_days: int = 0) -> date:
    """To which day a request by right may be moved, with reasons."""
    return region.clocks.objection_extended.ends(asked_on) + timedelta(days=stopped_days)


def resumed(region: Region, due: date, stopped_days: int) -> date:
    """The last day once a clock that stood still runs again: with the days that were left."""
    return due + timedelta(days=stopped_days)
