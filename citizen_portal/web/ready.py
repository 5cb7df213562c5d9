"""Whether this web server should be sent requests, as a load balancer asks it.

Only what each request needs is looked at: never a body, nor an identity provider, whose failures
are theirs to show on the pages that need them.
"""

import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from flask import Flask
from sqlalchemy import make_url, text
from sqlalchemy.exc import SQLAlchemyError

from citizen_portal.connections import writable
from citizen_portal.places import folder
from citizen_portal.settings import Settings
from citizen_portal.web import parts
from citizen_portal.web.transactions import db


def init_app(app: Flask) -> None:
    app.extensions["leaving"] = threading.Event()


def leave(app: Flask) -> None:
    """From now on say that no more requests should come: open ones end, then the process does."""
    app.extensions["leaving"].set()


def states() -> dict[str, bool]:
    """Each thing that has to be ready, and whether it is."""
    return {name: check() for name, check in CHECKS.items()}


@cache
def newest_schema() -> str:
    return (folder("migrations") / "HEAD").read_text(encoding="utf-8").strip()


def _server() -> bool:
    return not parts.leaving().is_set()


def _database() -> bool:
    """One connection after the other: no request holds two."""
    try:
        takes = writable(parts.sessions().engine)
        db().execute(text("SELECT 1"))
    except Exception:  # whatever its driver raises: it does not answer
        return False
    return takes


def _schema() -> bool:
    """At least as new as this code: while servers are replaced one by one, the last of the old
    ones still serve."""
    try:
        at = db().scalar(text("SELECT version_num FROM alembic_version"))
    except SQLAlchemyError:
        return False
    return at is not None and at >= newest_schema()


def _queue() -> bool:
    try:
        parts.queue().waiting()
    except Exception:  # whatever the queue's storage raises: it does not answer
        return False
    return True


def _disk() -> bool:
    settings = parts.settings()
    least = settings.least_free_mb * 1_000_000
    return all(free(place) >= least for place in written(settings))


def written(settings: Settings) -> Iterator[Path]:
    """Where on this machine a request may leave something."""
    yield Path(tempfile.gettempdir())
    if settings.queue_file is not None:
        yield settings.queue_file.parent
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        yield Path(url.database).parent


def free(place: Path) -> int:
    """Bytes that are left to this process there, and none where no file can be added."""
    try:
        found = os.statvfs(place)
    except OSError:
        return 0
    return found.f_bavail * found.f_frsize if found.f_favail or not found.f_files else 0


CHECKS: dict[str, Callable[[], bool]] = {
    "server": _server,
    "database": _database,
    "schema": _schema,
    "queue": _queue,
    "disk": _disk,
}
