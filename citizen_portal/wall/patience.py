"""How long the roles that log in may take: told to the roles themselves, so that it costs no
transaction anything and holds behind a pooler as well.

The owner has no such bounds: migrations and backups take as long as they take.
"""

from collections.abc import Mapping

from sqlalchemy import Connection

from citizen_portal.settings import Settings
from citizen_portal.wall.binding import Wall
from citizen_portal.wall.raising import WEB, WORKER

TIMES = {WEB: 1, WORKER: 20}
"""The worker does what takes long."""


def bounds(settings: Settings, login: str) -> Mapping[str, int]:
    """Milliseconds, by the setting of PostgreSQL, for the web server or the worker."""
    statement = settings.database_statement_seconds * 1000 * TIMES[login]
    return {
        "statement_timeout": statement,
        "lock_timeout": settings.database_lock_seconds * 1000 * TIMES[login],
        "idle_in_transaction_session_timeout": statement,
    }


def tell(connection: Connection, wall: Wall, settings: Settings) -> None:
    """Hold both roles to what the settings say, from their next connection on."""
    for login in TIMES:
        for name, value in bounds(settings, login).items():
            connection.exec_driver_sql(f'ALTER ROLE "{wall.role(login)}" SET {name} = {value}')
