"""The worker shows what was withheld: on time, once, with its true time, not by a wrong clock."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import event as events
from sqlalchemy import select, update

from citizen_portal import audit, clock
from citizen_portal.access.actions import releasing, removing
from citizen_portal.access.actions.receiving import event_id
from citizen_portal.access.models import HeldEvent, Hold, HoldState
from citizen_portal.bodies.models import Source
from citizen_portal.jobs import Job
from tests.access.pushing import NOW, Pushing, row
from tests.access.test_push import said
from tests.access.withholding import Withholding


@pytest.fixture
def pushing(app: Flask) -> Pushing:
    return Pushing(app, "clinic", "council")


@pytest.fixture
def clinic(pushing: Pushing) -> Withholding:
    return Withholding(pushing)


class Clock:
    """A clock that can be moved, and something that happens then, so that it is believed."""

    def __init__(self, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
        self.app, self.at = app, datetime.now(UTC)
        monkeypatch.setattr(clock, "now", lambda: self.at)

    def move(self, days: int, *, believed: bool = True) -> None:
        self.at += timedelta(days=days)
        if believed:
            with self.app.extensions["sessions"].writing() as session:
                audit.record(session, "citizen:signed-in")


@pytest.fixture
def moved(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(app, monkeypatch)


PERSON = {"basis": "health-serious-harm", "protects": "person"}


def states(clinic: Withholding) -> list[str]:
    return [hold.state for hold in clinic.holds()]


def test_an_inquiry_is_shown_when_its_last_day_is_over_and_not_before(
    pushing: Pushing, clinic: Withholding, moved: Clock
) -> None:
    me, mine = pushing.person()
    said(pushing.send(clinic.row(mine["clinic"], action="Asked about a claim")))

    moved.move(30)
    clinic.work()
    assert pushing.kept() == []
    moved.move(1)
    clinic.work()
    clinic.work()

    (event,) = pushing.kept(me)
    assert event.action == "Asked about a claim"
    assert event.occurred_at == NOW - timedelta(days=1)
    assert event.accepted_at == event.shown_from == moved.at
    with pushing.app.extensions["sessions"].reading() as session:
        source = session.scalars(select(Source).where(Source.slug == "clinic-log")).one()
        waiting = session.scalars(select(Job.name).where(Job.name == "access.review")).all()
    assert event.id == event_id(pushing.app.extensions["index"], (source.id, "h-1"))
    assert waiting == ["access.review"]
    assert states(clinic) == ["released"]
    assert clinic.closed() == {}


def test_what_another_body_sent_under_the_same_reference_is_no_hindrance(
    app: Flask, moved: Clock
) -> None:
    pushing = Pushing(app, "council", "clinic")
    clinic = Withholding(pushing)
    me, mine = pushing.person()
    said(pushing.send(row(mine["council"], "h-1", source="council-log"), by="council"))
    said(pushing.send(clinic.row(mine["clinic"], "h-1")))

    moved.move(31)
    clinic.work()

    assert states(clinic) == ["released"]
    assert [event.source_ref for event in pushing.kept(me)] == ["h-1", "h-1"]


def test_what_protects_a_person_is_never_released_by_a_clock(
    pushing: Pushing, clinic: Withholding, moved: Clock
) -> None:
    _, mine = pushing.person()
    said(pushing.send(clinic.row(mine["clinic"], withheld=clinic.said(**PERSON))))

    for days in (30, 1, 400):
        moved.move(days)
        clinic.work()
        assert pushing.kept() == []
    assert states(clinic) == ["oversight"]
    assert len(clinic.closed()) == 1


def test_a_clock_that_jumped_shows_nothing(
    pushing: Pushing, clinic: Withholding, moved: Clock
) -> None:
    _, mine = pushing.person()
    rows = [
        clinic.row(mine["clinic"], "i"),
        clinic.row(mine["clinic"], "p", withheld=clinic.said(**PERSON)),
    ]
    said(pushing.send(*rows))

    moved.move(31, believed=False)
    clinic.work()
    assert states(clinic) == ["held", "held"]
    moved.move(0)
    clinic.work()
    assert states(clinic) == ["released", "oversight"]


def test_whoever_is_not_linked_then_is_not_told_and_the_body_may_send_it_again(
    pushing: Pushing, clinic: Withholding, moved: Clock
) -> None:
    me, _ = pushing.person("council")
    subject = pushing.pairwise(me.id, "clinic")
    said(pushing.send(clinic.row(subject)))
    moved.move(31)
    clinic.work()

    assert pushing.kept() == []
    assert states(clinic) == ["released"]
    with pushing.app.extensions["sessions"].writing() as session:
        pushing.link(session, me.id, "clinic")
    moved.at = datetime.now(UTC)
    said(pushing.send(row(subject, "h-1")))
    assert [event.source_ref for event in pushing.kept(me)] == ["h-1"]


def test_whoever_is_linked_only_later_sees_it_at_release(
    pushing: Pushing, clinic: Withholding, moved: Clock
) -> None:
    me, _ = pushing.person("council")
    said(pushing.send(clinic.row(pushing.pairwise(me.id, "clinic"))))
    with pushing.app.extensions["sessions"].writing() as session:
        pushing.link(session, me.id, "clinic")
    assert pushing.kept() == []
    moved.move(31)
    clinic.work()

    assert len(pushing.kept(me)) == 1


def test_one_that_comes_again_for_a_new_link_still_says_since_when_it_is_shown(
    pushing: Pushing, clinic: Withholding, moved: Clock
) -> None:
    me, mine = pushing.person()
    said(pushing.send(clinic.row(mine["clinic"])))
    moved.move(31)
    clinic.work()
    (event,) = pushing.kept(me)
    with pushing.app.extensions["sessions"].writing() as session:
        removing.forget_sent(session, me.id, source_ids=[event.source_id])
    assert pushing.kept(me) == []
    released, moved.at = event.shown_from, datetime.now(UTC)
    said(pushing.send(row(mine["clinic"], "h-1"), row(mine["clinic"], "other")))

    shown = {each.source_ref: each.shown_from for each in pushing.kept(me)}
    assert shown == {"h-1": released, "other": None}


class Killed(BaseException):
    """The worker dies here."""


STATEMENTS = ("INSERT INTO job ", "DELETE FROM held_event", "UPDATE hold", "COMMIT")
"""The first is asked once an event's row is put there, which PostgreSQL takes by COPY."""


@pytest.mark.parametrize("statement", STATEMENTS)
def test_a_worker_killed_anywhere_loses_and_doubles_nothing(
    pushing: Pushing, clinic: Withholding, moved: Clock, statement: str
) -> None:
    me, mine = pushing.person()
    said(pushing.send(*[clinic.row(mine["clinic"], f"h-{n}") for n in range(5)]))
    moved.move(31)
    engine = pushing.app.extensions["sessions"].engine
    met = 0

    def die(*given: object) -> None:
        nonlocal met
        text = str(given[2]) if len(given) > 2 else "COMMIT"
        met += text.startswith(statement)
        if met == 3:
            met += 1
            raise Killed

    hook = "commit" if statement == "COMMIT" else "before_cursor_execute"
    events.listen(engine, hook, die)
    try:
        with pytest.raises(Killed):
            clinic.work()
    finally:
        events.remove(engine, hook, die)
    shown = len(pushing.kept(me))
    assert shown + len(clinic.closed()) == 5
    clinic.work()

    assert {event.source_ref for event in pushing.kept(me)} == {f"h-{n}" for n in range(5)}
    assert clinic.closed() == {}
    assert set(states(clinic)) == {"released"}


def test_one_that_does_not_open_keeps_no_other_back(
    pushing: Pushing, clinic: Withholding, moved: Clock
) -> None:
    me, mine = pushing.person()
    said(pushing.send(*[clinic.row(mine["clinic"], f"h-{n}") for n in range(3)]))
    with pushing.app.extensions["sessions"].writing() as session:
        broken = clinic.holds()[0].id
        session.execute(
            update(HeldEvent).where(HeldEvent.hold_id == broken).values(sealed=b"broken")
        )
    moved.move(31)
    clinic.work()

    assert {event.source_ref for event in pushing.kept(me)} == {"h-1", "h-2"}
    assert states(clinic) == ["held", "released", "released"]


def test_without_the_key_nothing_is_shown_and_nothing_lost(
    pushing: Pushing, clinic: Withholding, moved: Clock
) -> None:
    me, mine = pushing.person()
    said(pushing.send(clinic.row(mine["clinic"])))
    moved.move(31)
    settings = pushing.app.extensions["settings"]
    pushing.app.extensions["settings"] = settings.model_copy(update={"held_key": None})
    clinic.work()
    assert states(clinic) == ["held"]
    pushing.app.extensions["settings"] = settings
    clinic.work()

    assert len(pushing.kept(me)) == 1


def test_a_closed_one_is_kept_for_oversight_until_its_retention_ends(
    pushing: Pushing, clinic: Withholding, moved: Clock
) -> None:
    _, mine = pushing.person()
    said(pushing.send(clinic.row(mine["clinic"])))
    with pushing.app.extensions["sessions"].writing() as session:
        session.get_one(Hold, clinic.holds()[0].id).end(HoldState.CLOSED, exemption="x")
    moved.move(3 * 365 - 10)
    clinic.work()
    assert len(clinic.closed()) == 1
    moved.move(20)
    clinic.work()

    assert clinic.closed() == {}
    assert states(clinic) == ["closed"]
    assert pushing.kept() == []


def test_closed_ones_are_forgotten_some_at_a_time(
    pushing: Pushing, clinic: Withholding, moved: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(releasing, "AT_ONCE", 2)
    said(pushing.send(*[clinic.row("0" * 64, f"h-{n}") for n in range(3)]))
    with pushing.app.extensions["sessions"].writing() as session:
        for hold in clinic.holds():
            session.get_one(Hold, hold.id).end(HoldState.CLOSED, exemption="x")
    moved.move(3 * 365 + 10)
    clinic.work()
    assert len(clinic.closed()) == 1
    clinic.work()
    assert clinic.closed() == {}
