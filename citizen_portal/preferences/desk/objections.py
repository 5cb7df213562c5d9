"""``/desk/objections``: objections to what the officer's body does, answered within the law's time.

Officers see what the person wrote and the id by which their body knows them; no name, no account.
"""

from datetime import date
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from citizen_portal.agreements.queries import register_terms
from citizen_portal.identity.guards import current_officer, officers_who
from citizen_portal.identity.models import Role
from citizen_portal.paging import paged
from citizen_portal.preferences import actions
from citizen_portal.preferences.forms.objections import AnswerForm
from citizen_portal.preferences.queries import objections as queries
from citizen_portal.preferences.queries.objections import Objection
from citizen_portal.preferences.words import objections as words
from citizen_portal.web import parts
from citizen_portal.web.pages import plain
from citizen_portal.web.paging import numbered, page_number
from citizen_portal.web.sealed import opened
from citizen_portal.web.transactions import db

bp = Blueprint("objections", __name__, url_prefix="/desk/objections")
bp.before_request(officers_who(Role.CASE_WORKER))
PAGE = 50
FIRST = slice(0, 1)
BOXES = {
    "answer": "#answer",
    "applied_from": "#applied_from-day",
    "not_until": "#not_until-day",
    "reason": "#reason",
}
"""Where on the page each field begins."""


@bp.app_template_global()
def objections_waiting() -> tuple[int, words.Line] | None:
    """How many objections wait for the body of this officer, and the one due next; none where
    there are none, or for who does not answer them."""
    officer = current_officer()
    if not officer.may(Role.CASE_WORKER):
        return None
    found = queries.objections_of(db(), officer.organisation_id, FIRST, answered=False)
    if not found:
        return None
    count = queries.count_of(db(), officer.organisation_id, answered=False)
    return count, words.line(found[0], _title(db(), found[0]), _today())


@bp.get("")
def index() -> str:
    """Those to be answered, or with ``?answered=yes`` those that were."""
    own, answered = current_officer().organisation_id, request.args.get("answered") == "yes"
    asked = page_number(request.args.get("page", ""))
    page, pages, chosen = paged(queries.count_of(db(), own, answered=answered), asked, PAGE)
    found = queries.objections_of(db(), own, chosen, answered=answered)
    kept = "yes" if answered else None
    return render_template(
        "desk/objections.html",
        lines=[words.line(one, _title(db(), one), _today()) for one in found],
        answered=answered,
        pages=numbered(page, pages, lambda n: url_for("objections.index", page=n, answered=kept)),
    )


@bp.get("/<uuid:effect_id>")
def show(effect_id: UUID) -> str:
    return _page(_own(effect_id))


@bp.post("/<uuid:effect_id>")
def answer(effect_id: UUID) -> ResponseReturnValue:
    """What the officer looked at is what is answered: not what became of it meanwhile."""
    one = _own(effect_id)
    form = AnswerForm(request.form, to=one, today=_today())
    if not form.validate():
        return _page(one, form), 422
    officer = current_officer()
    actions.acknowledge(
        db(),
        officer.organisation_id,
        one.id,
        form.said,
        seal=parts.sealer().seal,
        opened=parts.sealer().text,
        seen=request.form.get("seen", ""),
        by=officer.officer_id,
    )
    flash(gettext("Answered. The person sees it on their page."))
    return redirect(url_for("objections.show", effect_id=effect_id), 303)


def _page(one: Objection, form: AnswerForm | None = None) -> str:
    title = _title(db(), one)
    form = form or AnswerForm(to=one, today=_today())
    return render_template(
        "desk/objection.html",
        line=words.line(one, title, _today()),
        facts=words.facts(one, title),
        why=opened(one.sealed_reason, actions.objection_context(one.choice_id))
        if one.choice_id
        else "",
        answer=opened(one.sealed_answer, actions.reason_context(one.id)),
        form=form,
        settled=not one.open,
        latest=one.extended_to,
        seen=queries.mark(one),
        faults=[(field.errors[0], BOXES[field.name]) for field in form if field.errors],
    )


def _own(effect_id: UUID) -> Objection:
    return queries.objection_of(db(), current_officer().organisation_id, effect_id)


def _title(session: Session, one: Objection) -> str:
    terms = register_terms(session).newest(one.agreement)
    return plain(terms.title) if terms else one.agreement


def _today() -> date:
    return parts.region().today()
