"""/readyz tells load balancers the truth, and asks nobody outside for it."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import make_url, text

from citizen_portal.app import create_app
from citizen_portal.settings import Settings
from citizen_portal.web import ready
from tests import walled
from tests.databases import Databases

GOOD = {
    "server": "ready",
    "database": "ready",
    "schema": "ready",
    "queue": "ready",
    "disk": "ready",
}


def said(app: Flask) -> tuple[int, object]:
    response = app.test_client().get("/readyz")
    return response.status_code, response.json


def but(*names: str) -> tuple[int, object]:
    return 503, GOOD | dict.fromkeys(names, "not ready")


@pytest.mark.both
def test_it_names_what_is_ready(app: Flask) -> None:
    assert said(app) == (200, GOOD)


def test_it_says_503_when_the_queue_does_not_answer(app: Flask) -> None:
    queue_file = app.extensions["settings"].queue_file
    queue_file.unlink()
    queue_file.mkdir()
    app.extensions["queue"].huey.storage.close()
    assert said(app) == but("queue")


@pytest.mark.both
@pytest.mark.parametrize(("at", "expected"), [("0001", but("schema")), ("9999", (200, GOOD))])
def test_a_schema_that_is_older_than_the_code_is_not_ready(
    app: Flask, at: str, expected: tuple[int, object]
) -> None:
    """A newer one is: the old servers of an upgrade serve until the last of them is replaced."""
    with app.extensions["sessions"].engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :at"), {"at": at})
    assert said(app) == expected


@pytest.mark.both
def test_a_database_without_a_schema_is_not_ready(app: Flask) -> None:
    with app.extensions["sessions"].engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    assert said(app) == but("schema")


def test_a_server_of_postgresql_that_only_reads_is_not_ready(
    postgresql_databases: Databases, settings: Settings
) -> None:
    """As a standby is, or one whose owner closed it for writing."""
    with postgresql_databases.lend() as url:
        only = make_url(url).update_query_dict({"options": "-c default_transaction_read_only=on"})
        given = {"database_url": only.render_as_string(hide_password=False)}
        with walled.started(settings.model_copy(update=given), "") as app:
            assert said(app) == but("database")


@pytest.mark.both
def test_whoever_writes_for_long_makes_nobody_unready(app: Flask) -> None:
    with app.extensions["sessions"].writing() as writing:
        writing.execute(text("UPDATE alembic_version SET version_num = version_num"))
        assert said(app) == (200, GOOD)
    assert said(app) == (200, GOOD)


def test_a_disk_without_room_is_not_ready(settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"least_free_mb": 10**12}))
    assert said(app) == but("disk")


def test_a_file_that_is_no_database_is_not_ready(
    sqlite_databases: Databases, settings: Settings
) -> None:
    with sqlite_databases.lend() as url:
        file = Path(str(make_url(url).database))
        with walled.started(settings.model_copy(update={"database_url": url}), "") as app:
            assert said(app) == (200, GOOD)
            app.extensions["sessions"].engine.dispose()
            file.write_bytes(b"not a database" * 1000)
            assert said(app) == but("database", "schema")


def test_whoever_is_told_to_leave_is_not_ready_and_serves_all_the_same(app: Flask) -> None:
    ready.leave(app)
    assert said(app) == but("server")
    assert app.test_client().get("/cookies").status_code == 200


@pytest.mark.both
def test_it_asks_neither_a_body_nor_an_identity_provider(app: Flask) -> None:
    """All that it opens lies on this machine: no name is looked up, no address is called."""
    assert app.extensions["fetcher"] is not None
    settings = app.extensions["settings"]
    unreachable = settings.model_copy(update={"oidc_issuer": "https://nowhere.invalid"})
    assert said(create_app(unreachable)) == (200, GOOD)
