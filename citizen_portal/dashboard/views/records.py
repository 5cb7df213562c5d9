"""``/my/records``: what each linked body holds, set by set, without values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from citizen_portal import clock
from citizen_portal.access.queries import SourceState
from citizen_portal.agreements.queries import register_terms
from citizen_portal.dashboard.queries import records as queries
from citizen_portal.dashboard.queries.holds import HolderState
from citizen_portal.dashboard.queries.records import Asked, Holding
from citizen_portal.dashboard.views.gathering import Told, asker, digest, told
from citizen_portal.dashboard.views.leading import lead
from citizen_portal.dashboard.views.record_words import (
    SetShown,
    Text,
    holding_words,
    set_shown,
)
from citizen_portal.dashboard.views.states import ICONS, official_name
from citizen_portal.errors import NotFound
from citizen_portal.identity.guards import SignedIn, citizens_only, current
from citizen_portal.identity.queries import linked_bodies
from citizen_portal.questions.queries.corrections import Note, notes
from citizen_portal.records.queries import RecordNames
from citizen_portal.web import parts
from citizen_portal.web.asked import identified
from citizen_portal.web.pages import say
from citizen_portal.web.transactions import db

bp = Blueprint("records", __name__)
bp.before_request(citizens_only)


@dataclass(frozen=True, slots=True)
class Card:
    state: HolderState
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
    holdings, noted = held(found, who), notes(db(), who.citizen_id)
    return render_template(
        "records/records.html",
        lead=_lead(holdings),
        cards=[_card(one, found, noted) for one in holdings],
        mark=digest(found.answers),
        done=all(answer.state is not SourceState.ASKING for answer in found.answers),
    )


@bp.post("/my/records/again/<source>")
def again(source: str) -> ResponseReturnValue:
    """Ask one source once more what it holds."""
    source_id = identified(source, NotFound("There is no such body to ask."))
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
    asked = [one for one in holdings if one.asked]
    if holdings and not asked:
        return gettext("We cannot ask the bodies that you are linked to."), ""
    at = max((one.asked_at for one in asked if one.asked_at), default=None)
    return lead([one.state for one in asked], at, linked=bool(holdings))


def _card(one: Holding, found: Told, noted: Mapping[str, Sequence[Note]]) -> Card:
    body, (fact, text) = one.body, holding_words(one)
    down = one.state in (HolderState.NO_ANSWER, HolderState.REFUSED)
    return Card(
        state=one.state,
        icon=ICONS[one.state],
        name=say(body.name),
        official=official_name(body, one.source, found.directory),
        fact=fact,
        text=text,
        sets=tuple(set_shown(each, body, found.directory, noted) for each in one.sets),
        looks=f"/my/access?body={body.id.hex}#list",
        agreements=f"/register?body={body.slug}",
        again=one.source.id.hex if down and one.source else "",
    )
