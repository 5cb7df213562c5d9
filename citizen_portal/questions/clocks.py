"""How long a body has for a question: by law where one says so, else by its own target."""

from datetime import date

from citizen_portal.questions.models import RIGHTS, Kind
from citizen_portal.region import Clock, Region


def running(region: Region, kind: Kind, target: int | None = None) -> Clock:
    """The clock of an answer. ``target`` is within how many days on which it works a body promises
    one to a plain question; where it promises none, the profile of the region does."""
    if kind in RIGHTS:
        return region.clocks.rights_request
    if kind is Kind.COMPLAINT:
        return region.clocks.complaint_answered
    usual = region.clocks.question_why
    return usual.model_copy(update={"period": f"P{target}D"}) if target else usual


def acknowledge_by(region: Region, kind: Kind, asked_on: date) -> date | None:
    """The last day for saying that it arrived, where a law names one."""
    if kind is not Kind.COMPLAINT:
        return None
    return region.last_day(region.clocks.complaint_acknowledged, asked_on)


def due_on(region: Region, kind: Kind, asked_on: date, target: int | None = None) -> date:
    """The last day for the answer."""
    return region.last_day(running(region, kind, target), asked_on)


def extended(region: Region, asked_on: date, stopped_days: int = 0) -> date:
    """To which day a request by right may be moved, with reasons."""
    return region.last_day(region.clocks.rights_extended, asked_on, stopped=stopped_days)


def resumed(region: Region, kind: Kind, due: date, since: date, until: date) -> date:
    """The last day once a clock that stood still from one day to another runs again: with as many
    days as were left."""
    return region.resumed(running(region, kind), due, since, until)
