"""Connections that wait in the pool, and a server that ends them meanwhile."""

import pytest
from sqlalchemy import text
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
