from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from citizen_portal.identity.models import Citizen
from citizen_portal.settings import Settings
from tests import make
from tests.exports.world import World
from tests.fakes.body import hostile


@pytest.fixture(scope="session")
def bodies_at() -> Iterator[str]:
    with hostile() as address:
        yield address


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Copies are begun at once, and bodies that hang are let go soon."""
    return settings.model_copy(update={"export_hold": 0.0, "ask_seconds": 1.0})


@pytest.fixture
def world(app: Flask, signed_in: Callable[[Citizen], FlaskClient], bodies_at: str) -> World:
    app.config["WTF_CSRF_ENABLED"] = False
    citizen = make.citizen()
    return World(app, citizen, signed_in(citizen), bodies_at)
