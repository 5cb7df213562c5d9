"""The import of a large register against the least it must do.

`python -m tests.benchmarks.import_register`

Both in one run: the whole command, as a shell starts it; and reading the same files with the
standard library and writing the same rows with the bare driver.
"""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from citizen_portal import schema, sealing, signing
from citizen_portal.db import make_sessions
from citizen_portal.identity.remote import keys
from tests.benchmarks import large_register

AGREEMENTS, ORGANISATIONS = 5000, 1000
BAR = 10.0
"""How many times the least the command may take. It checks each text, and says what it did."""
MOST_SECONDS = 60
TABLES = (
    *("organisation", "source", "legal_power"),
    *("agreement", "agreement_version", "agreement_party", "agreement_facet"),
)


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        large = folder / "large"
        large.mkdir()
        files = large_register.write(large, agreements=AGREEMENTS, organisations=ORGANISATIONS)
        size = sum(file.stat().st_size for file in files) / 1e6
        print(f"{AGREEMENTS} agreements, {ORGANISATIONS} organisations, {size:.0f} MB")
        prepare(folder)
        first, again = (command(folder, files) for _ in range(2))
        least = bare(folder, files)
    print(f"import: {first:.1f} s; again: {again:.1f} s; bare reading and writing: {least:.1f} s")
    print(
        f"import {first / least:.1f}x, again {again / least:.1f}x (bar: {BAR}x, {MOST_SECONDS} s)"
    )
    return 0 if max(first, again) <= min(MOST_SECONDS, BAR * least) else 1


def prepare(folder: Path) -> None:
    """Keys and an empty database."""
    for create in (sealing.create, signing.create, keys.create):
        (folder / "keys").mkdir(exist_ok=True, mode=0o700)
        create(folder / "keys")
    sessions = make_sessions(f"sqlite:///{folder}/portal.db")
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
    """Seconds to read the same files and to write the same rows, unchecked."""
    full = sqlite3.connect(f"{folder}/portal.db")
    rows = {table: full.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES}  # noqa: S608
    shapes = dict(full.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
    empty = sqlite3.connect(f"{folder}/bare.db", isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        empty.execute(f"PRAGMA {pragma}")
    for shape in sorted(shapes.values(), key=lambda sql: not sql.startswith("CREATE TABLE")):
        if any(f" {table} " in shape or f" {table}(" in shape for table in TABLES):
            empty.execute(shape)
    start = time.perf_counter()
    for file in files:
        json.loads(file.read_text())
    empty.execute("BEGIN IMMEDIATE")
    for table, of in rows.items():
        marks = ", ".join("?" * len(of[0]))
        empty.executemany(f"INSERT INTO {table} VALUES ({marks})", of)  # noqa: S608
    empty.execute("COMMIT")
    return time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())
