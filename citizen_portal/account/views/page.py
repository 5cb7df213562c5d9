"""One's account: the bodies one is linked to, and one's sessions."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from citizen_portal.bodies.queries import directory
from citizen_portal.identity import actions, guards, queries
from citizen_portal.records import queries as records
from citizen_portal.web import parts
from citizen_portal.web.transactions import db

bp = Blueprint("account", __name__, url_prefix="/my/account")
bp.before_request(guards.citizens_only)


@bp.get("")
def account() -> str:
    who, known = guards.current(), directory(db())
    standing = records.standing(db(), who.citizen_id, directory=known)
    return render_template(
        "account/account.html",
        standing=standing,
        more=bool(records.linkable(standing, directory=known)),
        history=records.history(db(), who.citizen_id, directory=known),
        places=queries.sign_ins(db(), who.citizen_id, limits=guards.limits(parts.settings())),
        here_id=who.sign_in_id,
    )


@bp.post("/sessions/end")
def end_other_sessions() -> ResponseReturnValue:
    who = guards.current()
    actions.end_others(db(), who.citizen_id, but=who.sign_in_id)
    flash(_("Your other sessions have ended."))
    return redirect(url_for("account.account"), 303)
