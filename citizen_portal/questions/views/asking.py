"""``/my/ask``: one page on which to ask about an agreement or a choice, and what is sent from the
like page about any thing.

The pages about an access or a set of records are the dashboard's, which knows them
(``dashboard/views/ask.py``); what their forms bring comes here.
"""

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from citizen_portal.bodies.queries import directory
from citizen_portal.errors import NotFound, TooMany
from citizen_portal.identity import guards
from citizen_portal.identity import queries as identity
from citizen_portal.questions.actions import asking
from citizen_portal.questions.actions.asking import Asking
from citizen_portal.questions.forms.asking import AskForm
from citizen_portal.questions.models import Kind, Question
from citizen_portal.questions.queries import routing
from citizen_portal.questions.schemas.packets import Packet
from citizen_portal.questions.views import things
from citizen_portal.questions.words import asking as words
from citizen_portal.web import parts
from citizen_portal.web.transactions import db

bp = Blueprint("ask_things", __name__, url_prefix="/my/ask")
bp.before_request(guards.citizens_only)
ABOUT = {path: about for about, path in words.PATHS.items()}
Takers = Mapping[UUID, int | None]


@bp.app_template_global()
def ask_page(reference: str) -> str:
    """Where the citizen of this request asks about an agreement; nothing for strangers."""
    who = guards.maybe_current()
    return things.agreement_address(who.citizen_id, reference) if who is not None else ""


@bp.get("/agreement/<name>")
def agreement(name: str) -> str:
    return _fresh(things.agreement(db(), guards.current().citizen_id, name), name)


@bp.get("/choice/<name>")
def choice(name: str) -> str:
    return _fresh(things.choice(db(), guards.current().citizen_id, name), name)


@bp.post("/<path>/<name>")
def send(path: str, name: str) -> ResponseReturnValue:
    """The facts come sealed with the form: they are those that stood on the page."""
    if path not in ABOUT:
        raise NotFound("There is no such page.")
    whose = guards.current().citizen_id
    text = request.form.get("packet", "")
    packet = Packet.opened(text, parts.sealer(), whose, ABOUT[path], name)
    takers = routing.takers(db(), packet.bodies)
    form = words.form_of(packet, takers, request.form)
    if not form.bodies or not form.validate():
        return _drawn(packet, form, takers, name), 422
    if form.chosen is Kind.OBJECTION and packet.choose:
        return redirect(packet.choose, 303)
    try:
        made = _ask(packet, form, takers)
    except TooMany as error:
        form.refuse(gettext(error.message, **error.values))
        return _drawn(packet, form, takers, name), 422
    return redirect(f"/my/questions/{made.id.hex}/asked", 303)


def _ask(packet: Packet, form: AskForm, takers: Takers) -> Question:
    whose = guards.current().citizen_id
    links = identity.linked_bodies(identity.links(db(), whose))
    link = links.get(form.asked)
    return asking.ask(
        db(),
        whose,
        Asking(
            token=packet.token,
            kind=form.chosen,
            about=packet.about,
            organisation_id=form.asked,
            subject=link.pairwise if link else None,
            agreement=packet.agreement,
            blind=packet.blind,
            facts=packet.facts.written(),
            words=form.words.data or "",
            target=takers[form.asked],
        ),
        region=parts.region(),
        seal=parts.sealer().seal,
        opened=parts.sealer().text,
    )


def _fresh(packet: Packet, name: str) -> str:
    takers = routing.takers(db(), packet.bodies)
    return _drawn(packet, words.form_of(packet, takers), takers, name)


def _drawn(packet: Packet, form: AskForm, takers: Takers, name: str) -> str:
    page = words.page(
        packet,
        form,
        whose=guards.current().citizen_id,
        name=name,
        known=directory(db()),
        takers=takers,
    )
    return render_template("questions/ask.html", **page)
