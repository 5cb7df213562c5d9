"""The only place that turns an error into a status code, a page or a problem document."""

import sqlite3

import structlog
from flask import Flask, current_app, g, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import AnonymousUserMixin
from flask_wtf.csrf import CSRFError
from sqlalchemy import exc
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed

from citizen_portal import logs
from citizen_portal.errors import (
    DomainError,
    Invalid,
    NotFound,
    NotPermitted,
    Outdated,
    TooMany,
    Unavailable,
    WrongState,
)
from citizen_portal.web import machine
from citizen_portal.web.transactions import SAFE, abandon

STATUS: dict[type[DomainError], int] = {
    NotFound: 404,
    NotPermitted: 403,
    WrongState: 409,
    Outdated: 412,
    Invalid: 422,
    TooMany: 429,
    Unavailable: 503,
}
PAGES = {400, 403, 404, 405, 409, 413, 422, 429, 500, 503}
"""Statuses with words of their own in ``templates/errors/page.html``; others read as 400 or 500."""
AWAY = (exc.DBAPIError, exc.TimeoutError)
"""What SQLAlchemy raises, among other things, when the database is locked or cannot be reached."""
AWAY_SQLITE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
}
"""What SQLite says where a file is taken, or a disk does not give or take what it should."""
WRITTEN = ("words", "reason", "reply", "welsh")
"""How the names of fields end in which people write at length."""
RETRY_AFTER = "2"
"""Seconds. Exporters of traces give up after ten in all, so it is not longer."""

RETRY_LATER = "300"
"""Seconds, where another system has to do its part first."""

log = structlog.get_logger()


def init_app(app: Flask) -> None:
    app.register_error_handler(DomainError, _domain)
    app.register_error_handler(machine.Faulty, _faulty)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(InternalServerError, _late)
    for kind in AWAY:
        app.register_error_handler(kind, _database)
    if not app.testing:
        app.register_error_handler(Exception, _unexpected)


def _domain(error: DomainError) -> ResponseReturnValue:
    said = gettext(error.message, **error.values)
    later = error.later if isinstance(error, TooMany) else None
    return _show(STATUS.get(type(error), 400), said, later=later)


def _faulty(error: machine.Faulty) -> ResponseReturnValue:
    abandon()
    said = gettext("What was sent cannot be taken. What is wrong stands under errors.")
    return machine.problem(error.status, said, faults=error.faults)


def _stale_form(_: CSRFError) -> ResponseReturnValue:
    return _show(400, "", stale_form=True)


def _unsent() -> list[str]:
    """What somebody wrote at length in a form of this site, for them to copy: the browser may have
    it no more. From another site nothing is shown, so that none puts words on our page."""
    if request.headers.get("Sec-Fetch-Site") != "same-origin":
        return []
    return [text for key, text in request.form.items() if key.endswith(WRITTEN) and text.strip()]


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error  # a redirect that routing asked for
    response = make_response(_show(error.code, ""))
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def _database(error: Exception, *, settling: bool = False) -> ResponseReturnValue:
    """What may succeed later is to be tried again: systems do so by themselves if they are told to,
    people are told what became of what they sent. ``settling``: the view was done already."""
    if not _is_away(error):
        if current_app.testing:
            raise error
        return _unexpected(error)
    log.warning("database.away", **logs.fault(error))
    abandon()
    later = {"Retry-After": RETRY_AFTER}
    if request.path.startswith(machine.PATHS):
        return machine.problem(503, headers=later)
    g._login_user = AnonymousUserMixin()  # who it is cannot be looked up
    sent = request.method not in SAFE
    broken = isinstance(error, exc.DBAPIError) and error.connection_invalidated
    page = render_template(
        "errors/away.html",
        status=503,
        message="",
        stale_form=False,
        sent=sent,
        unsure=sent and settling and broken,
        unsent=_unsent() if sent else [],
    )
    return page, 503, later


def _is_away(error: Exception) -> bool:
    """Whether the same may succeed later, rather than being wrong."""
    if not isinstance(error, exc.DBAPIError):
        return True
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return code & 0xFF in AWAY_SQLITE
    return error.connection_invalidated or isinstance(error, exc.OperationalError)


def _late(error: InternalServerError) -> ResponseReturnValue:
    """What failed after the view was done, as a commit does, comes here wrapped."""
    if isinstance(error.original_exception, AWAY):
        return _database(error.original_exception, settling=True)
    if isinstance(error.original_exception, Exception):
        return _unexpected(error.original_exception)
    return _http(error)


def _unexpected(error: Exception) -> ResponseReturnValue:
    route = request.url_rule.rule if request.url_rule else "none"
    log.error("request.failed", route=route, **logs.fault(error))
    g._login_user = AnonymousUserMixin()  # looking up who it was may be what failed
    return _show(500, "")


def _show(
    status: int, message: str, *, stale_form: bool = False, later: int | None = None
) -> ResponseReturnValue:
    """Rolls back first: drawing an error page may itself query."""
    abandon()
    when = {"Retry-After": str(later)} if later else {}
    if request.path.startswith(machine.PATHS):
        when |= {"Retry-After": RETRY_LATER} if status == 503 else {}
        return machine.problem(status, message, headers=when)
    known = status if status in PAGES else (500 if status >= 500 else 400)
    page = render_template(
        "errors/page.html",
        status=known,
        message=message,
        stale_form=stale_form,
        unsent=_unsent() if stale_form else [],
    )
    return page, status, when
