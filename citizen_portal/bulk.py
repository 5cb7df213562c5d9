"""Many rows at once, by the quickest way that each database has. Knows SQLAlchemy, no Flask."""

import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    Connection,
    Dialect,
    String,
    Table,
    UnaryExpression,
    any_,
    func,
    select,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql import operators

from citizen_portal.connections import driver_of
from citizen_portal.db import Base, OwnedByCitizen

T = TypeVar("T")
Rows = Sequence[tuple[Any, ...]]
FEW = 10_000
"""So many values SQLite is sent one by one, more as one text."""


def insert(session: Session, model: type[Base], names: Sequence[str], rows: Rows) -> None:
    """Insert these rows, of which none may be there already.

    Rows are tuples in the order of ``names``. Defaults of the model are not filled in.
    """
    if session.info.get("wall") and session.info.get("reach") and issubclass(model, OwnedByCitizen):
        _by_way_of_another(session, model, names, rows)  # where policies hold there is no COPY
    else:
        _put(session, model, names, rows)


def insert_new(session: Session, model: type[Base], names: Sequence[str], rows: Rows) -> None:
    """The same, but one whose key is there already is left as it stands."""
    if session.get_bind().dialect.name != "postgresql":
        _put(session, model, names, rows, " ON CONFLICT DO NOTHING")
        return
    # COPY itself fails on a known key
    _by_way_of_another(session, model, names, rows, " ON CONFLICT DO NOTHING")


def among(
    session: Session, column: InstrumentedAttribute[str], values: Sequence[str]
) -> ColumnElement[bool]:
    """That a column has one of these values, which may be a hundred thousand."""
    if session.get_bind().dialect.name == "postgresql":
        return column == any_(sql_cast(list(values), ARRAY(String)))  # one parameter for them
    if len(values) <= FEW:
        return column.in_(values)
    sent = func.json_each(json.dumps(list(values))).table_valued("value")
    return column.in_(select(sent.c.value))


def by_no_index(session: Session, column: InstrumentedAttribute[T]) -> ColumnElement[T]:
    """The column, where SQLite shall not begin with an index on it. PostgreSQL knows by itself."""
    if session.get_bind().dialect.name == "postgresql":
        return column.expression
    return UnaryExpression(column.expression, operator=operators.custom_op("+"))


def upsert(session: Session, model: type[Base]) -> Any:
    """An insert that may say what to do when the row is there already, as this database has it."""
    make = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    return make.insert(model)


def add_up(
    session: Session, model: type[Base], counts: Sequence[str], rows: Sequence[dict[str, Any]]
) -> None:
    """Insert these rows; where the key is there already, add their counts to the ones there."""
    if not rows:
        return
    table, adding = cast(Table, model.__table__), upsert(session, model)
    added = {name: table.c[name] + adding.excluded[name] for name in counts}
    statement = adding.on_conflict_do_update(index_elements=list(table.primary_key), set_=added)
    session.connection().execute(statement, rows)


def _by_way_of_another(
    session: Session, model: type[Base], names: Sequence[str], rows: Rows, otherwise: str = ""
) -> None:
    """First into a table of this transaction, then into the one they are for."""
    of, columns = cast(Table, model.__table__).name, ", ".join(names)
    say = session.connection().exec_driver_sql
    say(f"CREATE TEMP TABLE IF NOT EXISTS incoming_{of} (LIKE {of}) ON COMMIT DROP")
    _put(session, model, names, rows, into=f"incoming_{of}")
    taken = f"INSERT INTO {of} ({columns}) SELECT {columns} FROM incoming_{of}"  # noqa: S608 - our own names
    say(f"{taken}{otherwise}")
    say(f"TRUNCATE incoming_{of}")


def _put(
    session: Session,
    model: type[Base],
    names: Sequence[str],
    rows: Rows,
    otherwise: str = "",
    into: str = "",
) -> None:
    if not rows:
        return
    table, connection = cast(Table, model.__table__), session.connection()
    written = _written(rows, [table.c[name] for name in names], connection.dialect)
    of, columns = into or table.name, ", ".join(names)
    if connection.dialect.name == "postgresql":
        _copy(connection, f"COPY {of} ({columns}) FROM STDIN", written)
        return
    marks = ", ".join("?" * len(names))
    put = f"INSERT INTO {of} ({columns}) VALUES ({marks}){otherwise}"  # noqa: S608 - our own names
    connection.exec_driver_sql(put, list(written))


def _copy(connection: Connection, command: str, rows: Rows) -> None:
    with (
        driver_of(connection, command) as driver,
        driver.cursor() as cursor,
        cursor.copy(command) as copy,
    ):
        for row in rows:
            copy.write_row(row)


def _written(rows: Rows, columns: Sequence[Column[Any]], dialect: Dialect) -> Rows:
    """The rows as the driver takes them: each column by its type's own rule."""
    by_column = list(zip(*rows, strict=True))
    for at, column in enumerate(columns):
        write = _writer(column, dialect)
        if write is not None:
            by_column[at] = tuple(map(write, by_column[at]))
    return list(zip(*by_column, strict=True))


def _writer(column: Column[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    return column.type.dialect_impl(dialect).bind_processor(dialect)
