from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from citizen_portal.identity.models import Citizen
from tests import make
from tests.dashboard.world import World


@pytest.fixture
def world(app: Flask, signed_in: Callable[[Citizen], FlaskClient]) -> World:
    citizen = make.citizen()
    return World(app, citizen, signed_in(citizen))
