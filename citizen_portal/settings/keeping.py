"""The knobs of how the portal meets its database."""

from pydantic import field_validator
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from citizen_portal.settings.seeing import SeeingSettings

FEWEST, MOST = 4, 200
DAY = 86_400


def database(url: str) -> str:
    """The same, if it can be read as it was meant. What a library says of one that cannot holds a
    piece of its password."""
    try:
        read = make_url(url)
    except (ArgumentError, ValueError):
        read = None
    known = read is not None and read.get_backend_name() in {"sqlite", "postgresql"}
    if read is None or not known or "@" in (read.host or ""):
        raise ValueError(
            "begins with sqlite:/// or postgresql+psycopg://, and in a password @ is written %40,"
            " : is %3A and / is %2F"
        ) from None
    return url


class KeepingSettings(SeeingSettings):
    """A part of ``Settings``. They are of PostgreSQL; a SQLite file has nobody else to reckon
    with."""

    database_connections: int = 15
    """Connections to PostgreSQL that one process holds at most, the queue's aside. A worker of the
    web server needs one for each of its `--threads` and three for asking. 4 to 200."""

    database_pooler: bool = False
    """Whether a pooler such as PgBouncer stands between, in transaction mode: then nothing is left
    on a connection from one transaction to the next."""

    database_statement_seconds: int = 30
    """Seconds that one statement of the web server may take, and that it may do nothing within a
    transaction; the worker has twenty times as long. `citizen-portal db upgrade` tells the roles.
    """

    database_lock_seconds: int = 10
    """Seconds that it may wait for a lock; the worker has twenty times as long."""

    @field_validator("database_connections")
    @classmethod
    def _some(cls, connections: int) -> int:
        if not FEWEST <= connections <= MOST:
            raise ValueError(f"database_connections: {FEWEST} to {MOST}")
        return connections

    @field_validator("database_statement_seconds", "database_lock_seconds")
    @classmethod
    def _bounded(cls, seconds: int) -> int:
        if not 1 <= seconds <= DAY:
            raise ValueError(f"seconds: 1 to {DAY}")
        return seconds
