"""Withheld accesses in words: where they are written down, by which law, and how they stand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto
from typing import Any
from uuid import UUID

from flask_babel import gettext, ngettext

from citizen_portal.access.models import Hold, HoldDecision, HoldState, Protects, Verdict
from citizen_portal.region import Region
from citizen_portal.web.pages import day, duration, moment, plain

Names = Mapping[str, str]
APPROVERS = 2
"""So many officers decide on each, and so many approved that it is withheld."""


class Waits(Enum):
    """For whom a proposal waits."""

    FOR_YOU = auto()
    FOR_ANOTHER = auto()


@dataclass(frozen=True, slots=True)
class Line:
    id: UUID
    reference: str
    source: str
    state: str
    icon: str
    last_day: str


@dataclass(frozen=True, slots=True)
class Said:
    """A proposal and what became of it."""

    id: str
    what: str
    reason: str
    who: str
    outcome: str
    open: bool


def may_approve(able: int) -> str:
    """That the officer may, and how many there are with them."""
    return str(
        ngettext(
            "You may approve. %(num)s officer of your body may: you.",
            "You may approve. %(num)s officers of your body may, you among them.",
            able,
        )
    )


def missing(able: int, *, withholds: bool) -> list[str]:
    """What the body lacks to have accesses withheld and decided on."""
    lacks = []
    if able < APPROVERS:
        lacks.append(
            gettext(
                "A second approver is missing: one proposes, another one agrees. The person who "
                "runs this portal can let another officer of your body approve."
            )
        )
    if not withholds:
        lacks.append(
            gettext(
                "The register names no law by which your body may withhold accesses. So none "
                "that it sends as withheld is taken."
            )
        )
    return lacks


def bases(region: Region, codes: Iterable[str]) -> list[str]:
    """The laws by which a body may withhold."""
    return [f"{one.source}. {_law(one.law)}" for one in region.holds if one.code in codes]


def line(hold: Hold, source: Names, waiting: Waits | None, today: date) -> Line:
    state, icon = _state(hold, waiting, today)
    return Line(hold.id, hold.source_ref, plain(source), state, icon, day(hold.until))


def facts(
    hold: Hold, source: Names, region: Region, names: Mapping[UUID, str]
) -> list[tuple[str, str]]:
    """What an approver needs to find the access in their own records, and to decide."""
    approvers = [names.get(UUID(one), str(gettext("An officer"))) for one in hold.approvers]
    basis = region.hold_basis(hold.basis)
    rows = [
        (gettext("In your records"), f"{plain(source)}: {hold.source_ref}"),
        (gettext("Law"), f"{_law(basis.law)} ({basis.source})" if basis else hold.basis),
        (gettext("It protects"), str(PROTECTS[hold.protects]())),
        (gettext("Last day"), day(hold.until)),
        (gettext("If it is not decided"), str(UNDECIDED[hold.protects]())),
        (gettext("Withheld since"), moment(hold.since)),
        (gettext("Approved by"), ", ".join(approvers)),
    ]
    if hold.ended_at:
        rows.append((gettext("Ended"), moment(hold.ended_at)))
    return [(str(term), words) for term, words in rows]


def reach(hold: Hold, region: Region) -> str:
    """How far ahead its law lets its last day lie."""
    basis = region.hold_basis(hold.basis)
    longest = duration(basis.longest) if basis else ""
    return str(gettext("At most %(longest)s from today.", longest=longest))


def exemptions(region: Region) -> list[tuple[str, str]]:
    return [(one.code, f"{_law(one.law)} ({one.source})") for one in region.exemptions]


def proposed(decision: HoldDecision, region: Region, names: Mapping[UUID, str]) -> Said:
    who = names.get(decision.proposed_by_id, str(gettext("An officer")))
    return Said(
        id=decision.id.hex,
        what=_what(decision, region),
        reason=decision.reason,
        who=str(gettext("%(name)s, %(when)s", name=who, when=moment(decision.proposed_at))),
        outcome=_outcome(decision, names),
        open=decision.open,
    )


def _law(words: Mapping[Any, str]) -> str:
    return plain(words)


def _what(decision: HoldDecision, region: Region) -> str:
    match decision.verdict:
        case Verdict.RELEASE:
            return str(gettext("Release it"))
        case Verdict.EXTEND:
            return str(gettext("Move its last day to %(day)s", day=day(decision.until)))
        case Verdict.CLOSE:
            law = region.exemption(decision.exemption or "")
            words = _law(law.law) if law else decision.exemption
            return str(gettext("Close it. %(law)s", law=words))


def _outcome(decision: HoldDecision, names: Mapping[UUID, str]) -> str:
    if decision.dropped_at:
        return str(gettext("Dropped, %(when)s", when=moment(decision.dropped_at)))
    if decision.agreed_at and decision.agreed_by_id:
        name = names.get(decision.agreed_by_id, str(gettext("An officer")))
        return str(gettext("%(name)s agreed, %(when)s", name=name, when=moment(decision.agreed_at)))
    return str(gettext("Waits for a second approver"))


def _state(hold: Hold, waiting: Waits | None, today: date) -> tuple[str, str]:
    """In words, and the shape that stands for it."""
    match hold.state:
        case HoldState.RELEASED:
            return str(gettext("Released")), "answered"
        case HoldState.CLOSED:
            return str(gettext("Closed, not to be shown")), "refused"
    if waiting is Waits.FOR_YOU:
        return str(gettext("Proposed by a colleague, waits for you or another approver")), "sent"
    if waiting is Waits.FOR_ANOTHER:
        return str(gettext("Proposed by you, waits for another approver")), "sent"
    if hold.state is HoldState.OVERSIGHT or hold.until < today:
        return str(gettext("Its last day is over")), "down"
    return str(gettext("Withheld")), "asking"


PROTECTS = {
    Protects.INQUIRY: lambda: gettext("An inquiry"),
    Protects.PERSON: lambda: gettext("A person"),
}
UNDECIDED = {
    Protects.INQUIRY: lambda: gettext("It is shown when its last day is over."),
    Protects.PERSON: lambda: gettext(
        "It stays withheld, and whoever oversees this portal is told."
    ),
}
