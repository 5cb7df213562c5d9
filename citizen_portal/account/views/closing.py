"""How one closes one's account: told what goes and what stays, signed in afresh, and sure."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from citizen_portal.account.forms import CloseForm
from citizen_portal.exports import actions as exports
from citizen_portal.identity import actions, guards
from citizen_portal.identity.remote.doors import CITIZENS as DOOR
from citizen_portal.opinions import actions as opinions
from citizen_portal.web import parts
from citizen_portal.web.transactions import db

bp = Blueprint("closing", __name__, url_prefix="/my/account/close")
bp.before_request(guards.citizens_only)


@bp.get("")
def ask() -> ResponseReturnValue:
    return guards.require_step_up() or _page(CloseForm())


@bp.post("")
def close() -> ResponseReturnValue:
    """The way out of the identity provider is found before anything is written: it may be asked."""
    if again := guards.require_step_up(form_at=url_for("closing.ask")):
        return again
    form = CloseForm(request.form)
    if not form.validate():
        return _page(form), 422
    who = guards.current()
    onward, reached = DOOR.way_out(guards.id_token_of(who))
    actions.close(db(), who.citizen_id, envelope=parts.closed_envelope())
    exports.stop_under_way(db(), who.citizen_id)
    opinions.take_back(db(), parts.index(), who.citizen_id)
    guards.forget_browser(closed=True)
    return DOOR.lead_out(onward, reached=reached, closed=onward is None and guards.just_closed())


def _page(form: CloseForm) -> str:
    return render_template(
        "account/close.html",
        form=form,
        years=parts.settings().audit_years,
    )
