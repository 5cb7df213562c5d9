"""GET, HEAD and OPTIONS ask in transactions that may only read; those that may not are listed."""

import inspect
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, event

from citizen_portal.bodies.models import Scope
from citizen_portal.connections import READ_ONLY
from citizen_portal.web.transactions import SAFE
from tests import make, walled
from tests.architecture.test_transactions import ASIDE, PACKAGE
from tests.bodies import systems
from tests.thorough import EVERY
from tests.web.walking import addresses, citizen_in, officer_in

WRITES = {
    "sign_in.finish": "a citizen comes back from the identity provider: a session begins",
    "desk_sign_in.finish": "the same for an officer",
    "copies.file": "a copy that was fetched is gone an hour later",
}
"""Views on a safe method whose own transaction writes."""
METHODS = SAFE if EVERY else {"GET"}
Begun = Counter[str]


def test_views_on_safe_methods_that_write_are_listed(app: Flask) -> None:
    found = {
        rule.endpoint
        for rule, _ in addresses(app, *SAFE)
        if getattr(app.view_functions[rule.endpoint], "writes", False)
    }
    assert found == set(WRITES)


@pytest.fixture
def begun(app: Flask) -> Begun:
    """How often each kind of transaction began: ``reads``, or where one that may write did."""
    found = Begun()

    @event.listens_for(walled.of_web(app), "begin")
    def note(connection: Connection) -> None:
        found["reads" if only_reads(connection) else place()] += 1

    return found


def only_reads(connection: Connection) -> bool:
    """As the driver was told: psycopg says it with BEGIN, in the same message."""
    if connection.dialect.name == "sqlite":
        return bool(connection.get_execution_options().get(READ_ONLY))
    driver: Any = connection.connection.driver_connection
    return driver.read_only is True


def place() -> str:
    """Which of the listed functions stands above us, or else all of ours."""
    above = list(frames(sys._getframe()))
    named = [name for name in above if name in ASIDE]
    return "/".join(named[0] if named else map(str, above))


def frames(at: FrameType | None) -> Iterator[tuple[str, str]]:
    while at is not None:
        file = Path(inspect.getfile(at))
        if file.is_relative_to(PACKAGE):
            yield str(file.relative_to(PACKAGE)), at.f_code.co_name
        at = at.f_back


def callers(app: Flask) -> Iterator[tuple[FlaskClient, dict[str, str]]]:
    with app.extensions["sessions"].writing() as session:
        session.add(make.body(slug="caller"))
    system = systems.connect(app, "caller", *Scope)
    if EVERY:
        yield app.test_client(), {}
    yield citizen_in(app), {}
    yield officer_in(app), {}
    yield app.test_client(), system.headers(app)


def test_safe_methods_read_but_for_what_is_listed(app: Flask, begun: Begun) -> None:
    for client, headers in callers(app):
        for rule, url in addresses(app, *METHODS):
            if rule.endpoint not in WRITES:
                begun_before = begun.copy()
                for method in METHODS & (rule.methods or set()):
                    client.open(url, method=method, headers=headers)
                wrong = begun - begun_before
                del wrong["reads"]
                assert not set(wrong) - {"/".join(name) for name in ASIDE}, (rule.rule, wrong)
    assert begun["reads"] > 100
