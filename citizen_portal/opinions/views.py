"""``/register/views``: agreements on which bodies ask for views; ``/my/views``: one's own."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from citizen_portal.agreements.queries import register_terms
from citizen_portal.bodies.queries import directory
from citizen_portal.errors import NotFound
from citizen_portal.identity.guards import citizens_only, current
from citizen_portal.opinions import actions, queries, words
from citizen_portal.opinions.forms import ViewForm
from citizen_portal.opinions.models import Round, View
from citizen_portal.paging import paged
from citizen_portal.web import parts
from citizen_portal.web.asked import identified
from citizen_portal.web.paging import numbered, page_number
from citizen_portal.web.transactions import db

bp = Blueprint("views", __name__, url_prefix="/register/views")
mine = Blueprint("my_views", __name__, url_prefix="/my/views")
mine.before_request(citizens_only)
PAGE = 25


@bp.app_template_global()
def views_on(reference: str) -> words.Shown | None:
    """What the public is or was asked about an agreement, for its page."""
    today = parts.region().today()
    found = queries.newest_about(db(), reference, today=today)
    return words.shown(found, directory(db()), today) if found else None


@bp.get("")
def index() -> str:
    today, known = parts.region().today(), directory(db())
    asked = page_number(request.args.get("page", ""))
    page, pages, rows = paged(queries.count_of(db(), today=today), asked, PAGE)
    return render_template(
        "opinions/list.html",
        rounds=[words.shown(one, known, today) for one in queries.rounds(db(), rows, today=today)],
        pages=numbered(page, pages, lambda number: url_for(".index", page=number)),
    )


@bp.get("/<name>")
def one(name: str) -> str:
    found = _round(name)
    return render_template(
        "opinions/round.html",
        one=words.shown(found, directory(db()), parts.region().today()),
        on_register=register_terms(db()).known(found.reference),
    )


@mine.get("/<name>")
def ask(name: str) -> str:
    found = _round(name)
    vote = queries.vote_of(db(), found.id, _blind(found))
    form = ViewForm()
    if vote is not None:
        form.view.data = vote.view.value
        form.reason.data = parts.sealer().text(
            vote.sealed_reason, actions.context(found.id, vote.blind)
        )
    return _page(found, form, said=vote is not None)


@mine.post("/<name>")
def say(name: str) -> ResponseReturnValue:
    found, form = _round(name), ViewForm(request.form)
    if not form.validate():
        return _page(found, form), 422
    actions.hold(db(), current().citizen_id)
    actions.say(
        db(),
        found,
        _blind(found),
        View(form.view.data),
        form.reason.data or "",
        today=parts.region().today(),
        seal=parts.sealer().seal,
    )
    flash(gettext("Thank you. Your view is kept, and your name is not."))
    return redirect(url_for(".ask", name=name), 303)


def _page(found: Round, form: ViewForm, *, said: bool = False) -> str:
    shown = words.shown(found, directory(db()), parts.region().today())
    return render_template("opinions/say.html", one=shown, form=form, said=said)


def _round(name: str) -> Round:
    round_id = identified(name, NotFound("There are no views to give here."))
    return queries.round_of(db(), round_id, today=parts.region().today())


def _blind(found: Round) -> str:
    return actions.blind(parts.index(), current().citizen_id, found.id)
