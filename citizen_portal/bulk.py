"""Many rows at once, by the quickest way that each database has. Knows SQLAlchemy, no Flask."""

from collections.abc import Callable, Sequence
from typing import Any, cast

from sqlalchemy import Column, Dialect, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from citizen_portal.db import Base

Rows = Sequence[tuple[Any, ...]]


def insert_new(session: Session, model: type[Base], names: Sequence[str], rows: Rows) -> None:
    """Insert these rows; one whose key is there already is left as it stands.

    Rows are tuples in the order of ``names``. Defaults of the model are not filled in.
    """
    if not rows:
        return
    table, connection = cast(Table, model.__table__), session.connection()
    written = _written(rows, [table.c[name] for name in names], connection.dialect)
    if connection.dialect.name == "postgresql":
        _copied(session, table, names, written)
        return
    marks = ", ".join("?" * len(names))
    connection.exec_driver_sql(
        f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks}) ON CONFLICT DO NOTHING",  # noqa: S608 - our own names
        list(written),
    )


def add_up(
    session: Session, model: type[Base], counts: Sequence[str], rows: Sequence[dict[str, Any]]
) -> None:
    """Insert these rows; where the key is there already, add their counts to the ones there."""
    if not rows:
        return
    table = cast(Table, model.__table__)
    make = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    insert = make.insert(table)
    added = {name: table.c[name] + insert.excluded[name] for name in counts}
    statement = insert.on_conflict_do_update(index_elements=list(table.primary_key), set_=added)
    session.connection().execute(statement, rows)


def _copied(session: Session, table: Table, names: Sequence[str], rows: Rows) -> None:
    """COPY into a table of this transaction, then one INSERT: COPY itself fails on a known key."""
    connection = session.connection()
    incoming, columns = f"incoming_{table.name}", ", ".join(names)
    connection.exec_driver_sql(
        f"CREATE TEMP TABLE IF NOT EXISTS {incoming} (LIKE {table.name}) ON COMMIT DROP"
    )
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor:
        with cursor.copy(f"COPY {incoming} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(
            f"INSERT INTO {table.name} ({columns}) SELECT {columns} FROM {incoming} "  # noqa: S608 - our own names
            "ON CONFLICT DO NOTHING"
        )
        cursor.execute(f"TRUNCATE {incoming}")


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
