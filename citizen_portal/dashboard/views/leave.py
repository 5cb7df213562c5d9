"""``/my/leave``: "Leave this page" ends the session and goes to a neutral page."""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from citizen_portal.identity import guards
from citizen_portal.web import parts

bp = Blueprint("leave", __name__)


@bp.get("/my/leave")
def leave() -> ResponseReturnValue:
    """A link, so that it works without script. What a browser only fetches ahead ends nothing."""
    ahead = "prefetch" in request.headers.get("Sec-Purpose", request.headers.get("Purpose", ""))
    if request.method == "GET" and not ahead:
        guards.leave()
    return redirect(parts.settings().leave_url)
