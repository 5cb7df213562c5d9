"""What one statement found on two clusters, as if it had found it on one: rows in their order, no
more than were asked for, and counts added up. What cannot be put together so is refused."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Exists,
    Result,
    ScalarSelect,
    Select,
    UnaryExpression,
    UpdateBase,
)
from sqlalchemy.engine.result import IteratorResult, SimpleResultMetaData
from sqlalchemy.sql import operators, visitors
from sqlalchemy.sql.elements import BooleanClauseList, FunctionFilter, Grouping, Label
from sqlalchemy.sql.functions import FunctionElement

Ask = Callable[[Any, str], Result[Any]]
"""One cluster."""
Selecting = (Select, CompoundSelect)
ADDING, LEAST, MOST = ("count", "sum"), ("min",), ("max",)


class CannotGatherError(AssertionError):
    """What each cluster found of this is not what both together would."""


def gathered(statement: Any, where: Sequence[str], ask: Ask) -> Any:
    """Ask each cluster what it has to tell, and put it together."""
    if len(where) == 1:
        return ask(statement, where[0])
    if not isinstance(statement, Selecting):
        return gathered_as_they_are([ask(statement, at) for at in where], statement)
    order = [_direction(each) for each in statement._order_by_clauses]
    cut = _number(statement._limit_clause), _number(statement._offset_clause) or 0
    each, width = _for_each(statement, [by for by, *_ in order], cut)
    found = [ask(each, at) for at in where]
    keys = list(found[0].keys())
    width = width or len(keys)
    rows = [tuple(row) for one in found for row in one]
    rows = _put_together(statement, rows, width)
    for at in reversed(range(len(order))):
        by, down, empty_first = order[at]
        told = [each for each, *_ in order[:at] if not isinstance(each, str)]
        place = keys.index(by) if isinstance(by, str) else width + len(told)
        rows.sort(key=lambda row: _rank(row[place], down, empty_first), reverse=down)
    limit, offset = cut
    rows = rows[offset : None if limit is None else offset + limit]
    made: Any = SimpleResultMetaData(keys[:width])
    return IteratorResult(made, iter([row[:width] for row in rows]))


def gathered_as_they_are(found: Sequence[Any], statement: Any = None) -> Any:
    """Rows one after the other, or how many there were that changed.

    To know whose objects are out of date SQLAlchemy asks for rows that nobody asked for.
    """
    first = found[0]
    asked_for = statement._returning if isinstance(statement, UpdateBase) else first.returns_rows
    if asked_for:
        return first.merge(*found[1:]) if len(found) > 1 else first
    first.rowcount = sum(each.rowcount for each in found)
    return first


def _for_each(
    statement: Any, order: list[Any], cut: tuple[int | None, int]
) -> tuple[Any, int | None]:
    """What each is asked: also what rows are ordered by, and as many as both could be needed of."""
    limit, offset = cut
    if limit is not None:
        statement = statement.limit(limit + offset)
    if offset:
        statement = statement.offset(None)
    more = [by for by in order if not isinstance(by, str)]
    if isinstance(statement, CompoundSelect):
        if more:
            raise CannotGatherError(f"ordered by what is not among its columns: {statement}")
        return statement, None
    return statement.add_columns(*more), len(statement.column_descriptions)


def _direction(by: Any) -> tuple[Any, bool, bool]:
    """What is ordered by, whether downwards, and whether nothing comes first."""
    down, empty_first = False, None
    while isinstance(by, UnaryExpression) and by.modifier is not None:
        if by.modifier in (operators.nulls_first_op, operators.nulls_last_op):
            empty_first = by.modifier is operators.nulls_first_op
        else:
            down = by.modifier is operators.desc_op
        by = by.element
    by = getattr(by, "element", by) if type(by).__name__.startswith("_") else by
    name = by.name if isinstance(by, Label) else getattr(by, "text", None)
    return (name or by), down, down if empty_first is None else empty_first


def _rank(value: Any, down: bool, empty_first: bool) -> tuple[int, Any]:
    """PostgreSQL has nothing after everything else, or before it where it goes down."""
    if value is None:
        return (1 if down is empty_first else -1), 0
    return 0, value


def _number(clause: Any) -> int | None:
    return None if clause is None else int(clause.effective_value)


def _put_together(statement: Any, rows: list[tuple[Any, ...]], width: int) -> list[tuple[Any, ...]]:
    """Rows that speak of the same become one, where they count."""
    columns = () if isinstance(statement, CompoundSelect) else statement._raw_columns
    bare = columns and not statement.get_final_froms()
    ways = [_way(_within(column) if bare else column) for column in columns]
    if bare and not all(ways):
        raise CannotGatherError(f"of no table, and so once from each cluster: {statement}")
    if not any(ways):
        distinct = isinstance(statement, CompoundSelect) or statement._distinct
        return list(dict.fromkeys(rows)) if distinct else rows
    if len(ways) != width or statement._having_criteria:
        raise CannotGatherError(f"counts that cannot be added up: {statement}")
    ways += [None] * (len(rows[0]) - width if rows else 0)
    together: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for row in rows:
        key = tuple(value for value, way in zip(row, ways, strict=True) if way is None)
        before = together.get(key)
        together[key] = row if before is None else _one(before, row, ways)
    return list(together.values())


def _one(
    before: tuple[Any, ...], row: tuple[Any, ...], ways: Sequence[Callable[..., Any] | None]
) -> tuple[Any, ...]:
    pairs = zip(before, row, ways, strict=True)
    return tuple(a if way is None else _joined(way, a, b) for a, b, way in pairs)


def _joined(way: Callable[..., Any], one: Any, other: Any) -> Any:
    if one is None or other is None:
        return other if one is None else one
    return way(one, other)


def _way(column: Any) -> Callable[..., Any] | None:
    """How what two clusters counted is one; nothing where a column tells of no more than a row."""
    if _asks_for_any(column):
        return lambda one, other: one or other
    if isinstance(column, UnaryExpression) and column.operator is operators.inv:
        if _asks_for_any(column.element):
            return lambda one, other: one and other
    elif isinstance(column, FunctionElement):
        return _way_of(column)
    elif isinstance(column, FunctionFilter):
        return _way_of(column.func)
    elif isinstance(column, Label | Grouping):
        return _way(column.element)
    elif _counts(column):
        raise CannotGatherError(f"cannot be added up: {column}")
    return None


def _counts(column: Any) -> bool:
    """Whether it counts rows: not of those that each row asks for beside."""
    parts = list(visitors.iterate(column))
    names = {each.name for each in parts if isinstance(each, FunctionElement)}
    beside = any(isinstance(each, ScalarSelect) for each in parts)
    return not beside and not names.isdisjoint({*ADDING, *LEAST, *MOST})


def _within(column: Any) -> Any:
    """What a part that is asked by itself counts, where nothing else is asked."""
    while isinstance(column, Label | Grouping | ScalarSelect):
        column = column.element
    return column._raw_columns[0] if isinstance(column, Select) else column


def _way_of(function: Any) -> Callable[..., Any] | None:
    if function.name == "coalesce":
        return _way(list(function.clauses)[0])
    if function.name in ADDING:
        if _once(function):
            raise CannotGatherError(f"cannot be added up: {function}")
        return lambda one, other: one + other
    return {**dict.fromkeys(LEAST, min), **dict.fromkeys(MOST, max)}.get(function.name)


def _asks_for_any(column: Any) -> bool:
    if isinstance(column, Grouping):
        return _asks_for_any(column.element)
    if isinstance(column, BooleanClauseList) and column.operator is operators.or_:
        return all(map(_asks_for_any, column.clauses))
    return isinstance(column, Exists)


def _once(function: Any) -> bool:
    """Whether what is alike is counted once; citizens are on one cluster, so they may be."""
    counted = [
        each
        for each in visitors.iterate(function)
        if isinstance(each, UnaryExpression) and each.operator is operators.distinct_op
    ]
    return any(getattr(each.element, "name", "") != "citizen_id" for each in counted)
