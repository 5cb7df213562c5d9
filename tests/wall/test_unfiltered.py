"""With our own filters taken out of each statement, pages show nothing of another all the same."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from citizen_portal import clock, sealing
from citizen_portal.app import create_app
from citizen_portal.db import Sessions
from citizen_portal.identity import actions
from citizen_portal.identity.models import Citizen
from citizen_portal.settings import Settings
from citizen_portal.wall import KEY, Wall
from tests import walled
from tests.access.pushing import Pushing, row
from tests.conftest import settings_in
from tests.databases import Databases, opened

PAGES = ("/my", "/my/access", "/my/access?view=table", "/my/account", "/my/records", "/my/news")
FOREIGN, OWN = "CANARY-OF-ANOTHER", "MARK-OF-MINE"


@pytest.fixture(scope="module")
def settings(
    tmp_path_factory: pytest.TempPathFactory, keys_folder: Path, kept: Sessions
) -> Settings:
    url = kept.engine.url.render_as_string(hide_password=False)
    found = settings_in(tmp_path_factory.mktemp("wall"), keys_folder, url)
    return found.model_copy(update={"database_roles": walled.ROLES})


@pytest.fixture(scope="module")
def kept(postgresql_databases: Databases, keys_folder: Path) -> Iterator[Sessions]:
    with opened(postgresql_databases) as sessions:
        walled.build(sessions, Wall(sealing.load(keys_folder)[1].derive(KEY), walled.ROLES))
        yield sessions


@pytest.fixture(scope="module")
def behind(settings: Settings) -> Iterator[Flask]:
    with walled.portal(settings, filtered=False) as app:
        yield app


@pytest.fixture(scope="module")
def me(settings: Settings) -> Iterator[Citizen]:
    """One of two citizens of whom a body has sent accesses; made with filters in place."""
    with walled.portal(settings) as app:
        pushing = Pushing(app)
        (mine, known), (_, others) = pushing.person(), pushing.person()
        sent = [(known, OWN), (others, FOREIGN)]
        for whose, mark in sent:
            events = (
                row(whose["clinic"], uuid4().hex, receiver_name=mark, action=f"Looked {mark}")
                for _ in range(3)
            )
            assert pushing.send(*events).status_code == 200
        yield mine


def browser(app: Flask, citizen: Citizen) -> FlaskClient:
    with app.extensions["sessions"].writing() as session:
        proof = actions.Proof(assurance="", auth_time=clock.now())
        started = actions.start(session, citizen.id, proof=proof)
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = f"{citizen.id}:{started.sign_in.id}:{started.token}"
        cookie["_fresh"] = True
    return client


def test_pages_show_nothing_of_another_without_our_filters(behind: Flask, me: Citizen) -> None:
    client = browser(behind, me)
    said = {path: client.get(path, follow_redirects=True).text for path in PAGES}
    assert [path for path, text in said.items() if FOREIGN in text] == []
    assert OWN in said["/my/access"]


def test_without_the_wall_they_would(me: Citizen, settings: Settings) -> None:
    """So that it is the wall that holds: the same portal, as a role that nothing holds back."""
    app = create_app(settings.model_copy(update={"database_roles": ""}))
    without = walled.unfilter(app.extensions["sessions"].engine)
    client = browser(app, me)
    assert FOREIGN in client.get("/my/access").text
    assert without
    app.extensions["sessions"].engine.dispose()
