from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from citizen_portal.identity.models import Citizen
from tests.preferences.town import Town
from tests.preferences.visiting import Visit


@pytest.fixture
def town(app: Flask) -> Town:
    return Town(app)


@pytest.fixture
def visit(town: Town, signed_in: Callable[[Citizen], FlaskClient]) -> Callable[..., Visit]:
    def come(*at: str) -> Visit:
        citizen = Citizen()
        citizen.id = town.person(*at)
        return Visit(town, citizen.id, signed_in(citizen))

    return come


@pytest.fixture
def here(visit: Callable[..., Visit]) -> Visit:
    return visit("clinic", "council", "university")
