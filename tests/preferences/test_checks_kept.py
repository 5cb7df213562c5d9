"""What becomes of a check: a line for each citizen, the ids let go of, and all of it forgotten."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from structlog.testing import capture_logs
from uuid_utils.compat import uuid7

from citizen_portal.bodies.models.retention import DEFAULT, before
from citizen_portal.jobs import Job
from citizen_portal.preferences.actions import checking
from citizen_portal.preferences.models import CheckLine, PreferenceCheck
from tests.preferences.asking import NOBODY, Asking
from tests.preferences.town import about


@pytest.fixture
def town(app: Flask) -> Asking:
    return Asking(app)


@pytest.mark.both
def test_each_citizen_gets_a_line_and_the_ids_are_let_go_of(
    town: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "AT_ONCE", 2)
    no, yes, stranger = town.people(3)
    town.choose(no, about("DSA-0002"))
    asked = [town.known_as(one, "clinic") for one in (no, yes)]
    town.ask("DSA-0002", *asked, NOBODY, asked[0])
    town.ask("DSA-0001", asked[1])
    town.work("preferences.note_checks")

    first, second = town.checks()
    assert (first.sealed, second.sealed) == (None, None)
    assert (first.sent, first.allowed) == (4, 2)
    assert [(line.id, line.allowed) for line in town.lines(no)] == [(first.id, False)]
    assert [(line.id, line.agreement, line.day) for line in town.lines(yes)] == [
        (first.id, "DSA-0002", first.day),
        (second.id, "DSA-0001", second.day),
    ]
    assert all(line.organisation_id == town.bodies["clinic"] for line in town.lines(yes))
    assert town.lines(stranger) == []


def test_an_id_of_another_body_leaves_no_line(town: Asking) -> None:
    me = town.person("clinic", "university")
    town.ask("DSA-0002", town.known_as(me, "university"))
    town.work("preferences.note_checks")
    assert town.lines(me) == []


@pytest.mark.both
def test_a_worker_that_died_half_way_writes_no_line_twice(town: Asking) -> None:
    me, other = town.people(2)
    asked = [town.known_as(one, "clinic") for one in (me, other)]
    town.ask("DSA-0002", *asked)
    (check,) = town.checks()
    with town.sessions.writing() as session:
        checking.note_lines(session, check, {asked[0]: True})
    town.work("preferences.note_checks")
    assert (len(town.lines(me)), len(town.lines(other))) == (1, 1)


def test_a_check_that_cannot_be_opened_keeps_no_other_waiting(town: Asking) -> None:
    me = town.person()
    for reference in ("DSA-0002", "DSA-0002", "DSA-0001"):
        town.ask(reference, town.known_as(me, "clinic"))
    *broken, whole = town.checks()
    with town.sessions.writing() as session:
        moved = update(PreferenceCheck).where(PreferenceCheck.id != whole.id)
        session.execute(moved.values(sealed=whole.sealed))
    with capture_logs() as logs:
        town.work("preferences.note_checks")
    assert [line.id for line in town.lines(me)] == [whole.id]
    assert [log for log in logs if log["event"] == "check.not_noted"] == [
        {
            "event": "check.not_noted",
            "check": one.id.hex,
            "fault": "CannotOpen",
            "log_level": "error",
        }
        for one in broken
    ]
    with town.sessions.reading() as session:
        noted = select(Job.fault).where(Job.name == "preferences.note_checks")
        assert session.scalars(noted).all() == ["CannotOpen"]


@pytest.mark.both
def test_lines_and_checks_are_forgotten_after_their_time(
    town: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "AT_ONCE", 1)
    me = town.person()
    first = before(DEFAULT, town.app.extensions["region"].today())
    for day in (first - timedelta(days=1), first - timedelta(days=400), first):
        keep(town, me, day)
    town.work("preferences.forget_checks")
    assert [line.day for line in town.lines(me)] == [first]
    assert [check.day for check in town.checks()] == [first]


def keep(town: Asking, citizen_id: object, day: date) -> None:
    """A check of this day, with the citizen's line."""
    town.ask("DSA-0002", NOBODY)
    with town.sessions.writing() as session:
        newest = update(PreferenceCheck).where(PreferenceCheck.id == town.checks()[-1].id)
        session.execute(newest.values(day=day, sealed=None))
        alike = {"organisation_id": town.bodies["clinic"], "agreement": "DSA-0002"}
        line = CheckLine(citizen_id=citizen_id, day=day, allowed=True, **alike)  # type: ignore[arg-type]
        line.id = uuid7()
        session.add(line)
