"""The filled world once more, with a database of its own: what is done there stays there."""

import copy
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from citizen_portal.app import create_app
from citizen_portal.settings import Settings
from tests.databases import Databases
from tests.isolation.world import World


def spare(world: World, database: str) -> World:
    """The same world in another process, or once more: on a copy of its database."""
    return moved(world, create_app(copied(world, database)))


def copied(world: World, database: str) -> Settings:
    """The settings of a portal on a copy of the database, with copies of the files."""
    settings: Settings = world.app.extensions["settings"]
    folder = world.folder.with_name(f"{world.folder.name}-{secrets.token_hex(4)}")
    copies = shutil.copytree(settings.export_store, folder / "copies")
    places = {"queue_file": folder / "queue.db", "export_store": str(copies)}
    return settings.model_copy(update={"database_url": database, **places})


def moved(world: World, app: Flask) -> World:
    """The same world at another portal that has all that is kept of it."""
    app.config["WTF_CSRF_ENABLED"] = False
    made = copy.copy(world)
    made.town = copy.copy(world.town)
    made.app = made.town.app = app
    made.one, made.other = copy.copy(world.one), copy.copy(world.other)
    made.connected, made.headers = dict(world.connected), dict(world.headers)
    for someone in made.people:
        someone.browser = made.enter(someone)
    return made


@contextmanager
def apart(world: World, databases: Databases) -> Iterator[World]:
    """The world once more, on a copy of its database: what is done there is done there alone."""
    world.app.extensions["sessions"].engine.dispose()
    with databases.copy(world.database) as url:
        place = spare(world, url)
        try:
            yield place
        finally:
            place.app.extensions["sessions"].engine.dispose()
