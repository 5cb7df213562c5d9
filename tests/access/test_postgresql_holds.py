"""On PostgreSQL the web's role adds withheld events and cannot read them. Skipped where none is."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from citizen_portal import schema
from citizen_portal.access.models import HoldDecision, HoldState, Received, Verdict
from citizen_portal.access.queries.digests import leaves_by_part
from citizen_portal.db import Sessions
from citizen_portal.reach import OF_WEB, of_body, of_citizen
from citizen_portal.settings import Settings
from tests import walled
from tests.access.pushing import Pushing, row
from tests.access.test_push import said
from tests.access.withholding import Withholding
from tests.databases import Databases, opened

OPERATIONS = Path(__file__).parents[2] / "docs" / "operations.md"


@pytest.fixture(scope="module")
def sessions(postgresql_databases: Databases) -> Iterator[Sessions]:
    with opened(postgresql_databases, empty=True) as found:
        yield found


@pytest.fixture(scope="module")
def granted(sessions: Sessions, keys_folder: Path) -> Sessions:
    """The schema and the wall as ``db upgrade`` makes them; logins as the operations page says."""
    wall = walled.wall_of(keys_folder)
    schema.upgrade(sessions.engine, wall=wall)
    block = re.search(r"```sql\n(.*?)```", OPERATIONS.read_text(), re.S)
    assert block is not None
    with sessions.engine.begin() as connection:
        for statement in filter(str.strip, block[1].split(";")):
            connection.execute(text(statement))
    return sessions


@pytest.fixture
def app(granted: Sessions, settings: Settings) -> Iterator[Flask]:
    """The web server logs in as one role, the worker as another, as in production."""
    url = granted.engine.url.render_as_string(hide_password=False)
    changed = {"database_url": url, "database_roles": walled.ROLES}
    with walled.portal(settings.model_copy(update=changed)) as app:
        yield app


READING = [
    "SELECT * FROM held_event",
    "SELECT count(*) FROM held_event",
    "DELETE FROM held_event",
    "UPDATE held_event SET sealed = ''",
    "INSERT INTO held_event SELECT * FROM held_event",
    "INSERT INTO held_event (hold_id, sealed) SELECT id, '' FROM hold RETURNING sealed",
    "COPY held_event TO STDOUT",
    "TRUNCATE held_event",
    "CREATE TEMP TABLE mine (LIKE held_event)",
]


def test_the_web_takes_withheld_events_that_it_cannot_read(app: Flask) -> None:
    pushing = Pushing(app, "clinic", "council")
    clinic = Withholding(pushing)
    me, mine = pushing.person()
    rows = [clinic.row(mine["clinic"], f"h-{n}") for n in range(3)]

    assert said(pushing.send(row(mine["clinic"], "open"), *rows))["accepted"] == 4

    assert [one.source_ref for one in pushing.kept(me)] == ["open"]
    assert [hold.state for hold in clinic.holds()] == [HoldState.HELD] * 3
    web = app.extensions["sessions"].web
    body = clinic.holds()[0].organisation_id
    for reach in (None, of_citizen(me.id), *(of_body(body, kind) for kind in OF_WEB[2:])):
        for statement in READING:
            with (
                pytest.raises(DatabaseError, match="permission denied"),
                web.of(reach).writing() as session,
            ):
                session.execute(text(statement))
    _decide_and_work(clinic)
    _digest(app)
    assert {one.source_ref for one in pushing.kept(me)} == {"open", "h-0"}


def _digest(worker: Flask) -> None:
    """A day's leaves come sorted by their bytes, whatever the database."""
    with worker.extensions["sessions"].reading() as session:
        leaves = sorted(session.scalars(select(Received.leaf)))
        day = session.scalars(select(Received.accepted_on)).first()
        assert day is not None
        found = list(leaves_by_part(session, day))
    assert b"".join(each for _, each in found) == b"".join(leaves)


def _decide_and_work(clinic: Withholding) -> None:
    """Two approvers release the first; the worker, which has a role for it, shows it."""
    first, second = clinic.approvers
    decision = HoldDecision(
        hold_id=clinic.holds()[0].id,
        verdict=Verdict.RELEASE,
        reason="It is time.",
        proposed_by_id=first.id,
    )
    decision.agree(second.id)
    with clinic.pushing.app.extensions["sessions"].writing() as session:
        session.add(decision)
    clinic.work()
