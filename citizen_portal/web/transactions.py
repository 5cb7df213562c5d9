"""One request, one transaction, one place that commits.

Safe methods read; the rest write. A GET that has to write (the sign-in callback) says so
with ``@writes``. A response of 400 or more rolls back, so a refused form leaves no trace.
``aside()`` is for the few things that are kept whatever becomes of the request.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar, cast

from flask import Flask, Response, current_app, g, request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from citizen_portal.db import Sessions, on_behalf
from citizen_portal.reach import Reach
from citizen_portal.web import parts

F = TypeVar("F", bound=Callable[..., object])
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def init_app(app: Flask, sessions: Sessions) -> None:
    app.extensions["sessions"] = sessions
    app.after_request(_settle)
    app.teardown_appcontext(_close)


def writes(view: F) -> F:
    """Mark a view on a safe method that has a reason to write."""
    view.writes = True  # type: ignore[attr-defined]
    return view


def db() -> Session:
    """The session of this request, opened when first asked for."""
    if "session" not in g:
        sessions = parts.sessions()
        g.session = sessions.write() if _may_write() else sessions.read()
        _end("reading")  # no request holds two connections
    return cast(Session, g.session)


def on_behalf_of(reach: Reach | None) -> None:
    """From here on this request asks on behalf of somebody who is known, or of nobody."""
    g.reach = reach
    for name in ("reading", "session"):
        if name in g:
            on_behalf(g.get(name), reach)


def reading_db() -> Session:
    """What is read before the request writes, if it does: on SQLite there is one lock to write.

    The session of a request that only reads; of others one that ends where the writing begins.
    """
    if not _may_write() or "session" in g:
        return db()
    if "reading" not in g:
        g.reading = parts.sessions().read()
    return cast(Session, g.reading)


def look_anew() -> None:
    """Let go of what was read: what is asked from here on sees what was kept meanwhile, and whoever
    waits for that holds no connection. What is being written stays as it is."""
    _end("reading")
    if "session" in g and not _may_write():
        _undo(g.session)


def _end(name: str) -> None:
    session = cast("Session | None", g.pop(name, None))
    if session is not None:
        _undo(session)
        session.close()


def _undo(session: Session) -> None:
    """Roll back. Where the connection is gone, so is what was not committed."""
    try:
        session.rollback()
    except DBAPIError:
        session.invalidate()


@contextmanager
def aside() -> Iterator[Session]:
    """A short transaction of its own, kept whatever becomes of the request.

    Only for the uses that ``tests/architecture/test_transactions.py`` lists: when a session was
    last seen, and tries that count whatever comes of them. On SQLite it must not be opened while
    the request's own writing transaction is open: the two would wait for each other.
    """
    with parts.sessions().writing() as session:
        yield session


def abandon() -> None:
    """Forget every change of this request: before showing an error page, which may itself query."""
    if "session" in g:
        _undo(g.session)


def _may_write() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return request.method not in SAFE or getattr(view, "writes", False)


def _settle(response: Response) -> Response:
    session = cast("Session | None", g.get("session"))
    if session is None:
        return response
    if response.status_code >= 400:
        _undo(session)
    elif _may_write():
        session.commit()
    else:
        session.flush()  # raises if anything was changed
        session.rollback()
    return response


def _close(_: BaseException | None) -> None:
    _end("reading")
    _end("session")
