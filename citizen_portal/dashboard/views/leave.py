"""``/my/leave``: "Leave this page" ends the session and goes to a neutral page."""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from citizen_portal.identity import actions, guards
from citizen_portal.web import parts
from citizen_portal.web.transactions import db, writes

bp = Blueprint("leave", __name__)


@bp.get("/my/leave")
@writes
def leave() -> ResponseReturnValue:
    """A link, so that it works without script. What a browser only fetches ahead ends nothing."""
    ahead = "prefetch" in request.headers.get("Sec-Purpose", request.headers.get("Purpose", ""))
    who = guards.maybe_current()
    if who is not None and request.method == "GET" and not ahead:
        actions.end(db(), who.citizen_id, who.sign_in_id)
        guards.leave()
    return redirect(parts.settings().leave_url)
