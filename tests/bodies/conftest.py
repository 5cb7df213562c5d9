from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from citizen_portal.bodies.models import Scope
from tests import make
from tests.bodies import systems
from tests.bodies.systems import System
from tests.bodies.told import Told, told
from tests.fakes.receiver import Receiver, receiving

Connect = Callable[..., System]


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def connect(app: Flask) -> Connect:
    """Let a system of a new body call."""

    def add(*scopes: Scope, **given: Any) -> System:
        with app.extensions["sessions"].writing() as session:
            body = make.body()
            session.add(body)
            slug = body.slug
        return systems.connect(app, slug, *scopes, **given)

    return add


@pytest.fixture
def system(connect: Connect) -> System:
    return connect()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def body(app: Flask, receiver: Receiver) -> Told:
    return told(app, receiver.url)
