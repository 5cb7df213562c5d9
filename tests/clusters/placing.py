"""Which row lies on which cluster, as ``docs/scaling.md`` says to Citus, and so where a statement
has to be asked.

Rows of citizens lie on one of both, by their citizen. What is read everywhere lies on both, and
everything else on the first.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import BindParameter, Delete, Insert, TextClause, Update
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import ClauseElement

import citizen_portal.app  # noqa: F401 - knows each table
from citizen_portal.db import Base
from tests.clusters.apart import CROSSING
from tests.own_rows import named, nodes

FIRST, SECOND = "first", "second"
BOTH = (FIRST, SECOND)
PAGE = (Path(__file__).parents[2] / "docs/scaling.md").read_text()
EVERYWHERE = frozenset(re.findall(r"create_reference_table\('(\w+)'\)", PAGE))
SPREAD = dict(re.findall(r"create_distributed_table\('(\w+)', '(citizen_id|id)'", PAGE))
"""Tables of citizens, and the column that says whose a row is."""
FIRST_ALONE = frozenset(Base.metadata.tables) - EVERYWHERE - SPREAD.keys()
LIFTED = re.findall(r"ALTER TABLE (\w+) DROP CONSTRAINT (fk_\w+)", PAGE)
"""Keys that would lead from one cluster to another."""
SLOTS = 1024
WORD = re.compile(r"\w+")

Row = Mapping[str, Any]


class CrossesError(AssertionError):
    """A statement needs at once what lies on one cluster and what may lie on another."""


def place(citizen_id: UUID | str) -> str:
    """Of a citizen, by a fixed slot, so that slots could be moved and no citizen dealt anew."""
    whole = sha256(UUID(str(citizen_id)).bytes).digest()
    return BOTH[int.from_bytes(whole[:4]) % SLOTS * len(BOTH) // SLOTS]


def place_of(table: str, row: Row) -> str:
    """Of a row that is to be written; what lies on both is written to the first and repeated."""
    return place(row[SPREAD[table]]) if table in SPREAD else FIRST


@dataclass(frozen=True)
class Aim:
    """What a statement speaks of. Those that differ by their values alone aim alike."""

    tables: frozenset[str]
    open: bool
    """Whether it takes rows of citizens without saying whose."""
    given: tuple[tuple[int, int | None], ...] = ()
    """What says whose: the place of a value among those of the statement, and of its part."""


AIMS: dict[Any, Aim] = {}


def places(statement: Any, given: Row | None = None) -> Sequence[str]:
    """Where a statement has to be asked, with what is given to it by name."""
    if isinstance(statement, TextClause):
        return places_of_text(statement.text)
    if isinstance(statement, Insert) and statement.select is not None:
        return _of_insert_from(statement)
    aim, values = _aim(statement)
    whose = {each for at, part in aim.given for each in _values(values[at], part, given or {})}
    if isinstance(statement, Insert | Update | Delete) and not whose:
        whose = _written(statement, given or {})
    elif aim.open:
        whose = set()
    return _where(aim.tables, sorted({place(each) for each in whose}))


def places_of_text(text: str) -> Sequence[str]:
    """Of what was written out: it is not looked for whose rows it speaks of."""
    words = WORD.findall(text.replace("incoming_", ""))
    return _where(frozenset(words) & Base.metadata.tables.keys(), [])


def mixed(statement: Any) -> bool:
    """Whether it speaks of citizens and also of what lies on the first cluster alone."""
    aim, _ = _aim(statement)
    return bool(aim.tables & SPREAD.keys() and aim.tables & FIRST_ALONE)


def alone(statement: Any) -> bool:
    """Whether it can be asked of the first cluster by itself."""
    found = _tables(statement)
    return bool(found & FIRST_ALONE) and not found & SPREAD.keys()


def of_citizens(statement: Any) -> bool:
    """Whether it speaks of rows of citizens; of what was written out it is not known."""
    return isinstance(statement, TextClause) or bool(_aim(statement)[0].tables & SPREAD.keys())


def _of_insert_from(statement: Any) -> Sequence[str]:
    of, source = str(statement.table.name), places(statement.select)
    if (of in SPREAD) is not bool(_tables(statement.select) & SPREAD.keys()):
        raise CrossesError(f"rows of {of} would come from another cluster: {statement}")
    return source


def _where(tables: frozenset[str], found: Sequence[str]) -> Sequence[str]:
    spread = tables & SPREAD.keys()
    if not spread:
        return (FIRST,)
    if alone := tables & FIRST_ALONE:
        beside = ", ".join(sorted(spread)), ", ".join(sorted(alone))
        if beside in CROSSING:
            pytest.skip(f"{' beside '.join(beside)}: {CROSSING[beside]}")
        raise CrossesError(" beside ".join(beside))
    return found or BOTH


def _aim(statement: ClauseElement) -> tuple[Aim, Sequence[BindParameter[Any]]]:
    made = statement._generate_cache_key()
    if made is None:
        binds = [each for each in visitors.iterate(statement) if isinstance(each, BindParameter)]
        return _found(statement, binds), binds
    if made.key not in AIMS:
        AIMS[made.key] = _found(statement, made.bindparams)
    return AIMS[made.key], made.bindparams


def _found(statement: ClauseElement, binds: Sequence[BindParameter[Any]]) -> Aim:
    missed, given = named(statement, SPREAD, "citizen_id")
    keys = [bind.key for bind in binds]
    at = tuple((keys.index(each.bind.key), each.part) for each in given)
    return Aim(_tables(statement), bool(missed), at)


def _tables(statement: Any) -> frozenset[str]:
    found = {name for each in visitors.iterate(statement) for name, _ in nodes(each)}
    if isinstance(statement, Insert | Update | Delete):
        changed: Any = statement.table
        found.add(str(changed.name))
    return frozenset(found)


def _values(bind: BindParameter[Any], part: int | None, given: Row) -> list[Any]:
    value = given.get(bind.key, bind.effective_value)
    several = list(value) if isinstance(value, list | tuple | set | frozenset) else [value]
    if part is not None and several and isinstance(several[0], tuple):
        several = [each[part] for each in several]
    return [each for each in several if each is not None]


def _written(statement: Any, given: Row) -> set[Any]:
    """Whose row is written, where no condition says it but what is written itself."""
    key = SPREAD.get(str(statement.table.name), "")
    values = getattr(statement, "_values", None) or {}
    said = {getattr(column, "name", column): bind for column, bind in values.items()}
    if key in given:
        return {given[key]}
    return set(_values(said[key], None, given)) if key in said else set()
