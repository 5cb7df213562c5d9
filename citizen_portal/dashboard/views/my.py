"""``/my``: the five answers, and what stands behind each."""

from uuid import UUID

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from citizen_portal.access.queries import SourceState
from citizen_portal.dashboard.queries.overview import Overview, overview
from citizen_portal.dashboard.views.drawing import Flow, flow_picture
from citizen_portal.dashboard.views.entries import LIFTED, lifted
from citizen_portal.dashboard.views.gathering import asker, digest, gather, states
from citizen_portal.dashboard.views.holding import groups
from citizen_portal.dashboard.views.leading import lead
from citizen_portal.dashboard.views.ongoing import standing_rows
from citizen_portal.dashboard.views.wording import counted, figure
from citizen_portal.errors import NotFound
from citizen_portal.identity.guards import citizens_only, current

bp = Blueprint("my", __name__)
bp.before_request(citizens_only)
CHOICES_SHOWN = 8


@bp.get("/my")
def page() -> str:
    found = gather(current())
    facts = overview(
        found.answers,
        found.looks(),
        found.lifted(),
        directory=found.directory,
        links=found.links,
    )
    return render_template(
        "dashboard/my.html",
        facts=facts,
        lead=lead([one.state for one in facts.holds.asked], facts.asked_at),
        strip=_strip(facts),
        attention=lifted(facts.attention[:LIFTED], found.directory),
        groups=groups(facts.holds, found.directory),
        flow=_flow(facts),
        standing=standing_rows(facts.standing),
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


def _strip(facts: Overview) -> list[dict[str, object]]:
    """The five answers in one strip."""
    unexplained = sum(not event.explained for event in facts.attention)
    silent = facts.holds.silent_bodies
    return [
        {
            "number": figure(facts.lifted),
            "words": ngettext("needs you", "need you", facts.lifted),
            "sub": ngettext(
                "%(n)s look is not explained",
                "%(n)s looks are not explained",
                unexplained,
                n=counted(unexplained),
            )
            if unexplained
            else gettext("of what we were told"),
            "href": "#attention",
            "lifted": bool(facts.attention),
        },
        {
            "number": figure(len(facts.holds.holding)),
            "words": ngettext("holds your data", "hold your data", len(facts.holds.holding)),
            "sub": ngettext(
                "%(num)s more: we do not know yet", "%(num)s more: we do not know yet", silent
            ),
            "href": "#holds",
            "lifted": False,
        },
        *_strip_of_events(facts),
    ]


def _strip_of_events(facts: Overview) -> list[dict[str, object]]:
    shared = facts.shared
    return [
        {
            "number": figure(shared.times),
            "words": ngettext("time passed on", "times passed on", shared.times),
            "sub": gettext(
                "by %(disclosers)s, to %(recipients)s",
                disclosers=shared.disclosers,
                recipients=shared.recipients,
            ),
            "href": "#shared",
            "lifted": False,
        },
        {
            "number": figure(facts.looks),
            "words": ngettext("look we know of", "looks we know of", facts.looks),
            "sub": gettext("%(n)s routine", n=counted(facts.routine)),
            "href": "#looked",
            "lifted": False,
        },
        {
            "number": figure(facts.refusable),
            "words": ngettext("lets you say no", "let you say no", facts.refusable),
            "sub": ngettext(
                "of %(num)s agreement used for you",
                "of %(num)s agreements used for you",
                len(facts.choices),
            ),
            "href": "#choices",
            "lifted": False,
        },
    ]


def _flow(facts: Overview) -> Flow | None:
    if not facts.shared.flows or facts.first is None or facts.last is None:
        return None
    return flow_picture(
        facts.shared, silent=facts.holds.silent_bodies, first=facts.first, last=facts.last
    )
