"""What is asked on behalf of a citizen looks into one partition of each table: theirs."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from psycopg.sql import SQL, Literal
from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session

from citizen_portal import partitions
from citizen_portal.db import owned_by_citizen
from citizen_portal.identity.models import Citizen
from citizen_portal.reach import of_citizen
from tests import walled
from tests.preferences.town import Town, about

PAGES = ("/my", "/my/choices", "/my/access", "/my/records", "/my/account", "/my/questions")
PARTED = {table.name for table in owned_by_citizen() if partitions.is_parted(table)}
PLAN = "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, FORMAT JSON) "
GIVEN = re.compile(r"%\((\w+)\)s")
Asked = list[tuple[str, Mapping[str, Any]]]


@contextmanager
def noted(engine: Engine) -> Iterator[Asked]:
    """Each statement that reads a partitioned table, changes it or removes from it."""
    asked: Asked = []

    def note(_: object, __: object, statement: str, given: Any, *___: object) -> None:
        of = PARTED.intersection(re.findall(r"\w+", statement))
        if of and statement.startswith(("SELECT", "UPDATE", "DELETE")):
            asked.append((statement, given))

    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


def bound(session: Session, statement: str, given: Mapping[str, Any]) -> Any:
    """How it is done with what is given, which the server is sent beside it."""
    return session.connection().exec_driver_sql(PLAN + statement, given).scalar_one()


def prepared(session: Session, statement: str, given: Mapping[str, Any]) -> Any:
    """How it is done where it was prepared once, whatever will be given."""
    names = list(dict.fromkeys(GIVEN.findall(statement)))
    said = GIVEN.sub(lambda found: f"${names.index(found[1]) + 1}", statement).replace("%%", "%")
    driver: Any = session.connection().connection.driver_connection
    driver.execute("SET LOCAL plan_cache_mode = force_generic_plan")
    driver.execute(f"PREPARE one AS {said}")
    values = SQL(", ").join([Literal(given[name]) for name in names])
    plan = SQL(PLAN + "EXECUTE one ({})" if names else PLAN + "EXECUTE one").format(values)
    (found,) = driver.execute(plan).fetchone()
    driver.execute("DEALLOCATE one")
    return found


def looked_into(plan: Any) -> Iterator[str]:
    """The partitions that were looked into, and not only thought of."""
    if isinstance(plan, list):
        for each in plan:
            yield from looked_into(each)
        return
    if partitions.parted(plan.get("Relation Name", "")) and plan["Actual Loops"]:
        yield plan["Relation Name"]
    for below in (plan.get("Plan"), plan.get("Plans")):
        yield from looked_into(below) if below else ()


def home(session: Session, citizen_id: UUID) -> str:
    """The number of the partitions with rows of theirs."""
    asked = text("SELECT tableoid::regclass::text FROM sign_in WHERE citizen_id = :citizen")
    return number(session.execute(asked, {"citizen": citizen_id}).scalars().first() or "")


def number(part: str) -> str:
    return part.rpartition("_")[2]


@pytest.mark.parametrize("way", [bound, prepared])
def test_pages_of_a_citizen_look_into_one_partition(
    app: Flask, signed_in: Callable[[Citizen], FlaskClient], way: Callable[..., Any]
) -> None:
    town, me = Town(app), Citizen()
    me.id = town.person("clinic", "council")
    town.choose(me.id, about("DSA-0001"))
    town.work("preferences.send")
    client = signed_in(me)
    with noted(walled.of_web(app)) as asked:
        for page in PAGES:
            assert client.get(page).status_code == 200, page
    with town.sessions.reading() as session:
        mine = home(session, me.id)
    met = set[str]()
    for statement, given in asked:
        with walled.of_web(app).connect() as connection, Session(connection) as session:
            app.extensions["wall"](connection, of_citizen(me.id))
            found = set(looked_into(way(session, statement, given)))
            assert {number(part) for part in found} <= {mine}, statement
            met |= {partitions.parted(part) or "" for part in found}
            session.rollback()
    assert met >= {"sign_in", "visit", "subject_link", "choice", "choice_effect", "pushed_event"}


def test_what_is_asked_of_anybody_looks_into_each(app: Flask) -> None:
    """So that the reader of plans can see more than one."""
    with app.extensions["sessions"].reading() as session:
        for way in (bound, prepared):
            found = list(looked_into(way(session, "SELECT count(*) FROM sign_in", {})))
            assert sorted(map(number, found)) == [str(each) for each in range(partitions.COUNT)]
