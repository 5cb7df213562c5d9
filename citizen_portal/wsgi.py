"""The app as the web server loads it, and what each worker does before its first request."""

import gc
import signal
from types import FrameType
from typing import Any

import structlog
from flask import Flask

from citizen_portal import logs

log = structlog.get_logger()


def from_environment() -> Flask:
    """The app with its settings from the environment.

    What is loaded here lives as long as the process. So the collector does not look through it
    again and again while it is made (a fifth of the time to start) and never later, and what
    preloaded workers share stays shared.
    """
    gc.disable()
    from citizen_portal import connections, settings
    from citizen_portal.app import create_app
    from citizen_portal.web import measured

    app = create_app(settings.from_environment())
    if away := connections.greet(app.extensions["sessions"].engine):
        log.warning("database.away", **logs.fault(away))
    measured.begin(app)
    _load_what_every_worker_needs()
    gc.freeze()
    gc.enable()
    return app


def post_worker_init(worker: Any) -> None:
    """As gunicorn calls it by this name (``serving.server``)."""
    app = worker.app.wsgi()  # which the worker may have wrapped
    _say_when_leaving(app)
    tell_numbers(app)


def tell_numbers(app: Flask) -> None:
    """Open the port for the numbers in this process, if there is to be one.

    One that cannot be had keeps nobody from being served: whoever watches sees that it is missing.
    """
    from citizen_portal.web import measured

    settings, counted = app.extensions["settings"], measured.counted(app)
    if counted is not None:
        from citizen_portal.metrics.port import Shared, open_port

        try:
            open_port(settings.metrics_host, settings.metrics_port, counted.registry(), Shared)
        except OSError as error:
            log.error("metrics.no_port", port=settings.metrics_port, **logs.fault(error))


def _say_when_leaving(app: Flask) -> None:
    """From SIGTERM on this process is not ready, while it ends what is open."""
    from citizen_portal.web import ready

    before = signal.getsignal(signal.SIGTERM)

    def leave(number: int, frame: FrameType | None) -> None:
        ready.leave(app)
        if callable(before):
            before(number, frame)

    signal.signal(signal.SIGTERM, leave)


def _load_what_every_worker_needs() -> None:
    """What libraries would load at a first request, in each worker for itself."""
    from babel import Locale
    from sqlalchemy.orm import configure_mappers

    from citizen_portal.web.pages import LANGUAGES

    configure_mappers()
    for language in LANGUAGES:
        Locale.parse(language).months  # noqa: B018 - reading any word loads all of them
