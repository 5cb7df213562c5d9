"""How a database is met: what each connection is told, and what is asked of one that waited."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError, InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

from citizen_portal.line import Line
from citizen_portal.settings import Settings

READ_ONLY = "portal_read_only"
RESTED = 1.0
"""Seconds in the pool after which a connection may be gone."""
RESTS = "portal_rests"
PLACE = "portal_place"
"""Where a connection waits for its turn to write."""
BUSY = "busy_timeout=5000"
"""Milliseconds that SQLite looks for its lock, once the line is behind."""
READING: dict[str, dict[str, Any]] = {
    "sqlite": {READ_ONLY: True},
    "postgresql": {"postgresql_readonly": True, "isolation_level": "REPEATABLE READ"},
}
"""A page is drawn from one moment, whatever is written meanwhile; SQLite knows no other way."""
WAIT = 10.0
"""Seconds that a request waits for a connection of its process, or a process for the server."""
REACHING: dict[str, object] = {
    "connect_timeout": int(WAIT),
    "tcp_user_timeout": int(WAIT * 1000),
    "keepalives_idle": int(WAIT),
    "keepalives_interval": int(WAIT),
}
"""A server that is gone without a word is noticed, also where it had taken what was asked: Linux
would ask only after two hours whether it is there. This is between the machines alone."""
LOSING = (
    "SELECT name FROM pg_settings WHERE setting = 'off'"
    " AND name IN ('fsync', 'full_page_writes', 'synchronous_commit') ORDER BY name"
)
"""With one of these off, what was committed may be gone after a power cut, or the whole database
(PostgreSQL, "Reliability and the Write-Ahead Log")."""


class LosesData(Exception):
    """The database would say that something is kept before it is. Says by which settings."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(f"{' and '.join(names)} must not be off")
        self.names = names


def options(settings: Settings) -> dict[str, Any]:
    """How an engine for the database of these settings is made."""
    if not settings.database_url.startswith("postgresql"):
        return {}
    prepared = {"prepare_threshold": None} if settings.database_pooler else {}
    return {
        "pool_size": settings.database_connections,
        "max_overflow": 0,
        "pool_timeout": WAIT,
        "connect_args": {**REACHING, **prepared},
    }


UPGRADING = 0x706F7274616C
"""The number of the lock by which upgrades of one database wait for each other."""


def prepare(engine: Engine) -> None:
    """SQLite files get WAL, full syncs, foreign keys, and a line for those who write."""
    if engine.dialect.name == "sqlite":
        _stand_in_line(engine)
        _prepare_sqlite(engine)
    else:
        _ask_who_rested(engine)


def for_reading(engine: Engine) -> Engine:
    """The same, for those who only read. On SQLite they have connections of their own, which cannot
    write: one that is told so by turns prepares each of its statements anew."""
    reading = engine.execution_options(**READING[engine.dialect.name])
    if engine.dialect.name == "sqlite":
        pool = engine.pool.recreate()
        event.listen(pool, "connect", lambda driver, _: driver.execute("PRAGMA query_only=ON"))
        event.listen(engine, "engine_disposed", lambda _: pool.dispose())
        reading.raw_connection = pool.connect  # type: ignore[method-assign]
    return reading


def refuse_to_lose(engine: Engine) -> None:
    """No connection is used whose server may lose what it said was kept: raises ``LosesData``.

    Each new one is asked, for such settings can change while a server runs.
    """
    if engine.dialect.name != "postgresql":
        return

    @event.listens_for(engine, "connect")
    def _ask(connection: Any, _: object) -> None:
        if names := losing(connection):
            connection.close()
            raise LosesData(names)


def losing(connection: Any) -> list[str]:
    """The settings by which a server may lose what was committed; of the driver's connection."""
    with connection.cursor() as cursor:
        names = [name for (name,) in cursor.execute(LOSING).fetchall()]
    connection.rollback()
    return names


def greet(engine: Engine) -> DBAPIError | None:
    """Raise ``LosesData`` now, rather than with the first request. A database that is away may come
    later: gives why it is, and until then `/readyz` tells of it."""
    try:
        with engine.connect():
            return None
    except DBAPIError as error:
        return error
    finally:
        engine.dispose()  # no connection is shared by processes that are forked


def writable(engine: Engine) -> bool:
    """Whether the database takes what is written: nothing is, and nobody is waited for."""
    with closing(engine.raw_connection()) as connection:
        driver: Any = connection.driver_connection
        if engine.dialect.name == "sqlite":
            return _lock_can_be_had(driver)
        (only_read,) = driver.execute("SELECT current_setting('transaction_read_only')").fetchone()
        return bool(only_read == "off")


@contextmanager
def one_at_a_time(engine: Engine) -> Iterator[None]:
    """Of those who upgrade, as servers may that start together: an empty database has no table by
    whose lock the second would wait for the first."""
    if engine.dialect.name != "postgresql":
        yield
        return
    with engine.begin() as connection:  # with which the lock ends, however that is
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (UPGRADING,))
        yield


@contextmanager
def driver_of(connection: Connection, said: str) -> Iterator[Any]:
    """For what goes past SQLAlchemy: it fails as any other statement does, and as ``said``."""
    driver: Any = connection.connection.driver_connection
    error: Any = connection.dialect.dbapi.Error  # type: ignore[union-attr]
    try:
        yield driver
    except error as fault:
        if connection.dialect.is_disconnect(fault, driver, None):
            connection.invalidate(fault)
        raise DBAPIError.instance(said, None, fault, error, dialect=connection.dialect) from fault


def _lock_can_be_had(driver: sqlite3.Connection) -> bool:
    """Or somebody has it, and so could."""
    driver.execute("PRAGMA busy_timeout=0")
    try:
        driver.execute("BEGIN IMMEDIATE")  # that alone a file lets pass which may only be read
        driver.execute("PRAGMA user_version=0")
    except sqlite3.OperationalError as error:
        return error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
    finally:
        driver.rollback()
        driver.execute(f"PRAGMA {BUSY}")
    return True


def _ask_who_rested(engine: Engine) -> None:
    """A server that was started anew, or a pooler, ends connections that wait in the pool: one that
    waited is asked whether it is there. Not one that is handed from request to request."""

    @event.listens_for(engine, "checkin")
    def _rest(_: object, record: ConnectionPoolEntry) -> None:
        record.info[RESTS] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _ask(connection: Any, record: ConnectionPoolEntry, _: object) -> None:
        since = record.info.get(RESTS)
        rested = since is not None and time.monotonic() - since > RESTED
        if rested and not engine.dialect._do_ping_w_event(connection):
            raise InvalidatePoolError


def _stand_in_line(engine: Engine) -> None:
    """Who writes waits for its turn before it asks for the lock, and leaves once it is done."""
    file = engine.url.database
    if not file or file == ":memory:":
        return
    line = Line(Path(f"{file}-line"))

    @event.listens_for(engine, "connect")
    def _connect(_: object, record: ConnectionPoolEntry) -> None:
        record.info[PLACE] = line.place()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if not connection.get_execution_options().get(READ_ONLY, False):
            connection.info[PLACE].wait()

    @event.listens_for(engine, "checkin")
    def _leave(_: object, record: ConnectionPoolEntry) -> None:
        if PLACE in record.info:
            record.info[PLACE].leave()


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, below
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            BUSY,
            "secure_delete=ON",  # what is deleted is gone from the file as well
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A writer takes the lock at once: upgrading later fails under concurrency.
        read_only = connection.get_execution_options().get(READ_ONLY, False)
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
