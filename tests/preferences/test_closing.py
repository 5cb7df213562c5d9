"""Whoever closes their account is gone, but for a no that a body has still to read."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from citizen_portal.identity import actions as identity
from citizen_portal.identity.models import Citizen
from citizen_portal.preferences.actions import note_read
from citizen_portal.preferences.models import Answer, Choice, Effect
from tests.preferences.town import TODAY, Town, about

pytestmark = pytest.mark.both


@pytest.fixture
def gone(app: Flask, town: Town) -> UUID:
    """Somebody who said no to one agreement and yes to another, and closed at once."""
    me = town.person("clinic", "council")
    town.choose(me, about("DSA-0001"))
    town.choose(me, about("DSA-0003"), Answer.YES)
    with town.sessions.writing() as session:
        identity.close(session, me, envelope=app.extensions["closed_envelope"])
    town.work("account.remove_closed")
    return me


def left(town: Town, model: type[Choice] | type[Effect] | type[Citizen]) -> int:
    with town.sessions.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_no_waits_until_its_body_has_read_it(town: Town, gone: UUID) -> None:
    assert left(town, Choice) == 0
    waiting = {(each.agreement, each.may_use) for each in town.effects(gone)}
    assert waiting == {("DSA-0001", False)}
    town.work("preferences.send")
    [read, unread] = sorted(town.effects(gone), key=lambda each: each.organisation_id)
    with town.sessions.writing() as session:
        note_read(session, read.organisation_id, read.number or 0)
    town.work("account.remove_closed")
    assert [each.id for each in town.effects(gone)] == [unread.id]
    with town.sessions.writing() as session:
        note_read(session, unread.organisation_id, unread.number or 0)
    town.work("account.remove_closed")
    assert (left(town, Effect), left(town, Citizen)) == (0, 0)


def test_no_longer_than_the_body_had_to_answer(town: Town, gone: UUID) -> None:
    with town.sessions.writing() as session:
        session.execute(update(Effect).values(due_on=TODAY - timedelta(days=9_000)))
    town.work("account.remove_closed")
    assert (left(town, Effect), left(town, Citizen)) == (0, 0)
