"""What load balancers and people ask first: is it up, and in which language."""

import re

from flask import Blueprint, abort, redirect, request, session
from flask.typing import ResponseReturnValue

from citizen_portal.web import ready as ready_now
from citizen_portal.web.pages import LANGUAGES

bp = Blueprint("site", __name__)
OWN_PATH = re.compile(r"/(?:[A-Za-z0-9._~%?=&+-][A-Za-z0-9._~%?=&+/-]*)?")


@bp.get("/healthz")
def alive() -> ResponseReturnValue:
    """The process runs. Asks nothing of anybody."""
    return {"status": "up"}


@bp.get("/readyz")
def ready() -> ResponseReturnValue:
    """200 where requests can be served from now on; else 503, and what is not ready."""
    states = ready_now.states()
    words = {name: "ready" if state else "not ready" for name, state in states.items()}
    return words, 200 if all(states.values()) else 503


@bp.get("/language/<wanted>")
def switch_language(wanted: str) -> ResponseReturnValue:
    """Read on in another language, on the page one came from. Changes the cookie only."""
    if wanted not in LANGUAGES:
        abort(404)
    session["language"] = wanted
    return redirect(own_path(request.args.get("back")))


def own_path(wanted: str | None, otherwise: str = "/") -> str:
    """``wanted`` if it is a path of this site, else ``otherwise``: redirects never lead away."""
    if wanted is None or not OWN_PATH.fullmatch(wanted):
        return otherwise
    return wanted
