"""The app as a web server loads it: ``citizen-portal serve`` does."""

import gc

from flask import Flask


def from_environment() -> Flask:
    """The app with its settings from the environment.

    What is loaded here lives as long as the process. So the collector does not look through it
    again and again while it is made (a fifth of the time to start) and never later, and what
    preloaded workers share stays shared.
    """
    gc.disable()
    from citizen_portal import settings
    from citizen_portal.app import create_app

    app = create_app(settings.from_environment())
    _load_what_every_worker_needs()
    gc.freeze()
    gc.enable()
    return app


def _load_what_every_worker_needs() -> None:
    """What libraries would load at a first request, in each worker for itself."""
    from babel import Locale
    from sqlalchemy.orm import configure_mappers

    from citizen_portal.web.pages import LANGUAGES

    configure_mappers()
    for language in LANGUAGES:
        Locale.parse(language).months  # noqa: B018 - reading any word loads all of them
