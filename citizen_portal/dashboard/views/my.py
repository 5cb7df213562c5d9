"""``/my``: the five answers, and what stands behind each."""

import hashlib
from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from citizen_portal import clock
from citizen_portal.access.queries import SourceAnswer, SourceState
from citizen_portal.dashboard.queries.holds import HolderState, Holds
from citizen_portal.dashboard.queries.overview import Overview, mark, overview
from citizen_portal.dashboard.views.drawing import Flow, flow_picture
from citizen_portal.dashboard.views.entries import LIFTED, lifted
from citizen_portal.dashboard.views.gathering import asker, gather, states
from citizen_portal.dashboard.views.holding import groups
from citizen_portal.dashboard.views.ongoing import ongoing_rows
from citizen_portal.dashboard.views.sources import sending_words
from citizen_portal.dashboard.views.strip import strip
from citizen_portal.dashboard.views.wording import counted
from citizen_portal.errors import NotFound
from citizen_portal.identity.guards import citizens_only, current
from citizen_portal.web import parts
from citizen_portal.web.pages import clock_time

bp = Blueprint("my", __name__)
bp.before_request(citizens_only)
CHOICES_SHOWN = 8


@bp.get("/my")
def page() -> str:
    found = gather(current())
    looks, beyond = found.looks()
    facts = overview(
        found.answers,
        looks,
        found.lifted(),
        directory=found.directory,
        links=found.links,
        beyond=beyond,
        zone=parts.region().zone,
    )
    return render_template(
        "dashboard/my.html",
        facts=facts,
        lead=_lead(facts),
        strip=strip(facts),
        attention=lifted(facts.attention[:LIFTED], found.directory),
        groups=groups(facts.holds, found.directory),
        flow=_flow(facts),
        ongoing=ongoing_rows(facts.ongoing),
        choices_shown=CHOICES_SHOWN,
        mark=_digest(found.answers),
        counted=counted,
    )


@bp.get("/my/answers")
def answers() -> ResponseReturnValue:
    """What a waiting page asks for: whether anything arrived. Says no names and no contents."""
    found = states(current())
    asking = sum(one.state is SourceState.ASKING for one in found)
    return {"done": asking == 0, "asking": asking, "mark": _digest(found)}


@bp.post("/my/again/<source>")
def again(source: str) -> ResponseReturnValue:
    """Ask one source once more. Only those of linked bodies can be."""
    asker().again(current(), _uuid(source))
    return redirect("/my#holds")


def _uuid(text: str) -> UUID:
    try:
        return UUID(hex=text)
    except ValueError:
        raise NotFound("There is no such body to ask.") from None


def _lead(facts: Overview) -> tuple[str, str]:
    """The first line: how many were asked, then how each stands. Gap before count."""
    holds = facts.holds
    asked, unasked = len(holds.asked), holds.count(HolderState.SENDS)
    if not holds.linked:
        return gettext("You are not linked to a body yet. So we have asked none."), ""
    at = clock_time(facts.asked_at or clock.now())
    opening = [
        ngettext("We asked %(num)s body at %(time)s.", "We asked %(num)s bodies at %(time)s.",
                 asked, time=at)
    ] if asked else []  # fmt: skip
    if unasked:
        opening.append(sending_words(unasked))
    return " ".join(opening), " ".join(_outcomes(holds))


def _outcomes(holds: Holds) -> list[str]:
    """How many of those that were asked answered, and what became of the others."""
    waiting, down = holds.count(HolderState.ASKING), holds.count(HolderState.NO_ANSWER)
    refused, said = holds.count(HolderState.REFUSED), []
    if holds.answered or (holds.asked and not waiting):
        said.append(ngettext("%(num)s answered.", "%(num)s answered.", holds.answered))
    if waiting:
        said.append(
            ngettext("%(num)s is still to answer.", "%(num)s are still to answer.", waiting)
        )
    if down:
        said.append(ngettext("%(num)s did not answer.", "%(num)s did not answer.", down))
    if refused:
        said.append(
            ngettext("%(num)s answer we turned down.", "%(num)s answers we turned down.", refused)
        )
    return said


def _flow(facts: Overview) -> Flow | None:
    if not facts.shared.flows or facts.first is None or facts.last is None:
        return None
    return flow_picture(
        facts.shared, silent=facts.holds.silent_bodies, first=facts.first, last=facts.last
    )


def _digest(answers: Sequence[SourceAnswer]) -> str:
    return hashlib.sha256(repr(mark(answers)).encode()).hexdigest()[:32]
