"""``/desk/views``: an officer asks the public about an agreement, closes, reads and replies."""

from datetime import date
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from citizen_portal.bodies.queries import directory
from citizen_portal.identity.guards import current_officer, officers_who
from citizen_portal.identity.models import Role
from citizen_portal.opinions import actions, queries, words
from citizen_portal.opinions.forms import VIEWS, AskForm, ReplyForm, Sent
from citizen_portal.opinions.models import Round
from citizen_portal.web import parts
from citizen_portal.web.pages import plain
from citizen_portal.web.transactions import db

bp = Blueprint("desk_views", __name__, url_prefix="/desk/views")
bp.before_request(officers_who(Role.PUBLISHER))


@bp.get("")
def index() -> str:
    return _list(_form())


@bp.post("")
def ask() -> ResponseReturnValue:
    form, officer = _form(request.form), current_officer()
    if not form.validate():
        return _list(form), 422
    made = actions.ask(
        db(),
        officer.organisation_id,
        str(form.reference.data),
        opens_on=form.opens_on.day or _today(),
        closes_on=form.closes_on.day or _today(),
        today=_today(),
        by=officer.officer_id,
    )
    flash(gettext("Asked. People can say what they think from the first day on."))
    return redirect(url_for(".show", round_id=made.id), 303)


@bp.get("/<uuid:round_id>")
def show(round_id: UUID) -> str:
    return _page(_own(round_id), ReplyForm())


@bp.post("/<uuid:round_id>/close")
def close(round_id: UUID) -> ResponseReturnValue:
    officer = current_officer()
    actions.close(db(), officer.organisation_id, round_id, today=_today(), by=officer.officer_id)
    return redirect(url_for(".show", round_id=round_id), 303)


@bp.post("/<uuid:round_id>/reply")
def reply(round_id: UUID) -> ResponseReturnValue:
    found, form, officer = _own(round_id), ReplyForm(request.form), current_officer()
    if not form.validate():
        return _page(found, form), 422
    actions.reply(
        db(),
        officer.organisation_id,
        round_id,
        form.words,
        today=_today(),
        by=officer.officer_id,
    )
    flash(gettext("Your reply stands beside the views, for anybody to read."))
    return redirect(url_for(".show", round_id=round_id), 303)


def _list(form: AskForm) -> str:
    own = queries.own_rounds(db(), current_officer().organisation_id)
    boxes = {"reference": "#reference", "opens_on": "#opens_on-day", "closes_on": "#closes_on-day"}
    return render_template(
        "desk/views.html",
        rounds=[(one.id, words.shown(one, directory(db()), _today())) for one in own],
        form=form,
        faults=[(field.errors[0], boxes[field.name]) for field in form if field.errors],
    )


def _page(found: Round, form: ReplyForm) -> str:
    read, views = parts.sealer().text, dict(VIEWS)
    votes = queries.reasons(db(), found.id, before=_today())
    said = ((v.view, read(v.sealed_reason, actions.context(found.id, v.blind))) for v in votes)
    return render_template(
        "desk/view.html",
        round_id=found.id,
        one=words.shown(found, directory(db()), _today()),
        final=found.final,
        reasons=[(views[view], text) for view, text in said if text],
        form=form,
        faults=[(field.errors[0], f"#{field.name}") for field in form if field.errors],
    )


def _form(sent: Sent | None = None) -> AskForm:
    own = queries.askable(db(), current_officer().organisation_id, today=_today())
    offered = [(name, f"{plain(title)} ({name})") for name, (title, *_) in own.items()]
    return AskForm(sent, askable=offered, today=_today())


def _own(round_id: UUID) -> Round:
    return queries.own_round(db(), current_officer().organisation_id, round_id)


def _today() -> date:
    return parts.region().today()
