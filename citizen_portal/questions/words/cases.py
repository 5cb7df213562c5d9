"""Questions in words, for the officers who answer them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask_babel import gettext, ngettext

from citizen_portal.questions.models import (
    Author,
    Kind,
    Move,
    Outcome,
    State,
    Wrote,
    late,
    outcomes,
)
from citizen_portal.questions.queries.cases import Case, Said, Which
from citizen_portal.questions.words import asked
from citizen_portal.web.clocks import time_left
from citizen_portal.web.pages import day, moment
from citizen_portal.web.sealed import opened

KINDS: dict[Kind, Callable[[], str]] = {
    Kind.WHY: lambda: gettext("Why was this done?"),
    Kind.ACCESS_REQUEST: lambda: gettext("A request for their data"),
    Kind.CORRECTION: lambda: gettext("“This is wrong”"),
    Kind.OBJECTION: lambda: gettext("An objection"),
    Kind.COMPLAINT: lambda: gettext("A complaint"),
}
LISTS: dict[Which, Callable[[], str]] = {
    Which.OPEN: lambda: gettext("Questions to answer"),
    Which.MINE: lambda: gettext("Questions that you answer"),
    Which.UNASSIGNED: lambda: gettext("Questions that wait for an officer"),
    Which.ANSWERED: lambda: gettext("Questions that are over"),
}
WAYS: dict[Which, Callable[[], str]] = {
    Which.OPEN: lambda: gettext("Those to answer"),
    Which.MINE: lambda: gettext("Yours"),
    Which.UNASSIGNED: lambda: gettext("Those without an officer"),
    Which.ANSWERED: lambda: gettext("Those that are over"),
}
OUTCOMES: dict[Outcome, Callable[[], str]] = {
    Outcome.EXPLAINED: lambda: gettext("We explain it"),
    Outcome.CORRECTED: lambda: gettext("We put it right"),
    Outcome.NOT_CORRECTED: lambda: gettext("We do not change it, and say why"),
    Outcome.NOT_JUSTIFIED: lambda: gettext("The access was not justified"),
    Outcome.PARTLY: lambda: gettext("Partly"),
    Outcome.REFUSED: lambda: gettext("We refuse, and say why"),
}
_STATES: dict[State, tuple[str, Callable[[], str]]] = {
    State.ASKED: ("asking", lambda: gettext("New")),
    State.ACKNOWLEDGED: ("sent", lambda: gettext("The person knows that it arrived")),
    State.WORKING: ("asking", lambda: gettext("Being looked into")),
    State.WAITING: ("sent", lambda: gettext("Waits for the person")),
    State.ANSWERED: ("answered", lambda: gettext("Answered")),
    State.WITHDRAWN: ("off", lambda: gettext("Withdrawn by the person")),
}
_AUTHORS: dict[Author, Callable[[], str]] = {
    Author.CITIZEN: lambda: gettext("The person"),
    Author.OFFICER: lambda: gettext("Your body"),
    Author.MACHINE: lambda: gettext("Your body’s computer system"),
}
_WROTE: dict[Wrote, Callable[[], str]] = {
    Wrote.WORDS: lambda: gettext("in their words"),
    Wrote.ACKNOWLEDGEMENT: lambda: gettext("it arrived"),
    Wrote.PROGRESS: lambda: gettext("how far it is"),
    Wrote.ASK_BACK: lambda: gettext("asked the person"),
    Wrote.EXTENSION: lambda: gettext("it takes longer"),
    Wrote.ANSWER: lambda: gettext("the answer"),
    Wrote.AMENDMENT: lambda: gettext("the answer, corrected"),
    Wrote.WITHDRAWAL: lambda: gettext("taken back"),
}


@dataclass(frozen=True, slots=True)
class Line:
    id: UUID
    reference: str
    title: str
    about: asked.Text
    """What it is about, in words."""
    state: str
    icon: str
    clock: str
    officer: str
    late: bool


@dataclass(frozen=True, slots=True)
class Letter:
    """One message as the page shows it."""

    heading: str
    at: str
    text: str
    day: str
    ours: bool


def line(case: Case, officers: Mapping[UUID, str], today: date) -> Line:
    icon, words = _STATES[case.state]
    is_late = late(case, today)
    outcome = str(OUTCOMES[case.outcome]()) if case.outcome else ""
    return Line(
        id=case.id,
        reference=case.reference,
        title=str(KINDS[case.kind]()),
        about=asked.about(case),
        state=str(gettext("Late") if is_late else outcome or words()),
        icon="late" if is_late else icon,
        clock=clock(case, today),
        officer=officer(case, officers),
        late=is_late,
    )


def clock(case: Case, today: date) -> str:
    """How long the body still has, or for how long it has been late; empty once it is over."""
    if not case.open:
        return ""
    if case.stopped_on is not None and not late(case, today):
        left = max((case.due_on - case.stopped_on).days, 0)
        return str(
            ngettext(
                "The clock stands still since %(since)s, with %(num)s day left.",
                "The clock stands still since %(since)s, with %(num)s days left.",
                left,
                since=day(case.stopped_on),
            )
        )
    return time_left(case.due_on, today)


def officer(case: Case, officers: Mapping[UUID, str]) -> str:
    if case.assigned_to is None:
        return str(gettext("Not given to an officer"))
    return officers.get(case.assigned_to) or str(gettext("An officer who left"))


def about(case: Case, officers: Mapping[UUID, str]) -> list[tuple[str, str]]:
    """What is said of the question itself, in rows."""
    found = [
        (gettext("Reference"), case.reference),
        (gettext("The person, by your id"), case.subject or gettext("Not linked to you")),
        (gettext("Asked"), moment(case.asked_at)),
        (gettext("Answer by"), f"{day(case.due_on)} – {_why_that_day(case)}"),
    ]
    if case.acknowledge_by is not None and case.acknowledged_at is None:
        found.append((gettext("Say that it arrived by"), day(case.acknowledge_by)))
    if case.progress_on is not None and case.open:
        found.append((gettext("You say more on"), day(case.progress_on)))
    if case.open:
        found.append((gettext("Who answers it"), officer(case, officers)))
    return found


def _why_that_day(case: Case) -> str:
    if case.extended_to is not None:
        return str(gettext("you took longer, which the law lets you do once"))
    match case.kind:
        case Kind.WHY:
            return str(gettext("your own target"))
        case Kind.COMPLAINT:
            return str(gettext("the law says without undue delay"))
        case _:
            return str(gettext("one month, by law"))


def letters(messages: Sequence[Said]) -> list[Letter]:
    return [
        Letter(
            heading=f"{_AUTHORS[said.author]()}: {_WROTE[said.wrote]()}",
            at=moment(said.at),
            text=opened(said.sealed, said.context),
            day=day(said.day) if said.day else "",
            ours=said.author is not Author.CITIZEN,
        )
        for said in messages
    ]


def outcomes_of(case: Case) -> list[tuple[str, str]]:
    return [(one.value, str(OUTCOMES[one]())) for one in outcomes(case.kind, case.about)]


def done(move: Move) -> str:
    """What is said after a move."""
    if move is Move.ASSIGN:
        return str(gettext("Kept."))
    return str(gettext("Sent. The person sees it on their page."))
