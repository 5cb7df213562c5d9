"""What systems are told while the database is locked or gone: to send the same again later."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection

from citizen_portal.access.models import Received, Refusal
from citizen_portal.app import create_app
from citizen_portal.settings import Settings
from tests import walled
from tests.access import spanning
from tests.access.pushing import PATH, Pushing, row

PROBLEM = "application/problem+json"


@pytest.fixture
def pushing(app: Flask) -> Pushing:
    return Pushing(app)


@contextmanager
def locked(app: Flask) -> Iterator[None]:
    """Another writes all the while; the portal waits less for it than it usually would."""
    sessions, engine = app.extensions["sessions"], walled.of_web(app)
    patience, taking = LOCKING[engine.dialect.name]

    def impatient(made: DBAPIConnection, _: object) -> None:
        made.cursor().execute(patience)
        made.commit()

    with sessions.writing() as other:
        other.execute(text(taking))
        event.listen(engine, "connect", impatient)
        engine.dispose()  # all connections but the one that writes are made anew
        yield


@contextmanager
def pages_used_up(engine: Engine) -> Iterator[None]:
    """SQLite may not make its file longer."""

    def full(connection: Connection) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    event.listen(engine, "begin", full)
    yield
    event.remove(engine, "begin", full)
    engine.dispose()


@contextmanager
def server_without_room(engine: Engine) -> Iterator[None]:
    """PostgreSQL says at each new row what it says when its disk is full."""
    with engine.begin() as connection:
        connection.execute(text(SAYS_FULL))
        connection.execute(text(AT_EACH_ROW))
    yield
    with engine.begin() as connection:
        connection.execute(text("DROP FUNCTION full_disk CASCADE"))


SAYS_FULL = """
CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION USING ERRCODE = 'disk_full', MESSAGE = 'No space left on device'; END $$
"""
AT_EACH_ROW = """
CREATE TRIGGER full_disk BEFORE INSERT ON pushed_event FOR EACH ROW EXECUTE FUNCTION full_disk()
"""
FULL = {"sqlite": pages_used_up, "postgresql": server_without_room}
LOCKING = {
    "sqlite": ("PRAGMA busy_timeout=50", "SELECT 1"),  # who writes holds the whole file
    "postgresql": ("SET lock_timeout = 50", "LOCK TABLE received, access_refusal"),
}
"""How long the portal waits, and how another process keeps it waiting."""


def batches(subject: str) -> list[tuple[str, str, bytes]]:
    """A good batch for each route and encoding, and one in which nothing can be taken."""
    good, bad = row(subject), row(subject, occurred="?")
    spans = spanning.batch(spanning.span(subject))
    return [
        (PATH, "application/json", json.dumps({"events": [good]}).encode()),
        (PATH, "application/x-ndjson", json.dumps(bad).encode()),
        *(
            (spanning.PATH, kind, spanning.written(spans, kind))
            for kind in (spanning.JSON, spanning.PROTOBUF)
        ),
    ]


def told_to_wait(answer: Any) -> None:
    assert answer.status_code == 503, answer.text
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.content_type == PROBLEM
    assert answer.json["status"] == 503


def test_while_another_writes_nothing_is_lost(pushing: Pushing) -> None:
    me, mine = pushing.person()
    sent = batches(mine["clinic"])
    with locked(pushing.app):
        for path, kind, raw in sent:
            told_to_wait(pushing.post(raw, kind, path=path))
    assert (pushing.count(Received), pushing.count(Refusal)) == (0, 0)

    assert [pushing.post(raw, kind, path=path).status_code for path, kind, raw in sent] == [
        200,
        422,
        200,
        200,
    ]
    assert len(pushing.kept(me)) == 2


def test_a_disk_that_is_full_is_one_to_wait_for(pushing: Pushing) -> None:
    me, mine = pushing.person()
    engine = pushing.app.extensions["sessions"].engine
    many = [row(mine["clinic"], f"r{n}", action="x" * 400) for n in range(500)]
    with FULL[engine.dialect.name](engine):
        told_to_wait(pushing.send(*many))

    assert pushing.send(*many).status_code == 200
    assert len(pushing.kept(me)) == 500


def test_a_connection_that_breaks_at_the_commit_is_tried_again(pushing: Pushing) -> None:
    me, mine = pushing.person()
    engine = walled.of_web(pushing.app)
    pushing.app.testing = False

    def broken(connection: Connection) -> None:
        connection.connection.driver_connection.close()  # type: ignore[union-attr]

    event.listen(engine, "commit", broken)
    told_to_wait(pushing.send(row(mine["clinic"])))
    event.remove(engine, "commit", broken)

    assert pushing.send(row(mine["clinic"])).status_code == 200
    assert len(pushing.kept(me)) == 1


@pytest.mark.parametrize(
    "url", ["postgresql+psycopg://portal@127.0.0.1:9/none", "sqlite:////nowhere/at.db"]
)
def test_when_the_database_is_gone_too(pushing: Pushing, settings: Settings, url: str) -> None:
    _, mine = pushing.person()
    pushing.app = create_app(settings.model_copy(update={"database_url": url}))
    for path, kind, raw in batches(mine["clinic"]):
        told_to_wait(pushing.post(raw, kind, path=path))


def test_a_statement_that_is_wrong_stays_a_fault_of_ours(pushing: Pushing) -> None:
    _, mine = pushing.person()
    with pushing.app.extensions["sessions"].writing() as session:
        session.execute(text("DROP TABLE pushed_event"))
    pushing.app.testing = False
    answer = pushing.send(row(mine["clinic"]))
    assert answer.status_code == 500
    assert "Retry-After" not in answer.headers
