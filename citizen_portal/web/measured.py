"""What the web server tells of requests, once they are over. Costs no statement."""

import time
from typing import TYPE_CHECKING, Protocol, cast

from flask import Flask, Response, current_app, g, request

from citizen_portal.settings import Settings
from citizen_portal.web.requests import QUIET

if TYPE_CHECKING:
    from citizen_portal.metrics.counting import Web

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER = "other"
"""The method of whoever makes one up: each would be a series of its own for good."""


class Told(Protocol):
    """Who is told of each request."""

    def request(self, route: str, method: str, status: int, seconds: float) -> None: ...


def init_app(app: Flask, settings: Settings) -> None:
    """Before all that has something to do after a request: what comes first is done last, and so
    counts what was really kept, and how long that took."""
    app.extensions.update(counted=None, told_of_requests=[])
    if settings.metrics_port or settings.traces_url:
        app.after_request(_tell)


def begin(app: Flask) -> None:
    """For a web server alone: the worker and commands have the same app, and serve nobody."""
    settings = cast(Settings, app.extensions["settings"])
    if settings.metrics_port:
        from citizen_portal.metrics.counting import Web

        app.extensions["counted"] = Web(settings.metrics_folder)
        _told(app).append(app.extensions["counted"])
    if settings.traces_url:
        from citizen_portal.web.spans import Spans

        _told(app).append(Spans(settings.traces_url))


def counted(app: Flask) -> "Web | None":
    """What is counted, if anything is."""
    return cast("Web | None", app.extensions["counted"])


def events(**outcomes: int) -> None:
    """How many accesses this request brought; they count once what it took is kept."""
    g.events = outcomes


def _told(app: Flask) -> list[Told]:
    return cast(list[Told], app.extensions["told_of_requests"])


def _tell(response: Response) -> Response:
    if request.endpoint not in QUIET:
        rule = request.url_rule.rule if request.url_rule else "none"
        method = request.method if request.method in METHODS else OTHER
        seconds = time.perf_counter() - g.request_started
        for one in _told(current_app):
            one.request(rule, method, response.status_code, seconds)
    found = counted(current_app)
    if found is not None and response.status_code < 500:
        for outcome, number in g.get("events", {}).items():
            found.events(outcome, number)
    return response
