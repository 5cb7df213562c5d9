"""What a citizen is told of, and how soon: one form."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from citizen_portal.identity import guards
from citizen_portal.news import actions, queries
from citizen_portal.news.forms import RHYTHMS, WishesForm
from citizen_portal.web import parts
from citizen_portal.web.transactions import db

bp = Blueprint("news_wishes", __name__, url_prefix="/my/account/mail/news")
bp.before_request(guards.citizens_only)


@bp.get("")
def ask() -> str:
    wishes = queries.wishes(db(), guards.current().citizen_id)
    given = {kind.value: rhythm.value for kind, rhythm in wishes.rhythms.items()}
    return _page(WishesForm(data={**given, "looks": wishes.looks}))


@bp.post("")
def choose() -> ResponseReturnValue:
    """Needs a fresh sign-in: what is chosen here can silence what would warn."""
    again = guards.require_step_up(form_at=url_for("news_wishes.ask"))
    if again is not None:
        return again
    form = WishesForm(request.form)
    if not form.validate():
        return _page(form), 422
    citizen_id = guards.current().citizen_id
    actions.choose(db(), citizen_id, form.rhythms, looks=bool(form.looks.data))
    flash(_("Kept. What waits is told as you chose."))
    return redirect(url_for("news_wishes.ask"), 303)


def _page(form: WishesForm) -> str:
    return render_template(
        "news/wishes.html", form=form, choices=RHYTHMS, sends_mail=parts.settings().sends_mail
    )
