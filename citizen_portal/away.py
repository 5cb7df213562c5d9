"""Why a database cannot be had, in words of ours: those of its driver name hosts and people."""

import re
import sqlite3
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError

URL = "PORTAL_DATABASE_URL"
UPGRADE = "Run as the owner of the database: citizen-portal db upgrade"


@dataclass(frozen=True, slots=True)
class Away:
    """What is the matter, and what to do."""

    said: str
    do: str

    def __str__(self) -> str:
        return f"{self.said} {self.do}"


SILENT = Away(
    "The database does not answer.",
    f"See that its server runs, and look at host and port in {URL}.",
)
NO_SCHEMA = Away("The database's tables are not there, or older than this version.", UPGRADE)
REFUSED = "The database does not let the portal in"
NEVER = re.compile("(?!)")
SERVER: list[tuple[set[str], re.Pattern[str], Away]] = [
    (
        {"28P01"},
        re.compile("password authentication failed|no password supplied"),
        Away(f"{REFUSED} (its password is not right).", f"Look at user and password in {URL}."),
    ),
    (
        {"3D000"},
        re.compile('database ".*" does not exist|no such database'),
        Away(
            "The server has no such database.",
            f"Look at the name at the end of {URL}, or make it: createdb.",
        ),
    ),
    (
        {"53300"},
        re.compile("too many clients|too many connections|remaining connection slots"),
        Away(
            f"{REFUSED} (it has no connection left).",
            "Raise max_connections, or lower PORTAL_DATABASE_CONNECTIONS.",
        ),
    ),
    (
        {"57P03"},
        re.compile("the database system is"),
        Away("The database is just starting or ending.", "Try again in a moment."),
    ),
    (
        {"28000"},
        re.compile("FATAL: "),
        Away(
            f"{REFUSED} (no such role, or it may not log in from here).",
            f"Look at the user in {URL}, and at pg_hba.conf.",
        ),
    ),
    ({"42P01", "42703"}, NEVER, NO_SCHEMA),
    ({"57P01", "57P02"}, NEVER, SILENT),
]
"""By SQLSTATE. libpq has none where no connection came about: there it is what the server says, in
English as PostgreSQL says it unless `lc_messages` is set otherwise."""
TIMED_OUT = "ConnectionTimeout"
"""What psycopg calls it where nobody answers at all; it is not loaded where there is a file."""
FILE = {
    sqlite3.SQLITE_CANTOPEN: Away(
        "The database's file cannot be opened.",
        f"Look at the path in {URL}, and whose its folder is.",
    ),
    sqlite3.SQLITE_NOTADB: Away("The file is no SQLite database.", f"Look at the path in {URL}."),
    sqlite3.SQLITE_READONLY: Away(
        "The database's file may only be read.", "Make it and its folder the portal's user's."
    ),
    sqlite3.SQLITE_BUSY: Away(
        "Somebody holds the lock of the database's file.", "Try again in a moment."
    ),
}


def why(error: BaseException) -> Away | None:
    """Of an error of SQLAlchemy's or the driver's own; ``None`` for what is no fault of these."""
    fault = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(fault, sqlite3.Error):
        # what is not SQLAlchemy's is of the queue, which has a file of its own
        return _of_file(fault) if isinstance(error, DBAPIError) else None
    code: str | None = getattr(fault, "sqlstate", "")
    if code == "":  # it is not of PostgreSQL's driver
        return None
    words = str(fault)
    for codes, said, away in SERVER:
        if code in codes or (code is None and said.search(words)):
            return away
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    never = getattr(fault, "pgconn", None) is not None or type(fault).__name__ == TIMED_OUT
    return SILENT if lost or (code is None and never) else None


def _of_file(fault: sqlite3.Error) -> Away | None:
    if str(fault).startswith(("no such table", "no such column")):
        return NO_SCHEMA
    return FILE.get(getattr(fault, "sqlite_errorcode", 0) & 0xFF)
