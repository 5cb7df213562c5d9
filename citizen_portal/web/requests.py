"""One log line for each request: the rule, never the address; a random id, never a person."""

import secrets
import time

import structlog
from flask import Flask, Response, g, request

log = structlog.get_logger()
QUIET = frozenset({"static", "site.alive", "site.ready"})


def init_app(app: Flask) -> None:
    app.before_request(_start)
    app.after_request(_write)


def _start() -> None:
    g.request_started = time.perf_counter()


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
