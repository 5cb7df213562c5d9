from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from citizen_portal.identity.models import Citizen
from citizen_portal.settings import Settings
from tests import make
from tests.dashboard.giving import Saying, serve
from tests.dashboard.giving import saying as body_saying
from tests.dashboard.world import World


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Pages that wait for a source that stays silent need not wait for long here."""
    return settings.model_copy(update={"first_wait_ms": 20})


@pytest.fixture
def world(app: Flask, signed_in: Callable[[Citizen], FlaskClient]) -> World:
    citizen = make.citizen()
    return World(app, citizen, signed_in(citizen))


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def asked() -> list[dict[str, str]]:
    """What a body was asked, call by call."""
    return []


@pytest.fixture
def saying(world: World, stack: ExitStack, asked: list[dict[str, str]]) -> Saying:
    def start(answer: Any, **held: Any) -> str:
        return serve(world, stack, body_saying(answer, asked), **held)

    return start
