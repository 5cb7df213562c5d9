"""A number beyond the end of a list may come of lost data; until it is proved it is one body's."""

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from citizen_portal.audit import AuditEntry
from citizen_portal.preferences.actions import note_read
from citizen_portal.preferences.models import Choice, Effect, Feed, Standing
from tests.preferences.asking import NOBODY, Asking
from tests.preferences.test_api import STATEMENTS, Caller
from tests.preferences.town import about

pytestmark = pytest.mark.both


@pytest.fixture
def asking(app: Flask) -> Asking:
    return Asking(app)


@pytest.fixture
def told(asking: Asking) -> UUID:
    """Somebody whose no the clinic and the university were told of."""
    me = asking.person("clinic", "university")
    asking.choose(me, about("DSA-0002"))
    asking.work("preferences.send")
    return me


def answers(asking: Asking, by: str) -> int:
    return asking.post({"agreement": "DSA-0002", "ids": [NOBODY]}, by=by).status_code


def test_a_bare_number_is_noted_and_harms_its_body_alone(asking: Asking, told: UUID) -> None:
    with asking.sessions.writing() as session:
        note_read(session, asking.bodies["university"], 999)
    assert (answers(asking, "university"), answers(asking, "clinic")) == (503, 200)
    with asking.sessions.reading() as session:
        noted = select(AuditEntry.organisation_id).where(AuditEntry.tag == "preference:ahead")
        assert session.scalars(noted).all() == [asking.bodies["university"]]


def test_what_was_signed_proves_it_for_each_body(asking: Asking, told: UUID, app: Flask) -> None:
    with asking.sessions.writing() as session:
        mine = Effect.organisation_id == asking.bodies["university"]
        statement = session.scalar(select(Effect.statement).where(mine))
        for table in (Effect, Standing, Choice):
            session.execute(delete(table).where(table.citizen_id == told))
        session.execute(update(Feed).values(last=0, read_to=0))
    university = Caller(app, "university")
    assert university.get("/api/v1/preference-changes?after=1").status_code == 409
    assert answers(asking, "clinic") == 200
    said = {"statements": [statement], "done": False}
    assert university.post(STATEMENTS, said).status_code == 200
    assert answers(asking, "clinic") == 503
    assert university.post(STATEMENTS, said | {"done": True, "read_to": 1}).status_code == 200
    assert answers(asking, "clinic") == 200
