from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask

from citizen_portal.app import create_app
from citizen_portal.settings import Settings
from tests.agreements import files
from tests.bodies import systems
from tests.bodies.systems import System
from tests.fakes.serving import served


@dataclass
class Portal:
    """A portal over real HTTP, with a register and a system of the body "giver"."""

    url: str
    app: Flask
    system: System


@pytest.fixture
def portal(settings: Settings, tmp_path: Path) -> Iterator[Portal]:
    made: list[Flask] = []

    def make(url: str) -> Flask:
        app = create_app(Settings(**{**settings.model_dump(), "public_url": url}))
        made.append(app)
        return app

    with served(make) as url:
        files.bring_in(made[0], tmp_path)
        yield Portal(url, made[0], systems.connect(made[0], "giver"))
    made[0].extensions["sessions"].engine.dispose()
