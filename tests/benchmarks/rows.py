"""What a row of the bench is: a bar, and two ways of which it says how far apart they may be."""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import make_url

HERE = Path(__file__).parent


class How(StrEnum):
    """How a figure is made of both ways, and which is the good side of its bar."""

    TIMES = "times"
    """Ours through the limit: at most the bar."""
    SHARE = "share"
    """The rate of ours through the rate of the limit: at least the bar."""
    ADDED = "added"
    """Ours less the limit: at most the bar."""
    MOST = "most"
    LEAST = "least"

    @property
    def upwards(self) -> bool:
        """Whether more is better."""
        return self in {How.SHARE, How.LEAST}


@dataclass(frozen=True)
class Place:
    """Where a row keeps its data: an empty database, and an empty folder."""

    database: str
    url: str
    folder: Path

    def beside(self, name: str) -> "Place":
        """Another one of the same kind."""
        folder = self.folder / name
        folder.mkdir()
        if self.database != "postgresql":
            return Place(self.database, f"sqlite:///{folder}/bench.db", folder)
        url = make_url(self.url)
        host = str(url.query["host"])
        with psycopg.connect(
            host=host, user=url.username, dbname=url.database, autocommit=True
        ) as server:
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return Place(self.database, str(url.set(database=name)), folder)


@dataclass(frozen=True)
class Case:
    """Two ways to be measured in turn; each gives one figure in the unit of its row."""

    ours: Callable[[], float]
    limit: Callable[[], float] | None = None
    name: str = ""
    rounds: int = 7
    warm: int = 1
    server: int | None = None
    """The process of ours that serves, if another one than this does."""
    limit_server: int | None = None
    here: bool = True
    """Whether this process works, where no server of ours does."""


Prepare = Callable[[Place], AbstractContextManager[Iterable[Case]]]


@dataclass(frozen=True)
class Row:
    name: str
    work: str
    how: How
    unit: str
    bars: Mapping[str, float]
    """By database; ``-`` where nothing is kept in any."""
    limit: str = ""
    aim: float | None = None
    ceiling: float | None = None
    """What ours may be at most, whatever the limit is."""
    durable: bool = False
    """Whether PostgreSQL is to come back after a power cut."""

    def holds(self, database: str, figure: float, ours: float) -> bool:
        return self.within(ours) and self.reaches(figure, self.bars[database])

    def within(self, ours: float) -> bool:
        return self.ceiling is None or ours <= self.ceiling

    def reaches(self, figure: float, bar: float) -> bool:
        return figure >= bar if self.how.upwards else figure <= bar


def bars(file: Path = HERE / "bars.toml") -> dict[str, Row]:
    """Every row that there is to be, in order."""
    return {name: _row(name, said) for name, said in tomllib.loads(file.read_text()).items()}


def _row(name: str, said: dict[str, Any]) -> Row:
    bar, databases = said.pop("bar"), said.pop("databases", ["sqlite", "postgresql"])
    by_database = bar if isinstance(bar, dict) else dict.fromkeys(databases, bar)
    return Row(name, how=How(said.pop("how")), bars=by_database, **said)
