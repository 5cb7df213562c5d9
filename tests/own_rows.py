"""Whose rows a statement asks for. On behalf of a citizen each names that citizen, on behalf of a
body each names the body or a citizen, for every table it takes rows from (decision 0045): so a
page works on one machine of many, and nothing of another can be in it.

The portal's own machine paths, and what tests ask themselves, ask on behalf of nobody.
"""

import re
import weakref
from collections import defaultdict
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    Alias,
    BindParameter,
    Column,
    Connection,
    Engine,
    Insert,
    Table,
    Tuple,
    event,
)
from sqlalchemy.orm import Session
from sqlalchemy.sql import operators, visitors
from sqlalchemy.sql.elements import BinaryExpression, ClauseElement, Grouping, UnaryExpression

from citizen_portal.db import owned_by_citizen
from citizen_portal.reach import OF_A_BODY, Kind

INNER = frozenset({"access_refusal", "delivery", "webhook", "preference_check"})
"""Tables of what a body has for itself, beside those of citizens. A draft is of each body that it
names."""
OWNERS = frozenset({"citizen_id", "organisation_id", "source_id"})
"""A source is of one body."""
COUNTED = re.compile(r"SELECT (?:\w+\.id, )?count\(")
"""A body may count whom its incident concerns; and how many have chosen decides how it is asked."""
EQUAL = frozenset({operators.eq, operators.in_op, operators.is_not_distinct_from})
SEEN: dict[Any, frozenset[str]] = {}
"""What was found of each statement; those that differ by their values alone are one."""
Node = tuple[str, str]
"""A table, and the name that it has in a statement."""


@dataclass(frozen=True)
class Given:
    """What a column must be: a value, or one part of it where several columns are given at once."""

    bind: BindParameter[Any]
    part: int | None


class NotItsOwnError(AssertionError):
    """A statement takes rows of whoever has some."""


def watch() -> None:
    """From now on each statement of each session is looked at, once for each that is alike."""
    event.listen(Session, "after_begin", _note)
    event.listen(Engine, "before_execute", _look)


def look_away() -> None:
    """Where filters are gone on purpose."""
    event.remove(Session, "after_begin", _note)
    event.remove(Engine, "before_execute", _look)


def _note(session: Session, _: Any, connection: Connection) -> None:
    connection.info["session"] = weakref.ref(session)


def _look(connection: Connection, statement: Any, *_: Any) -> None:
    kept = connection.info.get("session")
    session = kept() if kept is not None else None
    reach = session.info.get("reach") if session is not None else None
    if reach is None or not isinstance(statement, ClauseElement) or isinstance(statement, Insert):
        return
    if reach.kind is not Kind.CITIZEN and reach.kind not in OF_A_BODY:
        return
    if found := _remembered(statement, reach.kind is Kind.CITIZEN):
        names = ", ".join(sorted(found))
        raise NotItsOwnError(f"on behalf of a {reach.kind}, rows of {names}: {statement}")


def _remembered(statement: ClauseElement, citizen: bool) -> frozenset[str]:
    made = statement._generate_cache_key()
    if made is None:
        return _astray(statement, citizen)
    key = (made.key, citizen)
    if key not in SEEN:
        SEEN[key] = _astray(statement, citizen)
    return SEEN[key]


def _astray(statement: ClauseElement, citizen: bool) -> frozenset[str]:
    if citizen:
        return unbound(statement, "citizen_id")
    return frozenset() if COUNTED.match(str(statement)) else unbound(statement, *OWNERS)


@cache
def tables_of(*owners: str) -> frozenset[str]:
    """Of citizens, and of bodies too what they have for themselves."""
    citizens = frozenset(table.name for table in owned_by_citizen())
    return citizens | INNER if "organisation_id" in owners else citizens


def unbound(statement: ClauseElement, *owners: str) -> frozenset[str]:
    """The tables of which a statement takes rows without saying whose."""
    return named(statement, tables_of(*owners), *owners)[0]


def named(
    statement: ClauseElement, tables: Container[str], *owners: str
) -> tuple[frozenset[str], list[Given]]:
    """Those of these tables of which a statement takes rows without saying whose, and what says
    whose the others are."""
    there, bound = set[Node](), list[tuple[Node, Given]]()
    tied: dict[Node, set[Node]] = defaultdict(set)
    for each in visitors.iterate(statement):
        there |= {node for node in nodes(each) if node[0] in tables}
        for left, right in _equal(each):
            if left[1] not in owners:
                continue
            if isinstance(right, Given):
                bound.append((left[0], right))
            elif right[1] in owners:
                tied[left[0]].add(right[0])
                tied[right[0]].add(left[0])
    missed = there - _reached({node for node, _ in bound}, tied)
    return frozenset(name for name, _ in missed), [given for _, given in bound]


def _reached(bound: set[Node], tied: Mapping[Node, set[Node]]) -> set[Node]:
    reached = set[Node]()
    waiting = list(bound)
    while waiting:
        node = waiting.pop()
        if node not in reached:
            reached.add(node)
            waiting += tied.get(node, ())
    return reached


def nodes(each: Any) -> Iterator[Node]:
    """The tables that one part of a statement speaks of."""
    if isinstance(each, Alias) and isinstance(each.element, Table):
        yield each.element.name, str(each.name)
    elif isinstance(each, Table):
        yield each.name, ""
    elif isinstance(each, Column) and (found := _owner(each)) is not None:
        yield found[0]


def _owner(column: Any) -> tuple[Node, str] | None:
    """The table of a column by its name there, and the column; of a citizen's own row the id."""
    if isinstance(column, Grouping | UnaryExpression):
        return _owner(column.element)
    table = getattr(column, "table", None)
    if isinstance(table, Alias) and isinstance(table.element, Table):
        node = table.element.name, str(table.name)
    elif isinstance(table, Table):
        node = table.name, ""
    else:
        base = [one for one in getattr(column, "base_columns", ()) if one is not column]
        return _owner(base[0]) if len(base) == 1 else None
    name = str(column.name)
    return node, "citizen_id" if node[0] == "citizen" and name == "id" else name


def _equal(each: Any) -> Iterator[tuple[tuple[Node, str], tuple[Node, str] | Given]]:
    """Columns that must be what is given, or what another column is."""
    if not isinstance(each, BinaryExpression) or each.operator not in EQUAL:
        return
    for one, other in ((each.left, each.right), (each.right, each.left)):
        within = isinstance(one, Tuple)
        for at, part in enumerate(one.clauses if within else (one,)):
            found = _owner(part)
            if found is None:
                continue
            if (bind := _given(other)) is not None:
                yield found, Given(bind, at if within else None)
            elif (second := _owner(other)) is not None and second[0] != found[0]:
                yield found, second


def _given(each: Any) -> BindParameter[Any] | None:
    if isinstance(each, Grouping):
        return _given(each.element)
    return each if isinstance(each, BindParameter) else None
