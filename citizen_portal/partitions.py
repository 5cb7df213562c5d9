"""On PostgreSQL the rows of a table of citizens lie in partitions, by whose they are (0052).

One citizen's rows lie in the partition of one number, in each table. A table with a unique key that
does not hold the citizen stays whole: no partition could keep that key.
"""

import re
from collections.abc import Iterable

from sqlalchemy import DDL, Connection, MetaData, Table, UniqueConstraint, event

COUNT = 4
"""Few, for each costs files and locks wherever a statement reads across citizens: four take in what
a server of two to sixteen cores works at in parts. Twice as many can be made of them later
(docs/scaling.md)."""
BY = "HASH (citizen_id)"
NAMED = re.compile(r"(\w+)_part_\d+")


def name(table: str, number: int) -> str:
    return f"{table}_part_{number}"


def parted(table: str) -> str | None:
    """The table of which something with this name is a partition, if it may be one."""
    found = NAMED.fullmatch(table)
    return found[1] if found else None


def part(table: Table) -> None:
    """Have this table made in partitions on PostgreSQL, unless it must stay whole."""
    if all("citizen_id" in columns for columns in _unique(table)):
        table.dialect_options["postgresql"]["partition_by"] = BY


def is_parted(table: Table) -> bool:
    return bool(table.dialect_options["postgresql"]["partition_by"] == BY)


def made_after(metadata: MetaData) -> None:
    """``create_all`` makes partitions after tables."""

    @event.listens_for(metadata, "after_create")
    def _make(_: MetaData, connection: Connection, tables: Iterable[Table], **__: object) -> None:
        if connection.dialect.name != "postgresql":
            return
        for table in filter(is_parted, tables):
            for number in range(COUNT):
                connection.execute(_made(table.name, number))


def _made(table: str, number: int) -> DDL:
    values = f"WITH (MODULUS {COUNT}, REMAINDER {number})"
    made = f"CREATE TABLE {name(table, number)} PARTITION OF {table} FOR VALUES {values}"
    return DDL(made)  # type: ignore[no-untyped-call]


def _unique(table: Table) -> Iterable[set[str]]:
    found = [each.columns for each in table.constraints if isinstance(each, UniqueConstraint)]
    found += [each.columns for each in table.indexes if each.unique]
    for columns in found:
        yield {column.name for column in columns}
