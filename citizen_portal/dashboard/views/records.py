"""``/my/records``: what each linked body holds, set by set, without values."""

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from citizen_portal import clock
from citizen_portal.access.queries import SourceState
from citizen_portal.access.queries.answers import linked_bodies
from citizen_portal.agreements.queries import register_terms
from citizen_portal.dashboard.queries import records as queries
from citizen_portal.dashboard.queries.records import Asked, Holding, HoldingState
from citizen_portal.dashboard.views.gathering import Told, asker, digest, told
from citizen_portal.dashboard.views.record_words import (
    ICONS,
    SetShown,
    Text,
    set_shown,
    state_words,
)
from citizen_portal.dashboard.views.wording import fill
from citizen_portal.errors import NotFound
from citizen_portal.identity.guards import SignedIn, citizens_only, current
from citizen_portal.records.queries import RecordNames
from citizen_portal.web import parts
from citizen_portal.web.asked import identifier
from citizen_portal.web.pages import clock_time, say
from citizen_portal.web.transactions import db

bp = Blueprint("records", __name__)
bp.before_request(citizens_only)


@dataclass(frozen=True, slots=True)
class Card:
    state: HoldingState
    icon: str
    name: Text
    official: Text
    fact: Text
    text: Text
    sets: tuple[SetShown, ...]
    looks: str
    """Where to see who looked at what this body holds."""
    agreements: str
    again: str
    """Id of the source to be asked again; empty where that makes no sense."""


@bp.get("/my/records")
def page() -> str:
    who = current()
    found = told(who)
    holdings = held(found, who)
    return render_template(
        "records/records.html",
        lead=_lead(holdings),
        cards=[_card(one, found) for one in holdings],
        mark=digest(found.answers),
        done=all(answer.state is not SourceState.ASKING for answer in found.answers),
    )


@bp.post("/my/records/again/<source>")
def again(source: str) -> ResponseReturnValue:
    """Ask one source once more what it holds."""
    source_id = identifier(source)
    if source_id is None:
        raise NotFound("There is no such body to ask.")
    asker().again(current(), source_id)
    return redirect("/my/records")


def held(found: Told, who: SignedIn) -> tuple[Holding, ...]:
    """What the citizen's bodies hold, as they have told by now."""
    asked = Asked(
        directory=found.directory,
        register=register_terms(db()),
        names=RecordNames(parts.index(), who.citizen_id),
        today=clock.today(parts.region().timezone),
    )
    return queries.holdings(found.answers, linked_bodies(found.links), asked)


def _lead(holdings: tuple[Holding, ...]) -> tuple[str, str]:
    """How many were asked, then how each stands. Gap before count."""
    unasked = (HoldingState.NOT_ASKED, HoldingState.NOT_CONNECTED)
    asked = [one for one in holdings if one.state not in unasked]
    times = [one.answer.asked_at for one in asked if one.answer and one.answer.asked_at]
    if not asked:
        return gettext("You are not linked to a body that we can ask. So we have asked none."), ""
    at = clock_time(max(times, default=clock.now()))
    opening = ngettext(
        "We asked %(num)s body at %(time)s.",
        "We asked %(num)s bodies at %(time)s.",
        len(asked),
        time=at,
    )
    told_us = (HoldingState.HOLDS, HoldingState.HOLDS_NONE)
    answered = sum(one.state in told_us for one in asked)
    said = [ngettext("%(num)s answered.", "%(num)s answered.", answered)]
    return opening, " ".join(said + _gaps(asked))


def _gaps(asked: list[Holding]) -> list[str]:
    waiting, down, refused = (
        sum(one.state is state for one in asked)
        for state in (HoldingState.ASKING, HoldingState.NO_ANSWER, HoldingState.REFUSED)
    )
    said = [
        (waiting, ngettext("%(num)s is still to answer.", "%(num)s are still to answer.", waiting)),
        (down, ngettext("%(num)s did not answer.", "%(num)s did not answer.", down)),
        (
            refused,
            ngettext("%(num)s answer we turned down.", "%(num)s answers we turned down.", refused),
        ),
    ]
    return [words for n, words in said if n]


def _card(one: Holding, found: Told) -> Card:
    body, (fact, text) = one.body, state_words(one)
    down = one.state in (HoldingState.NO_ANSWER, HoldingState.REFUSED)
    return Card(
        state=one.state,
        icon=ICONS[one.state],
        name=say(body.name),
        official=_official(one, found),
        fact=fact,
        text=text,
        sets=tuple(set_shown(each, body, found.directory) for each in one.sets),
        looks=f"/my/access?body={body.id.hex}#list",
        agreements=f"/register?body={body.slug}",
        again=one.source.id.hex if down and one.source else "",
    )


def _official(one: Holding, found: Told) -> Text:
    """The official name; and the source's, where a body has several."""
    official = say(one.body.official_name)
    if one.source is None or len(found.directory.sources_of(one.body.id)) < 2:
        return official
    return fill("%(body)s · %(source)s", body=official, source=say(one.source.name))
