"""What is asked on behalf of a citizen names that citizen for each table of citizens' rows."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Select, delete, func, select, tuple_, update
from sqlalchemy.orm import aliased

from citizen_portal.bodies.models import Delivery
from citizen_portal.preferences.models import Choice, Effect
from citizen_portal.reach import Kind, of_body, of_citizen
from tests.databases import Databases, opened
from tests.own_rows import NotItsOwnError, unbound

ONE = uuid4()
OTHER = aliased(Choice)
BOUND: list[Any] = [
    select(Choice.id).where(Choice.citizen_id == ONE),
    select(Choice).where(Choice.citizen_id.in_([ONE])),
    select(Choice).where(tuple_(Choice.citizen_id, Choice.id).in_([(ONE, ONE)])),
    select(Effect.id)
    .join(Choice, Choice.citizen_id == Effect.citizen_id)
    .where(Effect.citizen_id == ONE),
    update(Choice).where(Choice.citizen_id == ONE).values(number=2),
]
LOOSE: list[Any] = [
    select(Choice.id).where(Choice.id == ONE),
    select(func.count()).select_from(Choice),
    select(Choice.id).where(Choice.citizen_id == Choice.citizen_id),
    select(Effect.id).join(Choice, Choice.id == Effect.id).where(Effect.citizen_id == ONE),
    select(Choice.id).where(
        Choice.citizen_id == ONE, select(OTHER.id).where(OTHER.id == Choice.id).exists()
    ),
    delete(Choice).where(Choice.id == ONE),
]


@pytest.mark.parametrize("statement", BOUND, ids=range(len(BOUND)))
def test_whose_rows_are_wanted_is_seen(statement: Any) -> None:
    assert unbound(statement, "citizen_id") == frozenset()


@pytest.mark.parametrize("statement", LOOSE, ids=range(len(LOOSE)))
def test_that_nobody_is_named_is_seen(statement: Any) -> None:
    assert unbound(statement, "citizen_id") == {"choice"}


@pytest.mark.parametrize(
    ("reach", "wanted"),
    [
        (of_citizen(ONE), lambda: select(Effect.id).where(Effect.id == ONE)),
        (of_body(ONE), lambda: select(Effect.id).where(Effect.id == ONE)),
        (of_body(ONE, Kind.ASKING), lambda: select(Choice.id)),
        (of_body(ONE), lambda: select(Delivery.id).where(Delivery.id == ONE)),
    ],
)
def test_such_a_statement_does_not_pass(
    databases: Databases, reach: Any, wanted: Callable[[], Select[Any]]
) -> None:
    with opened(databases) as sessions:
        with sessions.of(reach).reading() as session, pytest.raises(NotItsOwnError):
            session.execute(wanted())
        with sessions.reading() as session:
            assert session.execute(wanted()).all() == []


@pytest.mark.parametrize(
    "wanted",
    [
        select(Delivery.id).where(Delivery.organisation_id == ONE),
        select(Choice.id).where(Choice.citizen_id == ONE),
        select(func.count()).select_from(Choice),
    ],
    ids=["itself", "a citizen", "a count"],
)
def test_on_behalf_of_a_body_it_is_named_or_a_citizen_or_rows_are_counted(
    databases: Databases, wanted: Select[Any]
) -> None:
    with opened(databases) as sessions, sessions.of(of_body(ONE)).reading() as session:
        assert session.scalars(wanted).all() in ([], [0])
