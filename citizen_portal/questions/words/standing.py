"""Where a question stands, in words: for the page of the question and of what it is about."""

from collections.abc import Callable
from datetime import date

from flask_babel import gettext, ngettext

from citizen_portal.questions.models import RIGHTS, Kind, Outcome, State, late
from citizen_portal.questions.queries.own import Asked, Mark
from citizen_portal.region import Region
from citizen_portal.web.clocks import time_left
from citizen_portal.web.pages import day

Words = Callable[[], str]
OUTCOMES: dict[Outcome, Words] = {
    Outcome.EXPLAINED: lambda: gettext("Answered: explained"),
    Outcome.CORRECTED: lambda: gettext("Answered: put right"),
    Outcome.NOT_CORRECTED: lambda: gettext("Answered: not changed"),
    Outcome.NOT_JUSTIFIED: lambda: gettext("Answered: access not justified"),
    Outcome.PARTLY: lambda: gettext("Answered: in part"),
    Outcome.REFUSED: lambda: gettext("Answered: refused"),
}
WITHDRAW: dict[Kind, Words] = {
    Kind.WHY: lambda: gettext("Withdraw the question"),
    Kind.ACCESS_REQUEST: lambda: gettext("Withdraw the request"),
    Kind.CORRECTION: lambda: gettext("Withdraw the request"),
    Kind.OBJECTION: lambda: gettext("Withdraw the objection"),
    Kind.COMPLAINT: lambda: gettext("Withdraw the complaint"),
}
STATES: dict[State, Words] = {
    State.ASKED: lambda: gettext("Sent"),
    State.ACKNOWLEDGED: lambda: gettext("It arrived"),
    State.WORKING: lambda: gettext("They are working on it"),
    State.WAITING: lambda: gettext("They wait for you"),
    State.ANSWERED: lambda: gettext("Answered"),
    State.WITHDRAWN: lambda: gettext("You withdrew it"),
}
ICONS = {
    State.ASKED: "sent",
    State.ACKNOWLEDGED: "asking",
    State.WORKING: "asking",
    State.WAITING: "gem",
    State.ANSWERED: "answered",
    State.WITHDRAWN: "off",
}
LATE = "late"
KINDS: dict[Kind, Words] = {
    Kind.WHY: lambda: gettext("A question"),
    Kind.ACCESS_REQUEST: lambda: gettext("A request for your data"),
    Kind.CORRECTION: lambda: gettext("A request to put data right"),
    Kind.OBJECTION: lambda: gettext("An objection"),
    Kind.COMPLAINT: lambda: gettext("A complaint"),
}


def state(one: Asked | Mark, today: date) -> str:
    if late(one, today):
        return str(gettext("Late"))
    return str(OUTCOMES[one.outcome]() if one.outcome else STATES[one.state]())


def icon(one: Asked | Mark, today: date) -> str:
    if late(one, today):
        return LATE
    refused = (Outcome.NOT_JUSTIFIED, Outcome.REFUSED, Outcome.NOT_CORRECTED)
    return "refused" if one.outcome in refused else ICONS[one.state]


def mark(one: Asked | Mark, today: date) -> str:
    """On the page of the thing: "You asked on 4 November 2026. Answered: explained"."""
    asked = gettext("You asked on %(day)s.", day=day(one.asked_at))
    return f"{asked} {state(one, today)}"


def clock(one: Asked, today: date) -> str:
    """How long the body still has, or for how long it has been late."""
    if not one.open:
        return str(gettext("It ended on %(day)s.", day=day(one.closed_at)))
    if one.stopped_on is not None and not late(one, today):
        return str(
            gettext(
                "The clock stands still since %(day)s: they need to know something from you.",
                day=day(one.stopped_on),
            )
        )
    return time_left(one.due_on, today)


def because(kind: Kind, region: Region) -> tuple[str, str]:
    """Why the last day is that day, and the law where one says so."""
    if kind in RIGHTS:
        said = gettext("The law gives them one month. With reasons they may take two more.")
        return str(said), region.clocks.rights_request.source
    if kind is Kind.COMPLAINT:
        said = gettext("The law names no last day. This one is ours.")
        return str(said), region.rights.complain.source
    return str(gettext("It is the body’s own target. No law sets a day.")), ""


def moved(one: Asked) -> list[str]:
    """What moved the last day, so that the citizen can count it."""
    found = []
    if one.extended_to is not None:
        found.append(gettext("They moved it to %(day)s, with reasons.", day=day(one.extended_to)))
    if one.stopped_days:
        found.append(
            ngettext(
                "The clock stood still for %(num)s day, which was added.",
                "The clock stood still for %(num)s days, which were added.",
                one.stopped_days,
            )
        )
    if one.open and one.acknowledge_by is not None and one.acknowledged_at is None:
        said = gettext("By %(day)s they must say that it arrived.", day=day(one.acknowledge_by))
        found.append(said)
    if one.open and one.progress_on is not None:
        said = gettext("They said that they will write by %(day)s.", day=day(one.progress_on))
        found.append(said)
    return [str(each) for each in found]
