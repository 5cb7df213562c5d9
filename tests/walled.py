"""A portal behind the second wall, as it runs: its web server and its worker log in as roles of
their own, and a test, which makes things and looks at what was kept, as the owner."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask, current_app, has_request_context
from sqlalchemy import Engine, event, make_url
from sqlalchemy.orm import Session

from citizen_portal import sealing
from citizen_portal.app import create_app
from citizen_portal.db import Sessions, make_sessions
from citizen_portal.reach import Reach
from citizen_portal.settings import Settings
from citizen_portal.wall import KEY, Wall
from citizen_portal.wall.raising import WEB, WORKER, raise_wall, roles_of

ROLES = "portal"
OWNER = re.compile(
    r"(?:\w+\.)?citizen_id = %\(\w+\)s(?:::UUID)?|%\(\w+\)s(?:::UUID)? = \w+\.citizen_id"
)
"""Our own filter, as it stands in a statement."""


def as_role(url: str, role: str) -> str:
    return make_url(url).set(username=role).render_as_string(hide_password=False)


def wall_of(keys_folder: Path) -> Wall:
    """As a portal with these keys makes it."""
    return Wall(sealing.load(keys_folder)[1].derive(KEY), ROLES)


def build(sessions: Sessions, wall: Wall) -> None:
    """Raise the wall as its owner, and let its two roles log in."""
    with sessions.engine.begin() as connection:
        raise_wall(connection, wall)
        for role in roles_of(wall):
            connection.exec_driver_sql(f'ALTER ROLE "{role}" LOGIN')


def unfilter(engine: Engine) -> list[str]:
    """Let each statement forget whose rows it asks for; gives those that did, as they went."""
    without: list[str] = []

    @event.listens_for(engine, "before_cursor_execute", retval=True)
    def strip(_: object, __: object, said: str, given: Any, *___: object) -> tuple[str, Any]:
        stripped, count = OWNER.subn("TRUE", said)
        if count and not said.startswith("INSERT"):
            without.append(stripped)
            return stripped, given
        return said, given

    return without


def tell(owner: Engine, other: Engine) -> None:
    """Whoever listens for statements at the owner's engine hears those of the other too."""

    @event.listens_for(other, "before_cursor_execute")
    def begins(*said: Any) -> None:
        for listener in owner.dispatch.before_cursor_execute:
            listener(*said)

    @event.listens_for(other, "after_cursor_execute")
    def ends(*said: Any) -> None:
        for listener in owner.dispatch.after_cursor_execute:
            listener(*said)


@dataclass(frozen=True)
class Behind(Sessions):
    """Requests have the web server's sessions, jobs the worker's, the test itself the owner's."""

    web: Sessions | None = None
    worker: Sessions | None = None

    def _answering(self) -> bool:
        """Whether it is this portal that answers, and not a body of the test's."""
        return has_request_context() and current_app.extensions.get("sessions") is self

    def of(self, reach: Reach | None) -> Sessions:
        found = self.web if self._answering() else self.worker
        assert found is not None
        return found.of(reach)

    def read(self) -> Session:
        return self.of(None).read() if self._answering() else super().read()

    def write(self) -> Session:
        return self.of(None).write() if self._answering() else super().write()


@contextmanager
def portal(settings: Settings, *, filtered: bool = True) -> Iterator[Flask]:
    """On a database of the owner's URL, where the wall stands."""
    url = settings.database_url
    app = create_app(settings.model_copy(update={"database_url": as_role(url, f"{ROLES}_{WEB}")}))
    web, carry = app.extensions["sessions"], app.extensions["queue"].put
    if not filtered:
        unfilter(web.engine)
    worker = make_sessions(
        as_role(url, f"{ROLES}_{WORKER}"), carry=carry, wall=app.extensions["wall"]
    )
    owner = make_sessions(url, carry=carry)
    for each in (web, worker):
        tell(owner.engine, each.engine)
    app.extensions["sessions"] = Behind(
        owner.engine, owner.reader, owner.writer, web=web, worker=worker
    )
    yield app
    for each in (web, worker, owner):
        each.engine.dispose()


@contextmanager
def started(settings: Settings, wall: str) -> Iterator[Flask]:
    """A portal, or with a ``wall`` one behind it: ``filtered`` or, by the wall alone,
    ``unfiltered``."""
    if wall:
        walls = settings.model_copy(update={"database_roles": ROLES})
        with portal(walls, filtered=wall != "unfiltered") as app:
            yield app
        return
    app = create_app(settings)
    yield app
    app.extensions["sessions"].engine.dispose()


def of_web(app: Flask) -> Engine:
    """What answers requests at this portal: behind the wall another than the test's own."""
    sessions: Sessions = app.extensions["sessions"]
    return (getattr(sessions, "web", None) or sessions).engine
