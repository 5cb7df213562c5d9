"""``citizen-portal db upgrade``: two at once, by a role that may not, by an older version."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from citizen_portal import cli
from citizen_portal.cli import Operator, main
from citizen_portal.connections import one_at_a_time
from citizen_portal.db import Sessions
from citizen_portal.settings import Settings
from tests import walled as behind
from tests.databases import Databases, opened

OWNER, STRANGER = "ours_owner", "ours_stranger"


@pytest.fixture(scope="module")
def kept(postgresql_databases: Databases) -> Iterator[Sessions]:
    """An empty database, as a superuser sees it."""
    with opened(postgresql_databases, empty=True) as above:
        with above.engine.begin() as connection:
            connection.execute(text(f"CREATE ROLE {OWNER} LOGIN CREATEROLE"))
            connection.execute(text(f"CREATE ROLE {STRANGER} LOGIN"))
            connection.execute(text(f"ALTER SCHEMA public OWNER TO {OWNER}"))
            name = connection.engine.url.database
            connection.execute(text(f'GRANT CREATE ON DATABASE "{name}" TO {OWNER}'))
        yield above


@pytest.fixture
def upgrade(
    kept: Sessions, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], Result]]:
    """The command, run by a role."""
    with ExitStack() as stack:

        def run(role: str) -> Result:
            url = behind.as_role(kept.engine.url.render_as_string(False), role)
            changed = {"database_url": url, "database_roles": "ours", "queue_file": None}
            operator = Operator()
            operator.__dict__["settings"] = settings.model_copy(update=changed)
            monkeypatch.setattr(cli, "Operator", lambda: operator)
            stack.callback(operator.sessions.engine.dispose)
            return CliRunner().invoke(main, ["db", "upgrade"])

        yield run


def test_who_upgrades_waits_for_whoever_does(
    kept: Sessions, upgrade: Callable[[str], Result]
) -> None:
    waits = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    with ThreadPoolExecutor(1) as pool:
        with one_at_a_time(kept.engine), kept.engine.connect() as connection:
            second = pool.submit(upgrade, OWNER)
            while not connection.scalar(waits):
                assert not second.done(), second.result().output
        assert second.result(timeout=60).exit_code == 0


def test_who_may_not_upgrade_is_told_who_may(
    kept: Sessions, upgrade: Callable[[str], Result]
) -> None:
    said = upgrade(STRANGER)
    assert said.exit_code == 1
    assert said.output.startswith("Error: The database refuses this")
    assert "as the owner" in said.output


def test_an_older_version_leaves_a_newer_schema_alone(
    kept: Sessions, upgrade: Callable[[str], Result]
) -> None:
    at = text("SELECT version_num FROM alembic_version")
    set_to = text("UPDATE alembic_version SET version_num = :at")
    with kept.engine.begin() as connection:
        before = connection.scalar(at)
        connection.execute(set_to, {"at": "9999"})
    try:
        said = upgrade(OWNER)
        assert (said.exit_code, "Run that one" in said.output) == (1, True), said.output
        checked = CliRunner().invoke(main, ["db", "check"])
        assert (checked.exit_code, "Run that one" in checked.output) == (1, True), checked.output
    finally:
        with kept.engine.begin() as connection:
            connection.execute(set_to, {"at": before})
