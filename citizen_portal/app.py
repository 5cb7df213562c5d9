"""Put the parts together. With ``cli.py`` the only module that knows them all."""

from flask import Flask
from flask_wtf import CSRFProtect

from citizen_portal import db, logs, sealing, signing
from citizen_portal.access import jobs as access_jobs
from citizen_portal.agreements import views as register
from citizen_portal.agreements.views import picture, scorecard
from citizen_portal.dashboard.remote import Asker
from citizen_portal.dashboard.views import access, bodies, entry, leave, my, start
from citizen_portal.fetch import Fetcher
from citizen_portal.identity import guards
from citizen_portal.identity import jobs as identity_jobs
from citizen_portal.identity import views as sign_in
from citizen_portal.jobs import Queue
from citizen_portal.places import folder
from citizen_portal.records import jobs as records_jobs
from citizen_portal.records import views as account
from citizen_portal.settings import Settings
from citizen_portal.web import errors, headers, pages, requests, site, transactions

JOBS = (access_jobs, identity_jobs, records_jobs)
"""Importing them registers what the worker can do."""
BLUEPRINTS = [
    start.bp,
    my.bp,
    access.bp,
    entry.bp,
    leave.bp,
    site.bp,
    sign_in.bp,
    account.bp,
    register.bp,
    scorecard.bp,
    picture.bp,
    bodies.bp,
]


def create_app(settings: Settings) -> Flask:
    app = Flask(
        "citizen_portal",
        template_folder=str(folder("templates")),
        static_folder=str(folder("static")),
    )
    app.config.update(SECRET_KEY=settings.secret_key.get_secret_value(), TESTING=settings.testing)
    logs.configure(settings.log_level)
    _add_parts(app, settings)
    requests.init_app(app)
    CSRFProtect(app)
    errors.init_app(app)
    headers.init_app(app, production=settings.production)
    pages.init_app(app, settings, str(folder("translations")))
    guards.init_app(app, ask_bodies=app.extensions["asker"].begin)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    return app


def from_environment() -> Flask:
    """The app that a server starts, with its settings from the environment."""
    return create_app(Settings())


def _add_parts(app: Flask, settings: Settings) -> None:
    """What front doors and jobs fetch by name (``web/parts.py``) and hand inward."""
    queue = Queue(settings.queue_file, settings.secret_key.get_secret_value())
    sealer, index = sealing.load(settings.keys_folder)
    signer = signing.load(settings.keys_folder)
    app.extensions.update(settings=settings, queue=queue, sealer=sealer, index=index, signer=signer)
    sessions = db.make_sessions(settings.database_url, carry=queue.put)
    transactions.init_app(app, sessions)
    app.extensions["fetcher"] = Fetcher(settings.loopback_hosts, settings.fetch_max_bytes)
    app.extensions["asker"] = Asker(
        settings,
        sessions=app.extensions["sessions"],
        fetcher=app.extensions["fetcher"],
        signer=signer,
        sealer=sealer,
        index=index,
    )
