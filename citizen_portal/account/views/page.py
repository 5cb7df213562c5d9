"""One's account: links, sessions and visits, and what this service itself holds about one."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from citizen_portal.account import queries as account_queries
from citizen_portal.account import words
from citizen_portal.bodies.queries import directory
from citizen_portal.errors import NotFound
from citizen_portal.identity import actions, guards, queries
from citizen_portal.records import queries as records
from citizen_portal.web import parts
from citizen_portal.web.transactions import db

bp = Blueprint("account", __name__, url_prefix="/my/account")
bp.before_request(guards.citizens_only)
MOST_VISITS = 50


@bp.get("")
def account() -> str:
    who, known, settings = guards.current(), directory(db()), parts.settings()
    standing = records.standing(db(), who.citizen_id, directory=known)
    places = queries.sign_ins(db(), who.citizen_id, limits=guards.limits(settings))
    held = account_queries.held(db(), who.citizen_id)
    kept = words.kept(settings, mail=settings.sends_mail or held.mail)
    return render_template(
        "account/account.html",
        standing=standing,
        more=bool(records.linkable(standing, directory=known)),
        history=records.history(db(), who.citizen_id, directory=known),
        places=sorted(places, key=lambda one: one.id != who.sign_in_id),
        here_id=who.sign_in_id,
        visits=queries.visits(db(), who.citizen_id, most=MOST_VISITS),
        strength=words.strength,
        held=[(line, words.amount(line.kind, held)) for line in kept],
        sends_mail=settings.sends_mail,
    )


@bp.post("/sessions/end")
def end_other_sessions() -> ResponseReturnValue:
    who = guards.current()
    actions.end_others(db(), who.citizen_id, but=who.sign_in_id)
    flash(_("Your other sessions have ended."))
    return redirect(url_for("account.account"), 303)


@bp.post("/sessions/end-one")
def end_session() -> ResponseReturnValue:
    actions.end_one(db(), guards.current().citizen_id, _named(request.form.get("session")))
    flash(_("This session has ended."))
    return redirect(url_for("account.account"), 303)


@bp.post("/visits/clear")
def clear_visits() -> ResponseReturnValue:
    actions.clear_visits(db(), guards.current().citizen_id)
    flash(_("Your visits are cleared."))
    return redirect(url_for("account.account"), 303)


def _named(text: str | None) -> UUID:
    try:
        return UUID(hex=text or "")
    except ValueError:
        raise NotFound("This session has ended already.") from None
