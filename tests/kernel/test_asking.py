"""What goes past the session keeps its order: what waits to be written is written first."""

import pytest
from flask import Flask
from sqlalchemy import bindparam, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from citizen_portal.bodies.models import Organisation, Revision
from citizen_portal.db import ask, put
from tests import make

pytestmark = pytest.mark.both
_NAMED = select(func.count(Organisation.id)).where(Organisation.slug == bindparam("slug"))


def test_what_waits_is_seen(session: Session) -> None:
    session.add(make.body(slug="waits"))
    assert ask(session, _NAMED, slug="waits").scalar() == 1


def test_what_is_put_is_there_whole_and_of_several_tables(session: Session) -> None:
    body = make.body(slug="put")
    kept = Revision(name="kept", number=7)
    put(session, [body, make.body(slug="second"), kept])
    found = session.get_one(Organisation, body.id)
    assert (found is not body, found.slug, found.name) == (True, "put", body.name)
    assert session.get_one(Revision, kept.id).number == 7
    assert ask(session, _NAMED, slug="second").scalar() == 1


def test_a_session_that_reads_puts_nothing(app: Flask) -> None:
    with app.extensions["sessions"].reading() as reading, pytest.raises(DBAPIError):
        put(reading, [make.body(slug="none")])
