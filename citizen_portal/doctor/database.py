"""What the database is, and whether it is as the portal needs it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from citizen_portal import away, connections, schema, sealing
from citizen_portal.away import UPGRADE
from citizen_portal.doctor.findings import Finding, Portal, fail, ok, warn
from citizen_portal.wall import Wall, patience, wall_of
from citizen_portal.wall.looking import faults
from citizen_portal.wall.raising import roles_of, walled

OLDEST = 15
"""The first PostgreSQL whose views can ask as whoever looks through them (the second wall)."""
NEWER = "It serves while servers are replaced. Then start the version that upgraded the database."
PROCESSES = 3
"""The least that run: two of the web server, one worker."""


def database(portal: Portal) -> Iterator[Finding]:
    try:
        if (file := portal.lost) is not None:
            yield fail(f"There is no file {file.name}.", UPGRADE)
            return
        with portal.engine.connect() as connection:
            yield from _answering(portal, connection)
        writable = connections.writable(portal.engine)
        at, newest = schema.standing(portal.engine)
    except (SQLAlchemyError, OSError, ImportError) as error:
        yield _silent(error)
        return
    if not writable:
        yield fail("It takes no writes.", "Name the primary, or make its disk or file writable.")
    if schema.is_newer(at, newest):
        yield warn(f"Its schema is at {at}, which this version ({newest}) does not know.", NEWER)
    elif at != newest:
        yield fail(f"Its schema is at {at or 'nothing'}, and {newest} is newest.", UPGRADE)
    else:
        yield ok(f"It answers, and its schema is the newest ({newest}).")


def _silent(error: Exception) -> Finding:
    if found := away.why(error):
        return fail(found.said, found.do)
    return fail(
        f"The database does not answer ({type(error).__name__}).",
        "Look at PORTAL_DATABASE_URL, and whether the server runs and lets this role in.",
    )


def _answering(portal: Portal, connection: Connection) -> Iterator[Finding]:
    if portal.engine.dialect.name == "sqlite":
        yield from _file(portal)
    else:
        yield from _server(portal, connection)


def _file(portal: Portal) -> Iterator[Finding]:
    file = Path(str(portal.engine.url.database))
    if file.stat().st_mode & 0o077:
        yield fail("Others on this machine may read its file.", f"Run: chmod 600 {file}")


def _server(portal: Portal, connection: Connection) -> Iterator[Finding]:
    version = int(str(connection.scalar(text("SHOW server_version_num")))) // 10_000
    if version < OLDEST:
        yield fail(f"It is PostgreSQL {version}.", f"Take {OLDEST} or a newer one.")
    if (encoding := connection.scalar(text("SHOW server_encoding"))) != "UTF8":
        yield fail(f"Its encoding is {encoding}.", "Make it anew with the encoding UTF8.")
    driver: Any = connection.connection.driver_connection
    connection.rollback()
    if losing := connections.losing(driver):
        yield fail(f"It may lose what was kept: {' and '.join(losing)} off.", "Set them to on.")
    between = driver.info.backend_pid != connection.scalar(text("SELECT pg_backend_pid()"))
    if between and not portal.settings.database_pooler:
        yield fail("A pooler stands between.", "Set PORTAL_DATABASE_POOLER=true.")
    most = int(str(connection.scalar(text("SHOW max_connections"))))
    least = PROCESSES * (portal.settings.database_connections + 1)
    if not between and most < least:
        yield warn(
            f"It lets {most} in, and {PROCESSES} processes may need {least}.",
            "Raise max_connections, or lower PORTAL_DATABASE_CONNECTIONS.",
        )


def wall(portal: Portal) -> Iterator[Finding]:
    """The second wall, and the bounds of the roles that log in."""
    if portal.engine.dialect.name == "sqlite":
        yield ok("A SQLite file has none.")
        return
    found = wall_of(portal.settings, sealing.load(portal.settings.keys_folder)[1])
    if found is None:
        yield warn("There is none.", "Set PORTAL_DATABASE_ROLES (docs/operations.md).")
        return
    with portal.engine.connect() as connection:
        gaps = faults(connection, found)
        for gap in gaps:
            yield fail(gap, UPGRADE)
        yield from _bounds(portal, connection, found)
    if not gaps:
        yield ok(f"It stands on {len(walled())} tables.")


def _bounds(portal: Portal, connection: Connection, wall: Wall) -> Iterator[Finding]:
    me = connection.scalar(text("SELECT current_user"))
    logins = {wall.role(login): login for login in patience.TIMES}
    if me not in logins:
        yield warn(
            f"{me} logs in, which is neither of {' and '.join(roles_of(wall))}.",
            "Give the web server and the worker a PORTAL_DATABASE_URL with a role of theirs.",
        )
        return
    asked = text("SELECT setting::bigint FROM pg_settings WHERE name = :name")
    for name, wanted in patience.bounds(portal.settings, logins[me]).items():
        if (found := connection.scalar(asked, {"name": name})) != wanted:
            yield warn(f"{name} is {found} ms, and should be {wanted} ms.", UPGRADE)
