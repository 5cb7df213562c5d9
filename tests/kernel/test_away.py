"""What commands say of a database that cannot be had: a line, with what to do, and no secret."""

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner
from sqlalchemy import make_url
from sqlalchemy.exc import ProgrammingError

from citizen_portal import away, cli
from citizen_portal.cli import Operator, main
from citizen_portal.doctor.database import database
from citizen_portal.doctor.findings import Portal
from citizen_portal.doctor.work import queue
from citizen_portal.settings import Settings
from tests import postgres

CANARY = "canary-of-a-secret"
HBA = "local all keen scram-sha-256\nlocal all portal trust\nlocal all nobody trust\n"
URL = "postgresql+psycopg://"
AWAY = {
    "a wrong password": (f"{URL}keen:{CANARY}@/postgres", "password is not right"),
    "no password": (f"{URL}keen@/postgres", "password is not right"),
    "no such database": (f"{URL}portal@/{CANARY}", "no such database"),
    "no such role": (f"{URL}nobody@/postgres", "no such role"),
    "nobody may come as this": (f"{URL}stranger@/postgres", "pg_hba.conf"),
    "no server": (f"{URL}portal:{CANARY}@127.0.0.1:9/postgres", "does not answer"),
}
COMMANDS = (
    ["db", "upgrade"],
    ["db", "check"],
    ["worker"],
    ["officer", "list"],
    ["preferences", "status"],
    ["keys", "log"],
    ["keys", "rotate", "sealing"],
)
Run = Callable[[list[str]], tuple[int, str]]


@pytest.fixture(scope="module")
def server() -> Iterator[Path]:
    """A server that asks one role for a password."""
    try:
        with postgres.started() as folder:
            with psycopg.connect(f"host={folder} user=portal dbname=postgres") as connection:
                connection.execute("CREATE ROLE keen LOGIN PASSWORD 'right'")
                (folder / "data" / "pg_hba.conf").write_text(HBA)
                connection.execute("SELECT pg_reload_conf()")
            yield folder
    except postgres.AbsentError as error:
        pytest.skip(str(error))


@pytest.fixture
def at(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Run]]:
    """Commands with the database at an address."""
    operator = Operator()
    monkeypatch.setattr(cli, "Operator", lambda: operator)

    def there(url: str) -> Run:
        file = settings.queue_file if url.startswith("sqlite") else None
        changed = {"database_url": url, "queue_file": file}
        operator.__dict__["settings"] = settings.model_copy(update=changed)

        def run(words: list[str]) -> tuple[int, str]:
            ran = CliRunner().invoke(main, words)
            assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.exception
            return ran.exit_code, ran.output

        return run

    yield there
    if "app" in vars(operator):
        operator.sessions.engine.dispose()


def _on(server: Path, url: str) -> str:
    here = make_url(url)
    if not here.host:
        here = here.set(query={"host": str(server)})
    return here.render_as_string(hide_password=False)


@pytest.mark.parametrize("what", AWAY)
def test_each_command_says_in_a_line_why_there_is_no_database(
    what: str, at: Callable[[str], Run], server: Path
) -> None:
    url, words = AWAY[what]
    run = at(_on(server, url))
    for command in COMMANDS:
        code, said = run(command)
        (line,) = [one for one in said.splitlines() if not one.startswith('{"')]
        assert (code, line.startswith("Error: "), words in line) == (1, True, True), said
        assert CANARY not in said
        assert str(server) not in said
        assert "127.0.0.1" not in said


@pytest.mark.parametrize("what", AWAY)
def test_the_doctor_says_it_too_and_sends_nobody_to_mend_the_queue(
    what: str, settings: Settings, server: Path
) -> None:
    url, words = AWAY[what]
    changed = {"database_url": _on(server, url), "queue_file": None}
    portal = Portal(settings.model_copy(update=changed))
    (found,) = database(portal)
    assert words in f"{found.said} {found.do}"
    (waits,) = queue(portal)
    assert waits.do == "Mend the others first."
    assert CANARY not in f"{found} {waits}"


@pytest.mark.sqlite
def test_a_file_is_told_of_as_a_file(at: Callable[[str], Run], tmp_path: Path) -> None:
    code, said = at(f"sqlite:///{tmp_path}/{CANARY}/x.db")(["officer", "list"])
    assert (code, said.splitlines()[0][:54]) == (
        1,
        "Error: The database's file cannot be opened. Look at t",
    )
    assert CANARY not in said


@pytest.mark.sqlite
def test_a_database_without_tables_is_sent_to_be_upgraded(
    at: Callable[[str], Run], tmp_path: Path
) -> None:
    code, said = at(f"sqlite:///{tmp_path}/x.db")(["officer", "list"])
    assert (code, "Run as the owner of the database: citizen-portal db upgrade" in said) == (
        1,
        True,
    )


def test_tables_that_are_missing_on_a_server_are_told_apart_from_other_mistakes(
    server: Path,
) -> None:
    with psycopg.connect(f"host={server} user=portal dbname=postgres", autocommit=True) as one:
        for statement, found in (("SELECT * FROM gone", away.NO_SCHEMA), ("SELECT 1/0", None)):
            with pytest.raises(psycopg.Error) as raised:
                one.execute(statement)
            assert away.why(raised.value) == found
            wrapped = ProgrammingError(statement, None, raised.value)
            assert away.why(wrapped) == found
    assert away.why(ValueError("FATAL: ")) is None
