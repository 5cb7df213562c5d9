"""Connections that wait in the pool, a server that ends them meanwhile, and databases that take no
writes."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from citizen_portal import connections, db
from tests import postgres


def pid(sessions: db.Sessions) -> int:
    with sessions.reading() as session:
        return int(session.execute(text("SELECT pg_backend_pid()")).scalar_one())


def test_what_rested_is_asked_whether_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its rest it is not: then one request fails, and the next has another connection."""
    with postgres.address() as url:
        if not url:
            pytest.skip(str(postgres.absent()))
        ours, server = db.make_sessions(url), db.make_sessions(url)

        def end(one: int) -> None:
            with server.engine.connect() as connection:
                connection.execute(text(f"SELECT pg_terminate_backend({one}, 5000)"))

        first = pid(ours)
        assert pid(ours) == first, "it is used again"
        end(first)
        with pytest.raises(OperationalError):
            pid(ours)
        second = pid(ours)
        monkeypatch.setattr(connections, "RESTED", 0)
        end(second)
        assert pid(ours) not in {first, second}
        for each in (ours, server):
            each.engine.dispose()


def test_a_file_that_may_only_be_read_takes_no_writes(tmp_path: Path) -> None:
    file = tmp_path / "one.db"
    with db.make_sessions(f"sqlite:///{file}").writing() as session:
        session.execute(text("CREATE TABLE t (a)"))
    for mode, writes in (("ro", False), ("rw", True)):
        engine = create_engine(f"sqlite:///file:{file}?mode={mode}&uri=true")
        assert connections.writable(engine) is writes
        engine.dispose()


def test_asking_whether_it_can_write_changes_nothing_for_others(tmp_path: Path) -> None:
    """Nobody waits for whoever writes just now, and those who wait for the lock do so as before."""
    sessions = db.make_sessions(f"sqlite:///{tmp_path / 'one.db'}")
    with sessions.writing() as session:
        session.execute(text("CREATE TABLE t (a)"))
        assert connections.writable(sessions.engine)
        with (
            pytest.raises(sqlite3.OperationalError, match="locked"),
            sqlite3.connect(tmp_path / "one.db", timeout=0) as other,
        ):
            other.execute("BEGIN IMMEDIATE")
    with sessions.reading() as session:
        session.execute(text("SELECT 1"))
    assert connections.writable(sessions.engine), "by the connection that only read before"
    with sessions.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 5000
    sessions.engine.dispose()


def test_who_reads_cannot_write_whoever_wrote_before(tmp_path: Path) -> None:
    sessions = db.make_sessions(f"sqlite:///{tmp_path / 'one.db'}")
    for _ in range(2):
        with sessions.writing() as session:
            session.execute(text("CREATE TABLE IF NOT EXISTS t (a)"))
        with sessions.reading() as session, pytest.raises(OperationalError, match="readonly"):
            session.execute(text("INSERT INTO t VALUES (1)"))
        sessions.engine.dispose()
