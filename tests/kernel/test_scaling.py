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
EVERYWHERE = re.findall(r"create_reference_table\('(\w+)'\)", PAGE)
SPREAD = dict(re.findall(r"create_distributed_table\('(\w+)', '(\w+)'", PAGE))
LIFTED = set(re.findall(r"(?:DROP CONSTRAINT|DROP INDEX) (\w+)", PAGE))
"""What is no longer unique, or leads nowhere."""


def test_each_table_of_citizens_is_spread_by_its_citizen() -> None:
    wanted = {table.name: "citizen_id" for table in owned_by_citizen()} | {"citizen": "id"}
    assert SPREAD.items() >= wanted.items()
    assert set(SPREAD) | set(EVERYWHERE) <= set(TABLES)
    assert not set(SPREAD) & set(EVERYWHERE)


@pytest.mark.parametrize("name", SPREAD)
def test_what_is_unique_holds_what_it_is_spread_by(name: str) -> None:
    table = TABLES[name]
    unique: list[UniqueConstraint | Index] = [
        *(each for each in table.constraints if isinstance(each, UniqueConstraint)),
        *(each for each in table.indexes if each.unique),
    ]
    assert SPREAD[name] in table.primary_key.columns
    loose = {str(each.name) for each in unique if SPREAD[name] not in each.columns}
    assert loose <= LIFTED


@pytest.mark.parametrize("name", TABLES)
def test_a_key_leads_where_it_may(name: str) -> None:
    table = TABLES[name]
    astray = {str(key.name) for key in table.foreign_key_constraints if not _may(table, key)}
    assert astray <= LIFTED


def _may(table: Table, key: ForeignKeyConstraint) -> bool:
    to = key.referred_table.name
    if to in EVERYWHERE:
        return to == table.name or table.name not in EVERYWHERE or _before(to, table.name)
    if table.name in EVERYWHERE:
        return False
    if table.name not in SPREAD:
        return to not in SPREAD
    by = {column.parent.name: column.column.name for column in key.elements}
    return to in SPREAD and by.get(SPREAD[table.name]) == SPREAD[to]


def _before(one: str, other: str) -> bool:
    return EVERYWHERE.index(one) < EVERYWHERE.index(other)
