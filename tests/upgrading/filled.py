"""Rows for whatever tables a database has, made from what it says of them, and what stands there.

Knows no model: at an old revision the models say nothing of its tables.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from random import Random
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Column, Connection, MetaData, Table, inspect

HOSTILE = (
    "'; DROP TABLE citizen; --",
    "\"double\" 'single' `back` \\ \\' \\x00",
    "\x01\x08\x1b\x1f\x7f\r\n\t",
    "\u202eright to left\u202c \u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
    "🧑🏽‍⚕️ 🏴󠁧󠁢󠁷󠁬󠁳󠁿 e\u0301 ŵŷ",
    "%s %(name)s %% :name ? $1",
    "{{ 7 * 7 }} {% raw %} ${x} #{y}",
    "ŵ" * 5_000,  # 10 kB
    "",
    " null ",
)
"""Texts without NUL, which PostgreSQL does not take."""
APART = ("alembic_version", "agreement_search")
"""Kept by others: Alembic, and SQLite's index of words."""
PARTS = "SELECT relname FROM pg_class WHERE relispartition"
Row = dict[str, Any]


def tables(connection: Connection) -> list[Table]:
    """Those with rows of ours, each after those that it leans on."""
    names = _names(connection)
    found = MetaData()
    found.reflect(connection, only=names)
    return [table for table in found.sorted_tables if table.name in names]


def fill(connection: Connection, seed: int) -> None:
    """Two rows more in each table; the second says as little as it may."""
    random = Random(seed)  # noqa: S311 - for what a test makes
    made: dict[str, list[Row]] = {}
    for table in tables(connection):
        rows = [_row(table, made, which, random) for which in range(2)]
        made[table.name] = rows
        for row in rows:
            connection.execute(table.insert().values(**row))


@dataclass(frozen=True)
class Standing:
    """What stands in one table."""

    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]

    def sum(self, columns: Iterable[str]) -> str:
        """One checksum of these columns of each row, in whatever order rows come."""
        places = [self.columns.index(name) for name in columns]
        rows = sorted("\0".join(row[place] for place in places) for row in self.rows)
        return sha256("\1".join(rows).encode()).hexdigest()


def standing(connection: Connection) -> dict[str, Standing]:
    found = {}
    for name in _names(connection):
        read = connection.exec_driver_sql(f'SELECT * FROM "{name}"')  # noqa: S608
        rows = [tuple(map(_plain, row)) for row in read]
        found[name] = Standing(tuple(read.keys()), rows)
    return found


def _names(connection: Connection) -> list[str]:
    """Partitions hold what is read of their tables."""
    names = inspect(connection).get_table_names()
    parts = set[str]()
    if connection.dialect.name == "postgresql":
        parts = set(connection.exec_driver_sql(PARTS).scalars())
    return [name for name in names if not name.startswith(APART) and name not in parts]


def differing(before: dict[str, Standing], after: dict[str, Standing]) -> set[str]:
    """Tables of which the columns that both know do not hold the same."""
    return {
        name
        for name in before.keys() & after.keys()
        if (both := sorted({*before[name].columns} & {*after[name].columns}))
        and before[name].sum(both) != after[name].sum(both)
    }


def gone(before: dict[str, Standing], after: dict[str, Standing]) -> set[str]:
    """Tables, and columns of others, that are not there any more."""
    columns = {
        f"{name}.{column}"
        for name in before.keys() & after.keys()
        for column in {*before[name].columns} - {*after[name].columns}
    }
    return columns | before.keys() - after.keys()


def _plain(value: object) -> str:
    return json.dumps(value, sort_keys=True, default=repr)


def _row(table: Table, made: dict[str, list[Row]], which: int, random: Random) -> Row:
    single = _single(table)
    row = {
        column.name: _value(column, random, single=column.name in single)
        for column in table.columns
        if column.computed is None and not (column.nullable and which)
    }
    if table.name in {"agreement", "agreement_version"}:
        row |= {"version": 1} if "version" in row else {"number": 1}  # what stands
    for lean in table.foreign_key_constraints:
        parent = made.get(lean.referred_table.name)
        for element in lean.elements:
            name = element.parent.name
            if parent is not None:
                row[name] = parent[which][element.column.name]
            elif element.parent.nullable:
                row[name] = None
    return row


def _single(table: Table) -> set[str]:
    """The columns that no two rows may have the same in."""
    inside = [table.primary_key.columns]
    inside += [each.columns for each in table.constraints if isinstance(each, sa.UniqueConstraint)]
    inside += [index.columns for index in table.indexes if index.unique]
    return {column.name for columns in inside for column in columns}


def _value(column: Column[Any], random: Random, *, single: bool) -> object:
    kind, word = column.type, random.randbytes(6).hex()
    if isinstance(kind, sa.String) and not isinstance(kind, sa.CHAR):
        text = random.choice(HOSTILE) + (word if single else "")
        return text[-kind.length :] if kind.length else text
    for of, value in _plain_values(random).items():
        if isinstance(kind, of):
            return value
    raise NotImplementedError(f"{column}: {kind!r}")


def _plain_values(random: Random) -> dict[type, object]:
    id_ = UUID(bytes=random.randbytes(16), version=4)
    moment = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(microseconds=random.randrange(10**15))
    return {
        sa.Uuid: id_,
        sa.CHAR: id_.hex,  # an id, on SQLite
        sa.JSON: document(random),
        sa.DateTime: moment,
        sa.Date: moment.date(),
        sa.Boolean: random.random() < 0.5,
        sa.Integer: random.randrange(2**31),
        sa.LargeBinary: random.randbytes(200) + b"\0",
    }


def document(random: Random) -> dict[str, Any]:
    """Hostile texts in two languages, in the shape that agreements were published in."""
    said = dict(zip(("en", "cy", "other"), _some(random), strict=False))
    named = dict.fromkeys(("title", "what", "purpose", "disclosed", "subjects"), said)
    codes = {name: list(_some(random)) for name in ("categories", "powers", "areas")}
    return {"reference": random.choice(HOSTILE), **named, **codes}


def _some(random: Random) -> Iterator[str]:
    yield from random.sample(HOSTILE, 3)
