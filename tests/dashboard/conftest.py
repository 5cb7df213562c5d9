from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from citizen_portal.identity.models import Citizen
from citizen_portal.settings import Settings
from tests import make
from tests.dashboard.world import World


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Pages that wait for a source that stays silent need not wait for long here."""
    return settings.model_copy(update={"first_wait_ms": 20})


@pytest.fixture
def world(app: Flask, signed_in: Callable[[Citizen], FlaskClient]) -> World:
    citizen = make.citizen()
    return World(app, citizen, signed_in(citizen))
