"""Put the parts together. With ``cli.py`` the only module that knows them all."""

from flask import Flask
from flask_wtf import CSRFProtect

from citizen_portal import connections, db, logs, region, sealing, secret_keys, signing, storage
from citizen_portal.access import api as access_api
from citizen_portal.access import jobs as access_jobs
from citizen_portal.access.desk import holds
from citizen_portal.access.remote import Caller
from citizen_portal.access.views import digests, proof, totals
from citizen_portal.account import jobs as account_jobs
from citizen_portal.account.views import about, closing
from citizen_portal.account.views import page as account
from citizen_portal.agreements import api as agreements_api
from citizen_portal.agreements import views as register
from citizen_portal.agreements.desk import asking, drafts, home, lists, parties, previews, reviews
from citizen_portal.agreements.views import downloads, open_data, picture, scorecard
from citizen_portal.bodies import api as tokens
from citizen_portal.bodies import jobs as bodies_jobs
from citizen_portal.dashboard.remote import Asker, Reader
from citizen_portal.dashboard.views import (
    access,
    ask,
    bodies,
    coverage,
    entry,
    leave,
    my,
    open_coverage,
    record,
    records,
    start,
    table,
)
from citizen_portal.exports import jobs as exports_jobs
from citizen_portal.exports.views import cases as case_files
from citizen_portal.exports.views import copies, verify
from citizen_portal.fetch import Fetcher
from citizen_portal.identity import api as signed_out_there
from citizen_portal.identity import guards
from citizen_portal.identity import jobs as identity_jobs
from citizen_portal.identity import views as sign_in
from citizen_portal.identity.desk import audit as desk_audit
from citizen_portal.identity.desk import signing_in as desk_sign_in
from citizen_portal.incidents import api as incidents_api
from citizen_portal.incidents import desk as desk_incidents
from citizen_portal.incidents import jobs as incidents_jobs
from citizen_portal.incidents import views as incidents
from citizen_portal.news import jobs as news_jobs
from citizen_portal.news.views import feeds, mailbox, secret, wishes
from citizen_portal.opinions import desk as desk_views
from citizen_portal.opinions import jobs as opinions_jobs
from citizen_portal.opinions import views
from citizen_portal.places import folder
from citizen_portal.preferences import jobs as preferences_jobs
from citizen_portal.preferences.api import changes as preferences_api
from citizen_portal.preferences.api import checks as checks_api
from citizen_portal.preferences.api import govstack
from citizen_portal.preferences.desk import checks as desk_checks
from citizen_portal.preferences.desk import objections
from citizen_portal.preferences.views import checks as choice_checks
from citizen_portal.preferences.views import choices
from citizen_portal.questions.api import corrections as corrections_api
from citizen_portal.questions.api import questions as questions_api
from citizen_portal.questions.desk import answers as case_answers
from citizen_portal.questions.desk import cases
from citizen_portal.questions.desk import corrections as desk_corrections
from citizen_portal.questions.jobs import corrections as corrections_jobs
from citizen_portal.questions.jobs import counting as counting_jobs
from citizen_portal.questions.jobs import questions as questions_jobs
from citizen_portal.questions.views import answers, corrections, open_answers, questions
from citizen_portal.questions.views import asking as asking_views
from citizen_portal.queue import Queue
from citizen_portal.records import jobs as records_jobs
from citizen_portal.records import views as links
from citizen_portal.settings import Settings
from citizen_portal.wall import wall_of
from citizen_portal.web import (
    addresses,
    cookieless,
    errors,
    headers,
    limits,
    measured,
    openapi,
    origins,
    pages,
    ready,
    requests,
    site,
    transactions,
)

JOBS = (
    access_jobs,
    account_jobs,
    bodies_jobs,
    corrections_jobs,
    counting_jobs,
    exports_jobs,
    identity_jobs,
    incidents_jobs,
    news_jobs,
    opinions_jobs,
    preferences_jobs,
    questions_jobs,
    records_jobs,
)
"""Importing them registers what the worker can do."""
BLUEPRINTS = [
    start.bp,
    about.bp,
    my.bp,
    access.bp,
    table.bp,
    entry.bp,
    records.bp,
    record.bp,
    proof.bp,
    leave.bp,
    site.bp,
    sign_in.bp,
    desk_sign_in.bp,
    desk_audit.bp,
    account.bp,
    closing.bp,
    links.bp,
    mailbox.bp,
    wishes.bp,
    feeds.bp,
    choices.bp,
    ask.bp,
    asking_views.bp,
    questions.bp,
    copies.bp,
    case_files.bp,
    register.bp,
    scorecard.bp,
    downloads.bp,
    open_data.bp,
    digests.bp,
    totals.bp,
    picture.bp,
    bodies.bp,
    coverage.bp,
    open_coverage.bp,
    answers.bp,
    open_answers.bp,
    verify.bp,
    home.bp,
    drafts.bp,
    previews.bp,
    reviews.bp,
    parties.bp,
    lists.bp,
    asking.bp,
    holds.bp,
    objections.bp,
    cases.bp,
    case_answers.bp,
    choice_checks.bp,
    incidents.bp,
    corrections.bp,
    desk_corrections.bp,
    desk_checks.bp,
    desk_incidents.bp,
    views.bp,
    views.mine,
    desk_views.bp,
    openapi.bp,
]
MACHINE_BLUEPRINTS = [
    tokens.bp,
    agreements_api.bp,
    access_api.bp,
    preferences_api.bp,
    checks_api.bp,
    incidents_api.bp,
    govstack.bp,
    questions_api.bp,
    corrections_api.bp,
    signed_out_there.bp,
]
"""What systems call. They bring no cookie that anybody could misuse, so they need no CSRF token."""
SECRET_BLUEPRINTS = [secret.bp]
"""What is opened by a secret in the address alone, by people and by programs of theirs: whoever has
it may do what is there to do, so that no token of a form could add to it."""


def create_app(settings: Settings) -> Flask:
    app = Flask(
        "citizen_portal",
        template_folder=str(folder("templates")),
        static_folder=str(folder("static")),
    )
    app.config.update(TESTING=settings.testing)
    logs.configure(settings.log_level)
    measured.init_app(app, settings)
    _add_parts(app, settings)
    requests.init_app(app)
    ready.init_app(app)
    cookieless.init_app(app)
    limits.init_app(app, trusted_proxies=settings.trusted_proxies)
    tokenless = (*MACHINE_BLUEPRINTS, *SECRET_BLUEPRINTS)
    origins.init_app(app, open_to_others=frozenset(one.name for one in tokenless))
    csrf = CSRFProtect(app)
    errors.init_app(app)
    addresses.init_app(app)
    headers.init_app(app, production=settings.production)
    pages.init_app(app, settings, str(folder("translations")))
    guards.init_app(app, ask_bodies=app.extensions["asker"].begin)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    for blueprint in tokenless:
        csrf.exempt(blueprint)
        app.register_blueprint(blueprint)
    return app


def _add_parts(app: Flask, settings: Settings) -> None:
    """What front doors and jobs fetch by name (``web/parts.py``) and hand inward."""
    secrets = secret_keys.load(settings)
    queue = Queue(
        secrets,
        file=settings.queue_file,
        database_url=settings.database_url,
        pooler=settings.database_pooler,
    )
    app.extensions["secret_keys"] = secrets
    sealer, index = sealing.load(settings.keys_folder)
    signer = signing.load(settings.keys_folder)
    app.extensions.update(settings=settings, queue=queue, sealer=sealer, index=index, signer=signer)
    app.extensions["region"] = region.load(settings.region)
    folder = settings.keys_folder
    for name, file in (
        ("envelope", sealing.HELD_PUBLIC_FILE),
        ("closed_envelope", sealing.CLOSED_PUBLIC_FILE),
    ):
        app.extensions[name] = sealing.load_envelope(folder / file)
    app.extensions["file_sealer"] = sealing.load_file_sealer(folder)
    app.extensions["store"] = storage.at(settings.export_store)
    _add_sessions(app, settings)
    app.extensions["fetcher"] = Fetcher(settings.loopback_hosts, settings.fetch_max_bytes)
    app.extensions["asker"] = Asker(
        settings,
        sessions=app.extensions["sessions"],
        fetcher=app.extensions["fetcher"],
        signer=signer,
        sealer=sealer,
        index=index,
    )
    caller = Caller(app.extensions["fetcher"], signer, settings.public_url)
    app.extensions["reader"] = Reader(caller, seconds=settings.ask_seconds)


def _add_sessions(app: Flask, settings: Settings) -> None:
    queue: Queue = app.extensions["queue"]
    wall = wall_of(settings, app.extensions["index"])
    app.extensions["wall"] = wall
    sessions = db.make_sessions(
        settings.database_url, carry=queue.put, wall=wall, **connections.options(settings)
    )
    if settings.production:
        connections.refuse_to_lose(sessions.engine)
    transactions.init_app(app, sessions)
