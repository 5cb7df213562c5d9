"""Objections in words, for the officers who weigh them, and what both sides see alike."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask_babel import gettext

from citizen_portal.preferences.models import Reply, Status
from citizen_portal.preferences.queries.objections import Objection
from citizen_portal.web.clocks import time_left
from citizen_portal.web.pages import day, moment

ICONS = {
    Status.OVERDUE: "late",
    Status.UNDELIVERED: "down",
    Status.REFUSED: "refused",
    Status.NOT_YET: "asking",
    Status.RECORDED: "asking",
    Status.SENT: "sent",
    Status.APPLIED: "answered",
}
"""For both sides: officers see the sign that the person sees."""


@dataclass(frozen=True, slots=True)
class Line:
    id: UUID
    title: str
    reference: str
    state: str
    sub: str
    icon: str
    late: bool


def line(one: Objection, title: str, today: date) -> Line:
    state = one.status(today)
    return Line(
        id=one.id,
        title=title,
        reference=one.agreement,
        state=_state(one, state),
        sub=time_left(one.deadline, today) if one.open else "",
        icon=ICONS[state],
        late=state is Status.OVERDUE,
    )


def facts(one: Objection, title: str) -> list[tuple[str, str]]:
    found = [
        (gettext("About"), f"{title} ({one.agreement})"),
        (gettext("The person, by your id"), one.subject),
        (gettext("Objected"), moment(one.made_at)),
        (gettext("Answer by"), day(one.deadline)),
    ]
    if one.replied_at is not None and one.reply is not Reply.NONE:
        found.append((gettext("Answered"), moment(one.replied_at)))
    return found


def _state(one: Objection, state: Status) -> str:
    match state:
        case Status.APPLIED:
            return str(gettext("You stop from %(day)s on", day=day(one.applied_from)))
        case Status.REFUSED:
            return str(gettext("You go on, and said why"))
        case Status.NOT_YET:
            return str(gettext("You need until %(day)s", day=day(one.not_until)))
        case Status.OVERDUE:
            return str(gettext("Late"))
        case _:
            return str(gettext("To be answered"))
