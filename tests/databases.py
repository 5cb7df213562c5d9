"""Lend each test a database of its own: a copy of one with every table, made in a moment."""

import shutil
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from itertools import count
from pathlib import Path
from typing import Protocol

import psycopg
from psycopg import sql
from sqlalchemy import column, insert, make_url, select, table, text
from sqlalchemy.orm import Session

import citizen_portal.app  # noqa: F401  (brings in every slice's tables)
from citizen_portal.db import Base, Sessions, make_sessions
from citizen_portal.wall import Wall
from citizen_portal.web.ready import newest_schema
from tests import postgres, walled

STAMP = "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"
AT_HEAD = {"version_num": newest_schema()}


class Databases(Protocol):
    """Where databases come from."""

    def lend(self, *, empty: bool = False) -> AbstractContextManager[str]:
        """The URL of a new database, with every table or with none, that is dropped at the end."""

    def copy(self, url: str) -> AbstractContextManager[str]:
        """The URL of a copy of a database that nobody is connected to; dropped at the end."""


@contextmanager
def opened(databases: Databases, *, empty: bool = False) -> Iterator[Sessions]:
    """Sessions of a new database, as the portal makes them."""
    with databases.lend(empty=empty) as url, _sessions(url) as sessions:
        yield sessions


def everything(session: Session) -> str:
    """What stands in the file of a database and in its log, or else in its tables."""
    url = session.connection().engine.url
    if url.get_backend_name() == "sqlite":
        whole = b"".join(Path(f"{url.database}{part}").read_bytes() for part in ("", "-wal"))
        return whole.decode("latin-1")
    tables = Base.metadata.sorted_tables
    return "".join(str(row) for table in tables for row in session.execute(select(table)))


def at_rest(url: str) -> bytes:
    """What whoever takes the database away has: its files, or a whole dump of it."""
    found = make_url(url)
    if found.get_backend_name() == "sqlite":
        file = Path(str(found.database))
        return b"".join(part.read_bytes() for part in sorted(file.parent.glob(f"{file.name}*")))
    return postgres.dumped(str(found.database), str(found.query["host"]))


def in_clear(texts: Iterable[str], raw: bytes) -> list[str]:
    """Which of them can be read there, as they are or as PostgreSQL writes bytes."""
    read = {text: text.encode() for text in texts}
    return [text for text, each in read.items() if each in raw or each.hex().encode() in raw]


def make_tables(url: str) -> None:
    """As the migrations leave them; a test of its own shows that they do."""
    with _sessions(url) as sessions:
        Base.metadata.create_all(sessions.engine)
        with sessions.engine.begin() as connection:
            connection.execute(text(STAMP))
            connection.execute(insert(table("alembic_version", column("version_num"))), AT_HEAD)


@contextmanager
def _sessions(url: str) -> Iterator[Sessions]:
    sessions = make_sessions(url)
    try:
        yield sessions
    finally:
        sessions.engine.dispose()


class SqliteFiles:
    """Files in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count(1)
        self._original = folder / "original.db"
        make_tables(f"sqlite:///{self._original}")

    def lend(self, *, empty: bool = False) -> AbstractContextManager[str]:
        return self._made(None if empty else self._original)

    def copy(self, url: str) -> AbstractContextManager[str]:
        return self._made(Path(str(make_url(url).database)))

    @contextmanager
    def _made(self, like: Path | None) -> Iterator[str]:
        file = self._folder / f"{next(self._numbers)}.db"
        if like:
            shutil.copy(like, file)
        try:
            yield f"sqlite:///{file}"
        finally:
            for part in self._folder.glob(f"{file.name}*"):
                part.unlink()


class PostgresqlDatabases:
    """Databases of the server with its socket in this folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count(1)
        self._say("CREATE DATABASE {}", "original")
        make_tables(self._url("original"))

    def wall_in(self, wall: Wall) -> None:
        """Each database that is lent from now on stands behind the second wall."""
        with _sessions(self._url("original")) as sessions:
            walled.build(sessions, wall)

    def lend(self, *, empty: bool = False) -> AbstractContextManager[str]:
        return self._made("template0" if empty else "original")

    def copy(self, url: str) -> AbstractContextManager[str]:
        return self._made(str(make_url(url).database))

    @contextmanager
    def _made(self, like: str) -> Iterator[str]:
        name = f"test_{next(self._numbers)}"
        self._say("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy", name, like)
        try:
            yield self._url(name)
        finally:
            self._say("DROP DATABASE {} WITH (FORCE)", name)

    def _url(self, name: str) -> str:
        return f"postgresql+psycopg://portal@/{name}?host={self._folder}"

    def _say(self, command: str, *names: str) -> None:
        server = psycopg.connect(
            host=str(self._folder), user="portal", dbname="postgres", autocommit=True
        )
        with closing(server):
            server.execute(sql.SQL(command).format(*map(sql.Identifier, names)))
