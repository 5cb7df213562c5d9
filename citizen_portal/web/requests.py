"""One log line for each request: the rule, never the address; a random id, never a person.

And how much a request may bring, where that is more than usual.
"""

import secrets
import time
from collections.abc import Callable
from typing import TypeVar

import structlog
from flask import Flask, Response, current_app, g, request

View = TypeVar("View", bound=Callable[..., object])
log = structlog.get_logger()
QUIET = frozenset({"static", "site.alive", "site.ready"})


def init_app(app: Flask) -> None:
    app.before_request(_start)
    app.after_request(_write)


def takes(most_bytes: int) -> Callable[[View], View]:
    """Mark a view whose form may bring a file of this size.

    The view cannot say so itself: the form is read before it, for its CSRF token.
    """

    def mark(view: View) -> View:
        view.most_bytes = most_bytes  # type: ignore[attr-defined]
        return view

    return mark


def _start() -> None:
    g.request_started = time.perf_counter()
    view = current_app.view_functions.get(request.endpoint or "")
    if most_bytes := getattr(view, "most_bytes", None):
        request.max_content_length = most_bytes


def _write(response: Response) -> Response:
    if request.endpoint not in QUIET:
        log.info(
            "request",
            method=request.method if request.method.isalpha() else "other",
            route=request.url_rule.rule if request.url_rule else "none",
            status=response.status_code,
            ms=round((time.perf_counter() - g.request_started) * 1000, 1),
            request=secrets.token_hex(8),
        )
    return response
