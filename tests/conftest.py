from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from citizen_portal import clock, sealing, signing
from citizen_portal.app import create_app
from citizen_portal.db import Base
from citizen_portal.identity import actions as identity_actions
from citizen_portal.identity import guards
from citizen_portal.identity.actions import officers as officer_actions
from citizen_portal.identity.models import Citizen, Officer
from citizen_portal.identity.remote import keys as sign_in_keys
from citizen_portal.settings import Settings


@pytest.fixture(autouse=True)
def _push_request_context() -> None:
    """Stand in for pytest-flask's own: it would share one ``g`` between a test's requests."""


@pytest.fixture(scope="session")
def keys_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    sealing.create(folder)
    signing.create(folder)
    sign_in_keys.create(folder)
    return folder


@pytest.fixture
def settings(tmp_path: Path, keys_folder: Path) -> Settings:
    return settings_in(tmp_path, keys_folder)


def settings_in(folder: Path, keys_folder: Path) -> Settings:
    return Settings(
        environment="development",
        secret_key="a secret for tests only, long enough",
        database_url=f"sqlite:///{folder}/test.db",
        queue_file=folder / "queue.db",
        keys_folder=keys_folder,
        held_key=keys_folder / sealing.HELD_PRIVATE_FILE,
        private_addresses="127.0.0.1 localhost",
        testing=True,
    )


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    app = create_app(settings)
    engine = app.extensions["sessions"].engine
    Base.metadata.create_all(engine)
    yield app
    engine.dispose()


@pytest.fixture(scope="module")
def shared_app(tmp_path_factory: pytest.TempPathFactory, keys_folder: Path) -> Iterator[Flask]:
    """One portal for all tests of a module: for those that only read what one of them made."""
    folder = tmp_path_factory.mktemp("shared")
    app = create_app(settings_in(folder, keys_folder))
    engine = app.extensions["sessions"].engine
    Base.metadata.create_all(engine)
    yield app
    engine.dispose()


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session for making things and for looking at what was kept; commit what you make."""
    with app.extensions["sessions"].write() as session:
        yield session


@pytest.fixture
def signed_in(app: Flask) -> Callable[[Citizen], FlaskClient]:
    """A browser in which this citizen is signed in: a real row and a real cookie."""

    def browser(citizen: Citizen) -> FlaskClient:
        with app.extensions["sessions"].writing() as session:
            session.merge(citizen)
            session.flush()
            proof = identity_actions.Proof(assurance="", auth_time=clock.now())
            started = identity_actions.start(session, citizen.id, proof=proof)
        client = app.test_client()
        with client.session_transaction() as cookie:
            sign_in = started.sign_in
            cookie["_user_id"] = f"{citizen.id}:{sign_in.id}:{started.token}"
            cookie["_fresh"] = True
        return client

    return browser


@pytest.fixture
def officer_in(app: Flask) -> Callable[[Officer], FlaskClient]:
    """A browser in which this officer, whose body is there, is signed in."""

    def browser(officer: Officer) -> FlaskClient:
        with app.extensions["sessions"].writing() as session:
            kept = session.merge(officer)
            session.flush()
            proof = identity_actions.Proof(assurance="", auth_time=clock.now())
            begun = officer_actions.start(
                session, kept.id, organisation_id=kept.organisation_id, proof=proof
            )
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = guards.cookie_text(officer.id, begun.sign_in.id, begun.token)
            cookie["_fresh"] = True
        return client

    return browser
