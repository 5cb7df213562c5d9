"""The import of a large register against the least it must do.

The whole command, as a shell starts it; and reading the same files with the standard library and
writing the same rows with the bare driver.
"""

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Table

import citizen_portal.app  # noqa: F401  (brings in every slice's tables)
from citizen_portal import schema, sealing, signing
from citizen_portal.db import Base, make_sessions
from citizen_portal.identity.remote import keys
from tests.benchmarks import large_register
from tests.benchmarks.rows import Case, Place
from tests.benchmarks.sizes import size

AGREEMENTS, ORGANISATIONS = size(5000, 40), size(1000, 20)


@contextmanager
def import_register(place: Place) -> Iterator[list[Case]]:
    """A first time into an empty database, and again with nothing new."""
    folder, large = place.folder, place.folder / "large"
    large.mkdir()
    files = large_register.write(large, agreements=AGREEMENTS, organisations=ORGANISATIONS)
    prepare(folder)

    def again() -> float:
        return command(folder, files)

    def first() -> float:
        for file in folder.glob("portal.db*"):
            file.unlink()
        upgrade(folder / "portal.db")
        return command(folder, files)

    first()
    ways = {"a first time": first, "again": again}
    yield [
        Case(way, lambda: bare(folder, files), name, rounds=3, warm=0, here=False)
        for name, way in ways.items()
    ]


def prepare(folder: Path) -> None:
    """Keys and an empty database."""
    for create in (sealing.create, signing.create, keys.create):
        (folder / "keys").mkdir(exist_ok=True, mode=0o700)
        create(folder / "keys")
    upgrade(folder / "portal.db")


def upgrade(database: Path) -> None:
    """Make the tables, those that search uses included."""
    sessions = make_sessions(f"sqlite:///{database}")
    schema.upgrade(sessions.engine)
    sessions.engine.dispose()


def command(folder: Path, files: list[Path]) -> float:
    """Seconds that the whole command takes."""
    portal = Path(sys.executable).with_name("citizen-portal")
    settings = {
        "PORTAL_ENVIRONMENT": "development",
        "PORTAL_SECRET_KEY": "a secret for trials only, long enough",
        "PORTAL_DATABASE_URL": f"sqlite:///{folder}/portal.db",
        "PORTAL_QUEUE_FILE": f"{folder}/queue.db",
        "PORTAL_KEYS_FOLDER": f"{folder}/keys",
        "PORTAL_EXPORT_STORE": f"{folder}/copies",
    }
    start = time.perf_counter()
    subprocess.run(
        [portal, "register", "import", *files],
        check=True,
        env=os.environ | settings,
        stdout=subprocess.DEVNULL,
    )
    return time.perf_counter() - start


def bare(folder: Path, files: list[Path]) -> float:
    """Seconds to read the same files and to write the same rows into the same tables, unchecked."""
    full, empty = folder / "portal.db", folder / "bare.db"
    for file in folder.glob("bare.db*"):
        file.unlink()
    upgrade(empty)
    with closing(sqlite3.connect(full)) as source:
        rows = {table.name: select(source, table) for table in Base.metadata.sorted_tables}
    with closing(sqlite3.connect(empty, isolation_level=None)) as target:
        target.execute("PRAGMA synchronous=FULL")
        start = time.perf_counter()
        for file in files:
            json.loads(file.read_text())
        target.execute("BEGIN IMMEDIATE")
        for name, (columns, of) in rows.items():
            marks = ", ".join("?" * columns.count(",") + "?")
            statement = f"INSERT INTO {name} ({columns}) VALUES ({marks})"  # noqa: S608 - our own
            target.executemany(statement, of)
        target.execute("COMMIT")
        return time.perf_counter() - start


def select(source: sqlite3.Connection, table: Table) -> tuple[str, list[Any]]:
    """The columns of a table, and its rows."""
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    return columns, source.execute(f"SELECT {columns} FROM {table.name}").fetchall()  # noqa: S608
