"""In production no database is used that may lose what it said was kept; and how a process meets
its database."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from time import monotonic
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner
from pydantic import SecretStr, ValidationError
from sqlalchemy import QueuePool, create_engine, text
from sqlalchemy.exc import OperationalError, TimeoutError

from citizen_portal import connections
from citizen_portal.app import create_app
from citizen_portal.cli import main
from citizen_portal.connections import LosesData
from citizen_portal.demo.processes import Processes
from citizen_portal.demo.run import COMMAND
from citizen_portal.settings import Settings
from tests import postgres
from tests.access.running import environment
from tests.kernel.test_settings import GOOD

LOSE = ("fsync", "full_page_writes", "synchronous_commit")
Say = Callable[[str], None]


@pytest.fixture(scope="module")
def server() -> Iterator[Path]:
    """One that loses nothing, as it is installed."""
    try:
        with postgres.started(speed="") as folder:
            yield folder
    except postgres.AbsentError as error:
        pytest.skip(str(error))


def url_of(server: Path) -> str:
    return f"postgresql+psycopg://portal@/postgres?host={server}"


@pytest.fixture
def say(server: Path) -> Iterator[Say]:
    """Say something to the server; afterwards it is as it was."""
    with closing(
        psycopg.connect(host=str(server), user="portal", dbname="postgres", autocommit=True)
    ) as above:

        def told(what: str) -> None:
            above.execute(what)
            above.execute("SELECT pg_reload_conf()")

        yield told
        told("ALTER SYSTEM RESET ALL")
        told("ALTER ROLE portal RESET ALL")


@pytest.fixture
def production(server: Path, keys_folder: Path, tmp_path: Path) -> Settings:
    given = GOOD | {
        "database_url": url_of(server),
        "database_roles": "portal",
        "queue_file": None,
        "keys_folder": keys_folder,
        "export_store": str(tmp_path / "copies"),
        "secret_key": SecretStr("x7" * 20),
    }
    return Settings(**given)


def until(true: Callable[[], bool]) -> None:
    end = monotonic() + 20
    while not true():
        assert monotonic() < end


@pytest.mark.parametrize("name", LOSE)
def test_what_loses_data_is_not_used(server: Path, say: Say, name: str) -> None:
    engine = create_engine(url_of(server))
    connections.refuse_to_lose(engine)
    with engine.connect() as kept:
        assert kept.scalar(text(f"SHOW {name}")) == "on"
        say(f"ALTER SYSTEM SET {name} = off")
        until(lambda: kept.scalar(text(f"SHOW {name}")) == "off")
        with pytest.raises(LosesData) as refused, engine.connect():
            pass
    assert refused.value.names == [name]
    engine.dispose()


def test_the_server_and_the_worker_refuse_to_start(
    production: Settings, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    say("ALTER ROLE portal SET synchronous_commit = off")
    env = {"PATH": "/usr/bin:/bin", **environment(production)}
    command = [sys.executable, *COMMAND, "serve", "--bind", "127.0.0.1:0"]
    serve = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    worker = CliRunner().invoke(main, ["worker"])
    for code, said in ((serve.returncode, serve.stderr), (worker.exit_code, worker.output)):
        assert code == 1
        assert said.endswith("may lose what was kept: synchronous_commit must not be off.\n")


def test_development_takes_what_there_is(production: Settings, say: Say) -> None:
    say("ALTER ROLE portal SET synchronous_commit = off")
    for kind, refused in (("development", False), ("production", True)):
        app = create_app(production.model_copy(update={"environment": kind}))
        engine = app.extensions["sessions"].engine
        if refused:
            with pytest.raises(LosesData):
                connections.greet(engine)
        else:
            assert connections.greet(engine) is None


def test_a_database_that_is_away_may_come_later(production: Settings, tmp_path: Path) -> None:
    away = f"postgresql+psycopg://portal@/postgres?host={tmp_path}"
    app = create_app(production.model_copy(update={"database_url": away}))
    engine = app.extensions["sessions"].engine
    assert isinstance(connections.greet(engine), OperationalError)
    with pytest.raises(OperationalError), engine.connect():
        pass


def test_a_process_holds_so_many_connections_and_no_more(
    production: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "WAIT", 0.05)
    settings = production.model_copy(update={"database_connections": 4})
    engine = create_engine(settings.database_url, **connections.options(settings))
    assert isinstance(engine.pool, QueuePool)
    held = [engine.connect() for _ in range(4)]
    with pytest.raises(TimeoutError):
        engine.connect()
    for one in held:
        one.close()
    engine.dispose()


@pytest.mark.parametrize("pooler", [True, False])
def test_nothing_is_prepared_where_a_pooler_stands_between(
    production: Settings, pooler: bool
) -> None:
    settings = production.model_copy(update={"database_pooler": pooler})
    engine = create_engine(settings.database_url, **connections.options(settings))
    with engine.connect() as connection:
        for _ in range(8):
            connection.execute(text("SELECT 1"))
        prepared = connection.scalar(text("SELECT count(*) FROM pg_prepared_statements"))
    assert (prepared == 0) is pooler
    engine.dispose()


@pytest.mark.parametrize(
    "wrong",
    [
        {"database_connections": 3},
        {"database_connections": 201},
        {"database_statement_seconds": 0},
        {"database_lock_seconds": 86_401},
    ],
)
def test_bounds_of_the_database_are_bounded(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        Settings(**GOOD | wrong)


def test_a_file_needs_none_of_it() -> None:
    assert connections.options(Settings(**GOOD)) == {}


def test_the_server_says_that_it_listens_and_that_its_database_is_away(
    production: Settings, tmp_path: Path
) -> None:
    away = f"postgresql+psycopg://portal@/postgres?host={tmp_path}"
    env = environment(production.model_copy(update={"database_url": away}))
    processes, socket = Processes(tmp_path), str(tmp_path / "s")
    bind = [*COMMAND, "serve", "--workers", "1", "--bind", f"unix:{socket}"]
    processes.start("portal", bind, {"PATH": "/usr/bin:/bin", **env})
    (child,) = processes.children
    try:
        until(lambda: "server.ready" in child.log.read_text())
    finally:
        processes.end()
    first, second = [json.loads(line) for line in child.log.read_text().splitlines()]
    assert (first["event"], first["fault"]) == ("database.away", "OperationalError")
    assert (second["event"], second["where"], second["count"]) == ("server.ready", socket, 1)
