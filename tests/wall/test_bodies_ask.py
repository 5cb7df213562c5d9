"""Behind the second wall a body that asks has a path of its own: it reads what people chose, and
nothing else of them."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from tests import walled
from tests.preferences import reading_govstack
from tests.preferences.asking import NOBODY, Asking
from tests.preferences.town import about


def test_a_check_reads_what_people_chose(app: Flask) -> None:
    town = Asking(app)
    me, other = town.person("clinic"), town.person("clinic")
    town.choose(me, about("DSA-0002"))
    mine, theirs = (town.known_as(one, "clinic") for one in (me, other))
    assert town.ask("DSA-0002", mine, theirs, NOBODY)["allowed"] == [theirs, NOBODY]


def test_a_call_for_records_reaches_no_questions_whatever_it_says(app: Flask) -> None:
    town = Asking(app)
    me = town.person("clinic")
    clinic = reading_govstack.Asking(town, "clinic")
    people = {"individuals": [{"id": town.known_as(me, "clinic")}]}
    assert clinic.get("/service/individuals/") == people
    injected: list[str] = []

    @event.listens_for(walled.of_web(app), "before_cursor_execute", retval=True)
    def inject(_: object, __: object, said: str, given: Any, *___: object) -> tuple[str, Any]:
        if "FROM pairwise_index" not in said:
            return said, given
        injected.append(said)
        return "SELECT id::text FROM question", {}

    with pytest.raises(DBAPIError, match="permission denied for table question"):
        clinic.get("/service/individuals/")
    assert len(injected) == 1
