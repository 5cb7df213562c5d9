"""A database on PostgreSQL behind the second wall, with a row of two citizens in each table."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from flask import Flask

from citizen_portal.db import Sessions, make_sessions
from citizen_portal.settings import Settings
from citizen_portal.wall import Wall
from citizen_portal.wall.raising import WEB, WORKER
from tests import walled
from tests.databases import Databases, opened
from tests.wall.rows import fill

KEY = bytes(range(32))


@dataclass(frozen=True)
class Town:
    """Sessions of the owner, of the web server and of the worker, and two citizens."""

    owner: Sessions
    web: Sessions
    worker: Sessions
    wall: Wall
    me: UUID
    other: UUID


@pytest.fixture(scope="module")
def town(postgresql_databases: Databases) -> Iterator[Town]:
    wall, me, other = Wall(KEY, walled.ROLES), uuid4(), uuid4()
    with opened(postgresql_databases) as owner:
        walled.build(owner, wall)
        with owner.engine.begin() as connection:
            fill(connection, [me, other])
        url = owner.engine.url.render_as_string(hide_password=False)
        web, worker = (
            make_sessions(walled.as_role(url, wall.role(login)), wall=wall, pool_size=1)
            for login in (WEB, WORKER)
        )
        yield Town(owner, web, worker, wall, me, other)
        web.engine.dispose()
        worker.engine.dispose()


@pytest.fixture
def app(postgresql_databases: Databases, settings: Settings) -> Iterator[Flask]:
    """A portal behind the wall, whatever the other tests run on."""
    with opened(postgresql_databases) as owner:
        walled.build(owner, walled.wall_of(settings.keys_folder))
        url = owner.engine.url.render_as_string(hide_password=False)
        changed = {"database_url": url, "database_roles": walled.ROLES}
        with walled.portal(settings.model_copy(update=changed)) as app:
            yield app
