"""``/my``: the five answers, and what stands behind each."""

from uuid import UUID

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue

from citizen_portal.access.queries import SourceState
from citizen_portal.dashboard.queries.holds import HolderState
from citizen_portal.dashboard.queries.overview import Overview, overview
from citizen_portal.dashboard.views.choosing import choosing
from citizen_portal.dashboard.views.drawing import Flow, flow_picture
from citizen_portal.dashboard.views.entries import LIFTED, lifted
from citizen_portal.dashboard.views.gathering import asker, digest, gather, states
from citizen_portal.dashboard.views.holding import groups
from citizen_portal.dashboard.views.leading import lead
from citizen_portal.dashboard.views.ongoing import ongoing_rows
from citizen_portal.dashboard.views.questioned import calling
from citizen_portal.dashboard.views.strip import strip
from citizen_portal.dashboard.views.wording import counted
from citizen_portal.errors import NotFound
from citizen_portal.identity.guards import citizens_only, current
from citizen_portal.incidents.queries import standing_out
from citizen_portal.web import parts
from citizen_portal.web.transactions import db

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
    chosen = choosing(
        db(),
        found.who.citizen_id,
        [terms.reference for terms, _ in facts.choices],
        register=found.explainer.register,
        directory=found.directory,
        today=found.today,
    )
    incidents, asked = standing_out(db(), found.who.citizen_id), calling(found.who.citizen_id)
    return render_template(
        "dashboard/my.html",
        facts=facts,
        chosen=chosen,
        used=chosen.in_order(facts.choices),
        incidents=incidents,
        calling=asked,
        lead=_lead(facts),
        strip=strip(facts, chosen, more=incidents + (asked.count if asked else 0)),
        attention=lifted(facts.attention[:LIFTED], found.directory),
        groups=groups(facts.holds, found.directory),
        flow=_flow(facts),
        ongoing=ongoing_rows(facts.ongoing),
        choices_shown=CHOICES_SHOWN,
        mark=digest(found.answers),
        counted=counted,
    )


@bp.get("/my/answers")
def answers() -> ResponseReturnValue:
    """What a waiting page asks for: whether anything arrived. Says no names and no contents."""
    found = states(current())
    asking = sum(one.state is SourceState.ASKING for one in found)
    return {"done": asking == 0, "asking": asking, "mark": digest(found)}


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
    holds = facts.holds
    asked = [one.state for one in holds.asked]
    sending = holds.count(HolderState.SENDS)
    return lead(asked, facts.asked_at, linked=bool(holds.linked), sending=sending)


def _flow(facts: Overview) -> Flow | None:
    if not facts.shared.flows or facts.first is None or facts.last is None:
        return None
    return flow_picture(
        facts.shared, silent=facts.holds.silent_bodies, first=facts.first, last=facts.last
    )
