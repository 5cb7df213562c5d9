from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from citizen_portal.identity.models import Citizen, Officer
from tests import make
from tests.opinions.asking import Asking


@pytest.fixture
def asking(app: Flask, officer_in: Callable[[Officer], FlaskClient]) -> Asking:
    return Asking(app, officer_in)


@pytest.fixture
def citizen(signed_in: Callable[[Citizen], FlaskClient]) -> FlaskClient:
    return signed_in(make.citizen())
