"""Each column of each table has its class, and the class fits what the column is."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Boolean, Column, Date, DateTime, Integer, LargeBinary

import citizen_portal.app  # noqa: F401  (brings in every slice's tables)
from citizen_portal.db import Base, owned_by_citizen
from tests.classes import classed
from tests.papers import THREAT_MODEL, rows_under

KINDS = {
    "random", "time", "code", "public", "staff", "clear", "keyed", "digest", "sealed", "signed",
}  # fmt: skip
SAID = {"clear", "signed"}
"""Where a person can be read about, so that the table says what."""
UNREADABLE = {"sealed", "digest", "random", "public"}
"""What bytes may be: ``digest_part.root`` is published."""
NUMBERS = {"code", "public", "staff", "clear"}


def columns() -> Iterator[tuple[str, Column[Any]]]:
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            yield f"{table.name}.{column.name}", column


KIND = {one.name: one.kind for one in classed()}


def test_each_column_is_there_once() -> None:
    names = [one.name for one in classed()]
    assert sorted(names) == sorted({name for name, _ in columns()})
    assert [one.table for one in classed()] == sorted(one.table for one in classed())


def test_each_class_is_one_that_is_explained() -> None:
    explained = {
        row[0] for row in rows_under(THREAT_MODEL.read_text(), "What each class of data asks for")
    }
    assert explained == KINDS == set(KIND.values())


def test_what_can_be_read_of_a_person_is_said() -> None:
    for one in classed():
        assert bool(one.says.strip()) or one.kind not in SAID, one.name


def test_what_is_named_sealed_is_sealed() -> None:
    named = {name for name, column in columns() if column.name.startswith("sealed")}
    assert len(named) > 10
    assert {KIND[name] for name in named} == {"sealed"}


def test_classes_fit_the_types_of_columns() -> None:
    for name, column in columns():
        if isinstance(column.type, LargeBinary):
            assert KIND[name] in UNREADABLE, name
        elif isinstance(column.type, Date | DateTime):
            assert KIND[name] == "time", name
        elif isinstance(column.type, Boolean | Integer):
            assert KIND[name] in NUMBERS, name
        elif column.foreign_keys and column.name.endswith("_id"):
            assert KIND[name] == "random", name


def test_what_belongs_to_a_citizen_is_neither_public_nor_of_the_staff() -> None:
    of_citizens = {
        f"{table.name}.{column.name}" for table in owned_by_citizen() for column in table.columns
    }
    assert of_citizens
    assert not [name for name in of_citizens if KIND[name] in {"public", "staff"}]
