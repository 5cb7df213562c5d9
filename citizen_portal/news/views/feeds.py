"""A feed at a secret address: made, made anew, and removed. The address is shown once."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from citizen_portal.identity import guards
from citizen_portal.news import actions, queries
from citizen_portal.web import parts
from citizen_portal.web.transactions import db

bp = Blueprint("feeds", __name__, url_prefix="/my/account/mail/feed")
bp.before_request(guards.citizens_only)


@bp.get("")
def about() -> str:
    return _page(queries.wishes(db(), guards.current().citizen_id))


@bp.post("")
def make() -> ResponseReturnValue:
    """No redirect: the address is kept nowhere, so that no other page could show it."""
    again = guards.require_step_up(form_at=url_for("feeds.about"))
    if again is not None:
        return again
    citizen_id = guards.current().citizen_id
    token = actions.make_feed(db(), parts.index(), citizen_id)
    address = f"{parts.settings().public_url}{url_for('secret.read', token=token)}"
    return _page(queries.wishes(db(), citizen_id), address)


@bp.post("/remove")
def remove() -> ResponseReturnValue:
    actions.remove_feed(db(), guards.current().citizen_id)
    flash(_("The feed is removed. Its address leads nowhere any more."))
    return redirect(url_for("feeds.about"), 303)


def _page(wishes: queries.Wishes, address: str = "") -> str:
    return render_template("news/feed.html", made_at=wishes.feed_made_at, address=address)
