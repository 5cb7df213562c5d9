"""What ``docs/scaling.md`` says to Citus is true of the schema: which table is spread by what, and
that each key leads where Citus allows it (its "Creating and Modifying Distributed Objects")."""

import re
from pathlib import Path

import pytest
from sqlalchemy import ForeignKeyConstraint, Index, Table, UniqueConstraint

import citizen_portal.app  # noqa: F401 - knows each table
from citizen_portal.db import Base, owned_by_citizen

PAGE = (Path(__file__).parents[2] / "docs/scaling.md").read_text()
TABLES = dict(Base.metadata.tables)
EVERYWHERE = set(re.findall(r"create_reference_table\('(\w+)'\)", PAGE))
SPREAD = dict(re.findall(r"create_distributed_table\('(\w+)', '(\w+)'", PAGE))
ORDER = re.findall(r"create_\w+_table\('(\w+)'", PAGE)
LIFTED = set(re.findall(r"(?:DROP CONSTRAINT|DROP INDEX) (\w+)", PAGE))
"""What is no longer unique, or leads nowhere."""


def test_each_table_of_citizens_is_spread_by_its_citizen() -> None:
    wanted = {table.name: "citizen_id" for table in owned_by_citizen()} | {"citizen": "id"}
    assert SPREAD.items() >= wanted.items()
    assert set(ORDER) <= set(TABLES)
    assert len(set(ORDER)) == len(ORDER), "each once"


@pytest.mark.parametrize("name", SPREAD)
def test_what_is_spread_has_it_in_its_primary_key(name: str) -> None:
    assert SPREAD[name] in TABLES[name].primary_key.columns


def test_no_more_is_lifted_than_what_citus_does_not_allow() -> None:
    """And what is not unique any more is still found by its columns."""
    loose = [each for name in SPREAD for each in _loose(name)]
    astray = {str(key.name) for table in TABLES.values() for key in _astray(table)}
    assert {str(each.name) for each in loose} | astray == LIFTED
    for each in loose:
        columns = ", ".join(column.name for column in each.columns)
        assert f"CREATE INDEX {_index(each)} ON {each.table} ({columns});" in PAGE


def _loose(name: str) -> list[UniqueConstraint | Index]:
    """What is unique and does not hold what its table is spread by."""
    table = TABLES[name]
    unique: list[UniqueConstraint | Index] = [
        *(each for each in table.constraints if isinstance(each, UniqueConstraint)),
        *(each for each in table.indexes if each.unique),
    ]
    return [each for each in unique if SPREAD[name] not in each.columns]


def _index(each: UniqueConstraint | Index) -> str:
    return re.sub("^uq_", "ix_", str(each.name))


def _astray(table: Table) -> list[ForeignKeyConstraint]:
    """The keys that may not lead where they do."""
    return [key for key in table.foreign_key_constraints if not _may(table.name, key)]


def _may(name: str, key: ForeignKeyConstraint) -> bool:
    """A key leads from what is on one machine to the same or what is everywhere, from what is
    spread also to what lies beside it; and to what was placed before."""
    to = key.referred_table.name
    if name not in ORDER:
        return to not in SPREAD
    if to not in ORDER or ORDER.index(to) > ORDER.index(name):
        return False
    by = {column.parent.name: column.column.name for column in key.elements}
    return to in EVERYWHERE or (name in SPREAD and by.get(SPREAD[name]) == SPREAD[to])
