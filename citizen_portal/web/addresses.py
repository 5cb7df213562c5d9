"""An address that is nearly right: one slash too many leads to the page that is meant.

By itself Flask would lead to the host that the request names. Here the host stays out of it, so
that no forged ``Host`` leads anywhere.
"""

from urllib.parse import quote, unquote, urlsplit

from flask import Flask, current_app, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import RequestRedirect

from citizen_portal.web import machine
from citizen_portal.web.transactions import SAFE


def init_app(app: Flask) -> None:
    @app.before_request
    def lead_on() -> ResponseReturnValue | None:
        meant = _meant()
        return redirect(_here(meant), 308) if meant else None


def _meant() -> str:
    """The path of the page that is meant where another was asked for; empty if there is none."""
    found, path = request.routing_exception, request.path.rstrip("/")
    if isinstance(found, RequestRedirect):
        return unquote(urlsplit(found.new_url).path)
    return path if isinstance(found, NotFound) and _is_page(path) else ""


def _is_page(path: str) -> bool:
    """Whether somebody who typed a slash at the end means a page that is there."""
    if path == request.path or request.method not in SAFE or path.startswith(machine.PATHS):
        return False
    routes = current_app.create_url_adapter(request)
    try:
        endpoint, _ = routes.match(path) if routes else ("static", {})
    except HTTPException:
        return False
    return endpoint != "static"


def _here(path: str) -> str:
    """On this site, with what was asked of it."""
    asked = request.query_string.decode("ascii", "replace")
    return quote("/" + path.lstrip("/\\")) + (f"?{asked}" if asked else "")
