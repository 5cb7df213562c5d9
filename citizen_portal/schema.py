"""Bring a database to the newest schema, or say how far it is from it.

On PostgreSQL a migration takes the locks of each table first, in one go, or lets go of them and
tries again: it never waits for a table while requests wait for it. The whole of that takes less
time than PostgreSQL waits before it looks for a deadlock, so no request is ever given up for one.

Alembic is imported where it is run: it brings 8 MB, which the web server and the worker never need.
"""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from citizen_portal import partitions
from citizen_portal.places import folder
from citizen_portal.wall import Wall
from citizen_portal.wall.raising import lower, raise_wall, restore

if TYPE_CHECKING:
    from alembic.config import Config

TRIES, PAUSE = 60, 1.0
"""How often the locks are tried for, and the seconds between, in which requests go on."""
SOON = "SET LOCAL statement_timeout = 700"
"""For the locks of each table; PostgreSQL looks for deadlocks after 1,000 (`deadlock_timeout`)."""
NOT_NOW = {"55P03", "57014", "40P01"}
"""SQLSTATE where they were not to be had: lock_not_available, query_canceled, deadlock_detected."""
LOCKS = (
    # Those of the queue are not of the schema: whoever asks whether we are ready looks into them.
    "SELECT 'LOCK TABLE ' || string_agg(quote_ident(relname), ', ' ORDER BY relname)"
    " || ' IN ACCESS EXCLUSIVE MODE' FROM pg_class"
    " WHERE relkind IN ('r', 'p') AND NOT relispartition AND relname <> 'alembic_version'"
    " AND NOT starts_with(relname, 'huey_')"
    " AND relnamespace = 'public'::regnamespace AND pg_has_role(relowner, 'MEMBER')"
)
INDEX_OF_TEXT = (
    "agreement_search",
    "agreement_text.found",
    "agreement_text.ix_agreement_text_found",
)
"""What the models do not describe: FTS5 adds tables to its own; PostgreSQL has a column."""
OF_PARTITIONS = re.compile(r"\w+_fkey\d*")
"""As PostgreSQL names what it adds to a foreign key for each partition that the key may lead to."""


def described(name: str | None, kind: str, inside: Mapping[Any, str | None]) -> bool:
    """Whether the models can describe what has this name, for comparing them with a database."""
    if kind == "table" and partitions.parted(str(name)):
        return False
    if kind == "foreign_key_constraint" and OF_PARTITIONS.fullmatch(str(name)):
        return False
    whole = str(name) if kind in {"schema", "table"} else f"{inside['table_name']}.{name}"
    return not whole.startswith(INDEX_OF_TEXT)


def upgrade(
    engine: Engine, to: str = "head", wall: Wall | None = None, *, scripts: Path | None = None
) -> None:
    """Run the migrations up to ``to`` in one transaction, from another folder than ours if given.

    On PostgreSQL the second wall is down in it, for the owner may move rows, and stands at its end.
    """
    from alembic import command

    _run(engine, command.upgrade, to, wall, scripts)


def downgrade(engine: Engine, to: str, *, scripts: Path | None = None) -> None:
    """Run the migrations back down to ``to``."""
    from alembic import command

    _run(engine, command.downgrade, to, None, scripts)


def standing(engine: Engine) -> tuple[str | None, str | None]:
    """The revision the database is at, and the newest there is."""
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    with engine.connect() as connection:
        at = MigrationContext.configure(connection).get_current_revision()
    return at, ScriptDirectory.from_config(_config()).get_current_head()


def is_newer(at: str | None, newest: str | None) -> bool:
    """Whether a later version than this one has upgraded the database."""
    return at is not None and newest is not None and at > newest


def _config(scripts: Path | None = None) -> "Config":
    from alembic.config import Config

    config = Config()
    place = str(scripts or folder("migrations"))
    config.set_main_option(
        "script_location", place.replace("%", "%%")
    )  # configparser reads a lone one
    return config


def _run(
    engine: Engine,
    move: Callable[["Config", str], None],
    to: str,
    wall: Wall | None,
    scripts: Path | None,
) -> None:
    config = _config(scripts)
    with _alone(engine) as connection:
        lowered = lower(connection) if _has_walls(engine) else ()
        config.attributes["connection"] = connection
        move(config, to)
        if _has_walls(engine):
            restore(connection, lowered)
        if wall is not None and _has_walls(engine):
            raise_wall(connection, wall)


def lock_each_table(connection: Connection, *, last: bool) -> bool:
    """On PostgreSQL: whether the locks of our tables could be had, in one go.

    Raises if not, where this is the last try.
    """
    lock = connection.exec_driver_sql(LOCKS).scalar()
    if not lock:
        return True
    connection.exec_driver_sql(SOON)
    try:
        connection.exec_driver_sql(lock)
    except OperationalError as error:
        if last or getattr(error.orig, "sqlstate", "") not in NOT_NOW:
            raise
        return False
    connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
    return True


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """A transaction that holds the locks of each table, where there are locks of tables."""
    with engine.connect() as connection:
        for left in reversed(range(TRIES)):
            with connection.begin() as transaction:
                if not _has_walls(engine) or lock_each_table(connection, last=not left):
                    yield connection
                    return
                transaction.rollback()
            time.sleep(PAUSE)


def _has_walls(engine: Engine) -> bool:
    return engine.dialect.name == "postgresql"
