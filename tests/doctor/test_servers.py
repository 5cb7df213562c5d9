"""What ``citizen-portal doctor`` sees of a PostgreSQL server and of the second wall on it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from citizen_portal.db import Sessions
from citizen_portal.doctor import database
from citizen_portal.doctor.findings import Check, Level, Portal
from citizen_portal.doctor.rounds import CHECKS, examine
from citizen_portal.settings import Settings
from citizen_portal.wall import patience
from citizen_portal.wall.raising import WORKER
from tests import walled
from tests.conftest import settings_in
from tests.databases import Databases, opened

Said = list[tuple[Level, str]]
Raised = tuple[Settings, Sessions]


@pytest.fixture(scope="module")
def raised(
    postgresql_databases: Databases, keys_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Raised]:
    """A portal as its worker knows it, and sessions of the owner."""
    wall = walled.wall_of(keys_folder)
    with opened(postgresql_databases) as owner:
        walled.build(owner, wall)
        url = owner.engine.url.render_as_string(hide_password=False)
        settings = settings_in(
            tmp_path_factory.mktemp("doctor"), keys_folder, walled.as_role(url, f"portal_{WORKER}")
        ).model_copy(update={"database_roles": walled.ROLES, "queue_file": None})
        with owner.engine.begin() as connection:
            patience.tell(connection, wall, settings)
        yield settings, owner
        with owner.engine.begin() as connection:
            for login in patience.TIMES:
                connection.exec_driver_sql(f'ALTER ROLE "{wall.role(login)}" RESET ALL')


def told(check: Check, settings: Settings, **changed: object) -> Said:
    portal = Portal(settings.model_copy(update=changed))
    try:
        return [(one.level, f"{one.said} {one.do}") for one in check(portal)]
    finally:
        portal.engine.dispose()


@contextmanager
def said(owner: Sessions, harm: str, mend: str) -> Iterator[None]:
    for what in (harm, mend):
        with owner.engine.begin() as connection:
            connection.exec_driver_sql(what)
        if what is harm:
            yield


def test_a_server_that_loses_data_is_told_of(
    raised: Raised,
) -> None:
    """The server of the tests is of that kind, to be quick."""
    lost, *others = told(database.database, raised[0])
    assert lost[0] is Level.FAIL
    assert "fsync and full_page_writes and synchronous_commit off" in lost[1]
    assert [level for level, _ in others] == [Level.OK]


def test_more_connections_than_it_lets_in_are_told_of(
    raised: Raised,
) -> None:
    found = told(database.database, raised[0], database_connections=90)
    assert (Level.WARN, True) in [(level, "max_connections" in text) for level, text in found]


def test_the_wall_stands_and_each_gap_is_told_of(
    raised: Raised,
) -> None:
    settings, owner = raised
    assert [level for level, _ in told(database.wall, settings)] == [Level.OK]
    force = "ALTER TABLE visit {}FORCE ROW LEVEL SECURITY"
    with said(owner, force.format("NO "), force.format("")):
        ((level, text),) = told(database.wall, settings)
        assert (level, "visit" in text, "db upgrade" in text) == (Level.FAIL, True, True)


def test_bounds_that_are_not_told_to_a_role_and_an_owner_who_serves_are_told_of(
    raised: Raised,
) -> None:
    settings, owner = raised
    (first, _) = told(database.wall, settings, database_lock_seconds=11)
    assert first[0] is Level.WARN
    assert "lock_timeout is 200000 ms, and should be 220000 ms." in first[1]
    url = owner.engine.url.render_as_string(hide_password=False)
    (first, _) = told(database.wall, settings, database_url=url)
    assert (first[0], "neither of portal_web and portal_worker" in first[1]) == (Level.WARN, True)
    (only,) = told(database.wall, settings, database_roles="")
    assert only[0] is Level.WARN


def test_the_others_are_looked_at_where_no_server_answers(raised: Raised, tmp_path: Path) -> None:
    away = f"postgresql+psycopg://portal:canary-of-a-secret@/postgres?host={tmp_path}"
    found = list(examine(raised[0].model_copy(update={"database_url": away})))
    assert {name for name, _ in found} == {"settings", *CHECKS}
    failed = {name for name, one in found if one.level is Level.FAIL}
    assert failed >= {"database", "second wall", "queue", "sources"}
    assert "canary-of-a-secret" not in str(found)
