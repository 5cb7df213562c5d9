"""A row of a citizen in each table of citizens, whatever its columns are."""

import enum
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, Column, Connection, Enum, LargeBinary, Table, insert, text

from citizen_portal.db import UTCDateTime, owned_by_citizen
from citizen_portal.identity.models import Citizen


def fill(connection: Connection, citizens: Iterable[UUID], tables: Iterable[Table] = ()) -> None:
    """By the owner, who may leave out what rows lean on."""
    connection.execute(text("SET LOCAL session_replication_role = replica"))
    for citizen_id in citizens:
        connection.execute(insert(Citizen).values(id=citizen_id))
        for table in tables or owned_by_citizen():
            connection.execute(insert(table).values(**_row(table, citizen_id)))


def _row(table: Table, citizen_id: UUID) -> dict[str, Any]:
    values = {
        column.name: _value(column)
        for column in table.columns
        if not column.nullable and column.name != "citizen_id"
    }
    return values | {"citizen_id": citizen_id}


def _value(column: Column[Any]) -> object:
    match column.type:
        case Enum(enums=[*_], enum_class=kinds) if kinds is not None:
            return next(iter(kinds))
        case UTCDateTime():
            return datetime(2026, 1, 2, tzinfo=UTC)
        case LargeBinary():
            return b""
        case JSON():
            return {}
    if issubclass(column.type.python_type, str) and not issubclass(
        column.type.python_type, enum.Enum
    ):
        return uuid4().hex
    plain = {UUID: uuid4(), bool: True, int: 1, date: date(2026, 1, 2)}
    return plain[column.type.python_type]
