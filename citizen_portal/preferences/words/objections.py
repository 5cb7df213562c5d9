"""Objections in words, for the officers who weigh them, and what both sides see alike."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask_babel import gettext, ngettext

from citizen_portal.preferences.models import Reply, Status
from citizen_portal.preferences.queries.objections import Objection
from citizen_portal.web import parts
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
        sub=clock(one, today) if one.open else "",
        icon=ICONS[state],
        late=state is Status.OVERDUE,
    )


def opened(sealed: bytes | None, context: str) -> str:
    """A text of one side for the other, empty where there is none; it is said where its key is
    gone."""
    if sealed is None:
        return ""
    return parts.sealer().text(sealed, context) or str(gettext("(This text cannot be opened.)"))


def clock(one: Objection, today: date) -> str:
    """How long the body still has, or for how long it has been late."""
    left = (one.deadline - today).days
    last = day(one.deadline)
    if left < 0:
        return str(
            ngettext(
                "The last day was %(last)s: %(num)s day late.",
                "The last day was %(last)s: %(num)s days late.",
                -left,
                last=last,
            )
        )
    if left == 0:
        return str(gettext("The last day is today."))
    return str(
        ngettext(
            "The last day is %(last)s: %(num)s day left.",
            "The last day is %(last)s: %(num)s days left.",
            left,
            last=last,
        )
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
