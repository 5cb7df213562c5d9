"""What was closed opens for its own hold alone, and as it was when it was closed."""

import json
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from citizen_portal import clock, sealing
from citizen_portal.access.actions import releasing
from citizen_portal.access.actions.holding import context
from citizen_portal.access.models import HeldEvent, Received
from tests.access.pushing import Pushing, row
from tests.access.test_push import said
from tests.access.withholding import Withholding


@pytest.fixture
def pushing(app: Flask) -> Pushing:
    return Pushing(app, "clinic", "council")


@pytest.fixture
def clinic(pushing: Pushing) -> Withholding:
    return Withholding(pushing)


def test_a_release_names_no_other_hold(
    session: Session, pushing: Pushing, clinic: Withholding
) -> None:
    """A closed event that was moved under another hold does not open there."""
    _, mine = pushing.person()
    said(pushing.send(*[clinic.row(mine["clinic"], f"h-{n}") for n in range(2)]))
    first, second = (hold.id for hold in clinic.holds())
    closed = clinic.closed()
    session.execute(
        update(HeldEvent).where(HeldEvent.hold_id == first).values(sealed=closed[second])
    )
    assert _release(pushing.app, session, first) is False
    assert _release(pushing.app, session, second) is True
    assert session.scalar(select(Received.kept).limit(1)) is True


def test_a_release_shows_what_was_fixed_and_nothing_else(
    session: Session, pushing: Pushing, clinic: Withholding
) -> None:
    """Whoever can write to the tables can close something else with the public key."""
    me, mine = pushing.person()
    said(pushing.send(clinic.row(mine["clinic"])))
    (hold,) = clinic.holds()
    forged = row(mine["clinic"], "h-1", action="Something harmless")
    closed = pushing.app.extensions["envelope"].close(json.dumps(forged).encode(), context(hold.id))
    session.execute(update(HeldEvent).where(HeldEvent.hold_id == hold.id).values(sealed=closed))

    assert _release(pushing.app, session, hold.id) is False
    session.rollback()
    assert pushing.kept(me) == []


def _release(app: Flask, session: Session, hold_id: UUID) -> bool:
    parts = app.extensions
    opener = sealing.load_opener(parts["settings"].held_key)
    try:
        releasing.release(session, hold_id, opener=opener, index=parts["index"], now=clock.now())
    except sealing.CannotOpen:
        return False
    return True
