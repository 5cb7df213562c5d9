from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from citizen_portal.identity.models import Citizen
from tests.questions.asking import Asker, Desk


@pytest.fixture
def desk(app: Flask) -> Desk:
    return Desk(app)


@pytest.fixture
def come(desk: Desk, signed_in: Callable[[Citizen], FlaskClient]) -> Callable[..., Asker]:
    """A new citizen, linked to these bodies or to the clinic and the council."""

    def linked(*at: str) -> Asker:
        citizen, _ = desk.pushing.person(*(at or ("clinic", "council")))
        return Asker(desk, citizen.id, signed_in(citizen))

    return linked


@pytest.fixture
def me(come: Callable[..., Asker]) -> Asker:
    return come()
