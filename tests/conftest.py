import gc
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NoReturn

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from citizen_portal import clock, db, sealing, signing
from citizen_portal.identity import actions as identity_actions
from citizen_portal.identity import guards
from citizen_portal.identity.actions import officers as officer_actions
from citizen_portal.identity.models import Citizen, Officer
from citizen_portal.identity.remote import keys as sign_in_keys
from citizen_portal.settings import Settings
from tests import own_rows, postgres, walled
from tests.browsers import browser as browser
from tests.clusters import rig as clusters
from tests.clusters import telling
from tests.clusters.telling import pytest_runtest_logreport as pytest_runtest_logreport
from tests.clusters.telling import pytest_runtest_makereport as pytest_runtest_makereport
from tests.clusters.telling import pytest_terminal_summary as pytest_terminal_summary
from tests.compiled import KeptTemplates, kept_rules, kept_statements
from tests.databases import Databases, PostgresqlDatabases, SqliteFiles
from tests.log_lines import pytest_configure as pytest_configure

SQLITE, POSTGRESQL, CLUSTERS = "sqlite", "postgresql", "clusters"
LONG = {"journeys", "demo", "isolation", "interop"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=[SQLITE, POSTGRESQL, CLUSTERS],
        default=SQLITE,
        help="where tests keep their data; but with sqlite, only tests that keep any are run",
    )
    parser.addoption(
        "--wall",
        choices=["", "filtered", "unfiltered"],
        default="",
        help="on PostgreSQL, run portals behind the second wall, also without their own filters",
    )


def pytest_sessionstart() -> None:
    """No example is timed: a busy machine is no fault."""
    import hypothesis  # by its plugin first, which wants to prepare it

    hypothesis.settings.register_profile("untimed", deadline=None)
    hypothesis.settings.load_profile("untimed")


def pytest_report_header(config: pytest.Config) -> str:
    main = config.getoption("database")
    return f"database: {main}; tests of both: {postgres.absent() or 'also on PostgreSQL'}"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What is marked ``both`` is shown to work on each database in every run."""
    marked = metafunc.definition.get_closest_marker("both") is not None
    kept = "database_kind" in metafunc.fixturenames
    if marked and kept and metafunc.config.getoption("database") == SQLITE:
        metafunc.parametrize("database_kind", [SQLITE, POSTGRESQL], scope="module")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What takes longest begins first, so that no process is left alone with it at the end.

    On PostgreSQL, one or two, tests without a database would say nothing new, nor those of SQLite
    itself; the demo's processes bring theirs.
    """
    items.sort(key=lambda item: item.path.parent.name not in LONG)
    if config.getoption("database") != SQLITE:
        idle = [item for item in items if not _on_postgresql(item)]
        config.hook.pytest_deselected(items=idle)
        items[:] = [item for item in items if item not in idle]
    if config.getoption("database") == CLUSTERS:
        telling.leave_out(items)


def _on_postgresql(item: pytest.Item) -> bool:
    keeps = "databases" in getattr(item, "fixturenames", ())
    return keeps and item.get_closest_marker("sqlite") is None


def pytest_collection_finish() -> None:
    """What was imported stays, so nothing need look through it for rubbish again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def database_kind(request: pytest.FixtureRequest) -> str:
    return str(request.config.getoption("database"))


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> Databases:
    return SqliteFiles(tmp_path_factory.mktemp("databases"))


@pytest.fixture(scope="session")
def postgresql_databases(request: pytest.FixtureRequest, keys_folder: Path) -> Iterator[Databases]:
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(postgres.started())
        except postgres.AbsentError as error:
            _absent(request, str(error), POSTGRESQL)
        databases = PostgresqlDatabases(folder)
        if request.config.getoption("wall"):
            databases.wall_in(walled.wall_of(keys_folder))
        yield databases


@pytest.fixture(scope="session")
def clusters_databases(request: pytest.FixtureRequest) -> Iterator[Databases]:
    with ExitStack() as stack:
        try:
            databases = stack.enter_context(clusters.started())
        except postgres.AbsentError as error:
            _absent(request, str(error), CLUSTERS)
        yield databases


def _absent(request: pytest.FixtureRequest, reason: str, wanted: str) -> NoReturn:
    if request.config.getoption("database") == wanted:
        pytest.exit(reason, returncode=1)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def databases(request: pytest.FixtureRequest, database_kind: str) -> Databases:
    """Lends as many databases as a test needs."""
    found: Databases = request.getfixturevalue(f"{database_kind}_databases")
    return found


@pytest.fixture
def database(databases: Databases) -> Iterator[str]:
    """The URL of a database with every table, for one test."""
    with databases.lend() as url:
        yield url


@pytest.fixture(autouse=True)
def _push_request_context() -> None:
    """Stand in for pytest-flask's own: it would share one ``g`` between a test's requests."""


@pytest.fixture(scope="session", autouse=True)
def _each_statement_says_whose(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("wall") != "unfiltered":
        own_rows.watch()


@pytest.fixture(scope="session", autouse=True)
def _addresses_compiled_once() -> Iterator[None]:
    """Each portal that a test makes has the same addresses."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "compile", kept_rules(Rule.compile))
        yield


@pytest.fixture(scope="session", autouse=True)
def _templates_compiled_once() -> Iterator[None]:
    """Keep what Jinja compiles of a template: each portal that a test makes has the same ones."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(Flask.jinja_options, "bytecode_cache", KeptTemplates())
        yield


@pytest.fixture(scope="session", autouse=True)
def _statements_compiled_once() -> Iterator[None]:
    """Each portal that a test makes asks its own file the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(db, "create_engine", kept_statements(create_engine))
        yield


@pytest.fixture(scope="session")
def keys_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    sealing.create(folder)
    signing.create(folder)
    sign_in_keys.create(folder)
    return folder


@pytest.fixture
def settings(
    tmp_path: Path, keys_folder: Path, database: str, request: pytest.FixtureRequest
) -> Settings:
    found = settings_in(tmp_path, keys_folder, database)
    return found.model_copy(update={"database_roles": walled.ROLES}) if _walls(request) else found


def settings_in(folder: Path, keys_folder: Path, database: str) -> Settings:
    return Settings(
        environment="development",
        secret_key="a secret for tests only, long enough",
        database_url=database,
        queue_file=folder / "queue.db",
        keys_folder=keys_folder,
        export_store=str(folder / "copies"),
        held_key=keys_folder / sealing.HELD_PRIVATE_FILE,
        private_addresses="127.0.0.1 localhost",
        testing=True,
    )


@pytest.fixture
def app(settings: Settings, request: pytest.FixtureRequest) -> Iterator[Flask]:
    with walled.started(settings, _walls(request)) as app:
        yield app


def _walls(request: pytest.FixtureRequest) -> str:
    main = request.config.getoption("database") == POSTGRESQL
    return str(request.config.getoption("wall")) if main else ""


@pytest.fixture(scope="module")
def shared_app(
    tmp_path_factory: pytest.TempPathFactory,
    keys_folder: Path,
    databases: Databases,
    request: pytest.FixtureRequest,
) -> Iterator[Flask]:
    """One portal for all tests of a module: for those that only read what one of them made."""
    with databases.lend() as database:
        settings = settings_in(tmp_path_factory.mktemp("shared"), keys_folder, database)
        with walled.started(settings, _walls(request)) as app:
            yield app


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
