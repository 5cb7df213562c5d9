"""The knobs of how the portal meets its database."""

from pydantic import Field
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from citizen_portal.settings.seeing import SeeingSettings

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
        empty = "" if url.strip() else "field required: "  # as where it is not set at all
        raise ValueError(
            f"{empty}begins with sqlite:/// or postgresql+psycopg://, and in a password @ is"
            " written %40, : is %3A and / is %2F"
        ) from None
    return url


class KeepingSettings(SeeingSettings):
    """A part of ``Settings``. They are of PostgreSQL; a SQLite file has nobody else to reckon
    with."""

    database_connections: int = Field(15, ge=4, le=200)
    """Connections to PostgreSQL that one process holds at most, the queue's aside. A worker of the
    web server needs one for each of its `--threads` and three for asking. 4 to 200."""

    database_pooler: bool = False
    """Whether a pooler such as PgBouncer stands between, in transaction mode: then nothing is left
    on a connection from one transaction to the next."""

    database_statement_seconds: int = Field(30, ge=1, le=DAY)
    """Seconds that one statement of the web server may take, and that it may do nothing within a
    transaction; the worker has twenty times as long. `citizen-portal db upgrade` tells the roles.
    """

    database_lock_seconds: int = Field(10, ge=1, le=DAY)
    """Seconds that it may wait for a lock; the worker has twenty times as long."""
