"""The least that a page can cost in Flask: its SQL by the bare driver, then its template.

What the portal asks and hands to its template is watched once, and then done again by an app that
has one view and nothing else: no sign-in, no transaction, no header, no object of a row.
"""

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from flask import Flask, before_render_template, g, render_template
from flask.testing import FlaskClient
from jinja2 import Template
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from citizen_portal.app import create_app
from citizen_portal.settings import Settings

OURS_ALONE = {"session", "reading", "csp_nonce", "csrf_token"}
"""What is kept for one request and not handed on to the next."""


@dataclass
class Watched:
    """What one page asked of its database, and what its template was handed."""

    template: str = ""
    context: dict[str, Any] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)
    """What the template finds in ``g``: who is signed in, which language they read."""
    asked: list[tuple[str, Any]] = field(default_factory=list)
    text: str = ""

    def see(self, _: Flask, template: Template, context: dict[str, Any], **__: Any) -> None:
        self.template, self.context = str(template.name), dict(context)
        self.kept = {name: g.get(name) for name in g if name not in OURS_ALONE}
        self.kept["session"] = _knowing(g.session)

    def hear(self, _: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            self.asked.append((statement, parameters))


def _knowing(session: Session) -> SimpleNamespace:
    """In place of a session, for what a template asks of the reference data in memory."""
    moment, pool = object(), session.get_bind().engine.pool
    bind = SimpleNamespace(engine=SimpleNamespace(pool=pool))
    return SimpleNamespace(
        info={"revisions": (moment, session.info["revisions"][1])},
        get_transaction=lambda: moment,
        get_bind=lambda: bind,
    )


def watched(app: Flask, browser: FlaskClient, path: str) -> Watched:
    """One page, drawn by the portal once its caches are warm."""
    browser.get(path)
    found, engine = Watched(), app.extensions["sessions"].engine
    event.listen(engine, "before_cursor_execute", found.hear)
    with before_render_template.connected_to(found.see, app):
        response = browser.get(path)
    event.remove(engine, "before_cursor_execute", found.hear)
    assert response.status_code == 200
    found.text = response.text
    return found


def bare(app: Flask, page: Watched, path: str) -> Flask:
    """An app with this page alone. Addresses and words are made by the same parts."""
    made = Flask("bare", static_folder=None)
    made.url_map, made.jinja_env = app.url_map, app.jinja_env
    made.extensions, made.config["BABEL_TRANSLATION_DIRECTORIES"] = app.extensions, ""
    made.config.update(SECRET_KEY="bare", WTF_CSRF_ENABLED=True)
    connect = connections(app.extensions["sessions"].engine)
    [endpoint] = {rule.endpoint for rule in app.url_map.iter_rules() if rule.rule == path}

    def view() -> str:
        cursor = connect().cursor()
        for statement, parameters in page.asked:
            cursor.execute(statement, parameters)
            if cursor.description:
                cursor.fetchall()
        cursor.close()
        for name, value in page.kept.items():
            setattr(g, name, value)
        return render_template(page.template, **page.context)

    made.view_functions[endpoint] = view
    return made


def connections(engine: Engine) -> Callable[[], Any]:
    """One of each thread's own, by the driver alone."""
    own = threading.local()
    arguments, options = engine.dialect.create_connect_args(engine.url)

    def connect() -> Any:
        if not hasattr(own, "connection"):
            own.connection = engine.dialect.connect(*arguments, **options)
            if engine.dialect.name == "postgresql":
                own.connection.autocommit = True
        return own.connection

    return connect


def served() -> Flask:
    """For a web server: the page of who is signed in by this cookie, watched before it forks."""
    app, path = create_app(Settings()), os.environ["BARE_PATH"]
    browser = app.test_client(use_cookies=False)
    browser.environ_base["HTTP_COOKIE"] = os.environ["BARE_COOKIE"]
    page = watched(app, browser, path)
    app.extensions["sessions"].engine.dispose()
    return bare(app, page, path)
