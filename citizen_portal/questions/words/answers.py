"""How a body answered in one quarter, in words."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import format_date, gettext, ngettext
from markupsafe import Markup

from citizen_portal.bodies.queries import Body
from citizen_portal.counts import SMALLEST, bounds
from citizen_portal.questions.models import Kind, Outcome
from citizen_portal.questions.models.counts import CELLS, AnswerCount, following, key
from citizen_portal.web.counted import published
from citizen_portal.web.pages import say

Words = Callable[[], str]
STEP = 5
"""Percent to which a share is told."""
KINDS: dict[Kind, Words] = {
    Kind.WHY: lambda: gettext("Questions"),
    Kind.ACCESS_REQUEST: lambda: gettext("Requests for data"),
    Kind.CORRECTION: lambda: gettext("Requests to put data right"),
    Kind.OBJECTION: lambda: gettext("Objections by question"),
    Kind.COMPLAINT: lambda: gettext("Complaints"),
}
OUTCOMES: dict[Outcome, Words] = {
    Outcome.EXPLAINED: lambda: gettext("explained"),
    Outcome.CORRECTED: lambda: gettext("put right"),
    Outcome.NOT_CORRECTED: lambda: gettext("not changed"),
    Outcome.NOT_JUSTIFIED: lambda: gettext("access not justified"),
    Outcome.PARTLY: lambda: gettext("in part"),
    Outcome.REFUSED: lambda: gettext("refused"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One body and quarter."""

    slug: str
    name: str | Markup
    official: str | Markup
    quarter: str
    rows: list[tuple[str, list[str]]]
    """Of what, and what is told of it."""
    registers: str


def shown(row: AnswerCount, body: Body) -> Shown:
    return Shown(
        slug=body.slug,
        name=say(body.name),
        official=say(body.official_name),
        quarter=quarter(row.quarter),
        rows=[
            (gettext("How long it took"), [_days(row)]),
            (gettext("In time"), [_in_time(row)]),
            (gettext("What came of it"), _outcomes(row)),
            (gettext("Objections"), _objections(row)),
            (gettext("Told others what it put right"), _passed_on(row)),
            (gettext("Registers"), [_registers(row)]),
        ]
        if row.tells
        else [],
        registers=_registers(row),
    )


def quarter(first: date) -> str:
    """Such as "July to September 2026"."""
    last = following(first) - timedelta(days=1)
    return str(
        gettext(
            "%(first)s to %(last)s",
            first=format_date(first, "MMMM"),
            last=format_date(last, "MMMM y"),
        )
    )


def share(row: AnswerCount) -> tuple[int, int] | None:
    """Between which percentages those in time lie, from nothing but numbers that are published."""
    if row.in_time is None and row.late is None:
        return None
    if row.in_time is not None and row.late is not None:
        whole = row.in_time + row.late
        nearest = int(100 * row.in_time / whole / STEP + 0.5) * STEP
        about = min(max(nearest, STEP), 100 - STEP)
        return about, about
    (least, most), (least_late, most_late) = bounds(row.in_time), bounds(row.late)
    if row.late is None:
        return 100 * least // (least + most_late) // STEP * STEP, 100
    return 0, -(-100 * most // (most + least_late) // STEP) * STEP


def _days(row: AnswerCount) -> str:
    if row.median_days is None or row.p90_days is None:
        return _few()
    half = ngettext(
        "Half of the answers came within %(num)s day.",
        "Half of the answers came within %(num)s days.",
        row.median_days,
    )
    nine = ngettext(
        "Nine in ten came within %(num)s day.",
        "Nine in ten came within %(num)s days.",
        row.p90_days,
    )
    return f"{half} {nine}"


def _in_time(row: AnswerCount) -> str:
    found = share(row)
    if found is None:
        return str(gettext("Not told: it would show a small number."))
    least, most = found
    if least == most:
        return str(gettext("About %(percent)s%% of the answers.", percent=least))
    if most == 100:
        return str(gettext("At least %(percent)s%% of the answers.", percent=least))
    return str(gettext("At most %(percent)s%% of the answers.", percent=most))


def _outcomes(row: AnswerCount) -> list[str]:
    """What is told of each kind; the rest in one line, whether it is none or nine."""
    said = []
    for kind in Kind:
        of_kind = [cell for cell in CELLS if cell[0] is kind and key(cell) in row.outcomes]
        if of_kind:
            each = (
                f"{OUTCOMES[cell[1]]()} {published(row.outcomes[key(cell)])}" for cell in of_kind
            )
            said.append(f"{KINDS[kind]()}: {', '.join(each)}")
    if not said:
        return [_few()]
    return [*said, gettext("Others: fewer than %(least)s each", least=SMALLEST)]


def _objections(row: AnswerCount) -> list[str]:
    if row.granted is None and row.refused is None:
        return [_few()]
    return [
        gettext("Granted: %(count)s", count=published(row.granted)),
        gettext("Refused: %(count)s", count=published(row.refused)),
    ]


def _passed_on(row: AnswerCount) -> list[str]:
    if row.acknowledged is None and row.told is None and row.untold is None:
        return [_few()]
    return [
        gettext("Told, and they answered: %(count)s", count=published(row.acknowledged)),
        gettext("Told, no answer yet: %(count)s", count=published(row.told)),
        gettext("Not told yet: %(count)s", count=published(row.untold)),
    ]


def _registers(row: AnswerCount) -> str:
    if not row.sources:
        return str(gettext("It has named no register."))
    return str(
        ngettext(
            "%(connected)s of %(num)s register is connected.",
            "%(connected)s of %(num)s registers are connected.",
            row.sources,
            connected=row.connected,
        )
    )


def _few() -> str:
    return str(gettext("Fewer than %(least)s of each: too few to tell.", least=SMALLEST))
