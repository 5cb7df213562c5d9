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


def test_what_is_put_is_there_whole_and_has_an_id(session: Session) -> None:
    one = make.body(slug="put")
    columns = {each.name: getattr(one, each.name) for each in Organisation.__table__.columns}
    del columns["id"]
    put(session, Organisation, [columns, columns | {"slug": "second", "code": "SECOND"}])
    put(session, Organisation, [])
    found = session.scalars(select(Organisation).order_by(Organisation.slug)).all()
    assert [(each.slug, each.name) for each in found] == [("put", one.name), ("second", one.name)]
    assert found[0].id != found[1].id
    assert ask(session, _NAMED, slug="second").scalar() == 1


def test_each_transaction_of_a_session_has_its_own_connection(app: Flask) -> None:
    with app.extensions["sessions"].write() as session:
        put(session, Revision, [{"name": "first", "number": 1}])
        session.rollback()
        put(session, Revision, [{"name": "second", "number": 2}])
        session.commit()
        names = ask(session, select(Revision.name)).scalars().all()
    assert "second" in names
    assert "first" not in names


def test_a_session_that_reads_puts_nothing(app: Flask) -> None:
    with app.extensions["sessions"].reading() as reading, pytest.raises(DBAPIError):
        put(reading, Revision, [{"name": "none", "number": 1}])
