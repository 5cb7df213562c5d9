"""What the worker looks for every few minutes it finds by an index, however much there is (SQLite).

PostgreSQL goes by how many rows there are, so that it says nothing on an empty database.
"""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, event

from citizen_portal.agreements.queries import register_terms
from citizen_portal.preferences.queries.following import changed
from citizen_portal.preferences.queries.objections import count_of
from tests.preferences.town import TODAY, Town

pytestmark = pytest.mark.sqlite


def plans(engine: Engine, of: str, do: Callable[[], object]) -> list[str]:
    """How each statement that begins so looks for what bodies were told."""
    asked: list[tuple[str, Any]] = []

    def note(connection: object, cursor: object, statement: str, given: Any, *_: object) -> None:
        if statement.startswith(of) and "choice_effect" in statement:
            asked.append((statement, given))

    event.listen(engine, "before_cursor_execute", note)
    do()
    event.remove(engine, "before_cursor_execute", note)
    with engine.connect() as connection:
        found = [
            connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given).all()
            for statement, given in asked
        ]
    return [next(row.detail for row in plan if "choice_effect" in row.detail) for plan in found]


def test_what_became_of_messages_is_looked_for_among_what_was_not_told_yet(town: Town) -> None:
    found = plans(town.sessions.engine, "UPDATE", lambda: town.work("preferences.hear"))
    assert ["ix_choice_effect_untold" in plan for plan in found] == [True, True], found


def test_whether_bodies_were_told_of_an_agreement_is_asked_of_each(town: Town) -> None:
    def ask() -> None:
        with town.sessions.reading() as session:
            assert changed(session, register_terms(session), TODAY)

    [plan] = plans(town.sessions.engine, "SELECT", ask)
    assert "ix_choice_effect_agreement (agreement=?)" in plan


def test_objections_to_be_answered_are_looked_for_among_those_of_one_body(town: Town) -> None:
    def ask() -> None:
        with town.sessions.reading() as session:
            count_of(session, town.bodies["clinic"], answered=False)

    [plan] = plans(town.sessions.engine, "SELECT", ask)
    assert "ix_choice_effect_open (organisation_id=? AND objection=? AND reply=?)" in plan
