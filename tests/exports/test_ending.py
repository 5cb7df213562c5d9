"""How copies end, and that nothing is left of them."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from citizen_portal import audit, clock, jobs
from citizen_portal.exports import actions, queries
from citizen_portal.exports.models import Export, State, Why
from citizen_portal.jobs import Job, JobState
from tests.exports.world import World, later, work


def test_it_is_wiped_after_a_week(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.body("clinic")
    address = world.made()
    later(monkeypatch, actions.KEPT_FOR - timedelta(minutes=5))
    world.do("exports.expire")
    assert world.row(address).state is State.READY

    later(monkeypatch, timedelta(minutes=6))
    world.do("exports.expire")
    world.do("exports.tidy")
    assert world.row(address).state is State.EXPIRED
    assert world.stored() == []


def test_wiping_takes_it_from_the_store(world: World) -> None:
    world.body("clinic")
    address = world.made()
    assert len(world.stored()) == 1
    world.browser.post(f"{address}/stop")
    work(world.app)
    assert world.stored() == []
    assert world.page(address).heading == "Your copy is wiped"


def test_a_copy_that_breaks_each_time_ends_failed_with_the_reason(world: World) -> None:
    world.body("clinic")
    address = world.ask()
    world.store.write_text("no folder can be made here")
    for _ in range(jobs.MOST_ATTEMPTS):
        work(world.app)
        again(world)
    row = world.row(address)
    assert (row.state, row.fault, row.attempts) == (State.FAILED, Why.FAULT, jobs.MOST_ATTEMPTS)
    page = world.page(address)
    assert page.heading == "Your copy could not be made"
    assert "5 times" in page.main


def again(world: World) -> None:
    """The wait before the next attempt is over."""
    with world.sessions.writing() as session:
        session.execute(update(Job).where(Job.state == JobState.QUEUED).values(due_at=clock.now()))


def test_a_copy_whose_job_was_given_up_ends_failed(world: World) -> None:
    world.body("clinic")
    address = world.ask()
    with world.sessions.writing() as session:
        session.execute(update(Export).values(state=State.BUILDING, stored_as="a" * 32))
        session.execute(update(Job).values(state=JobState.FAILED, ended_at=clock.now()))
    (world.store).mkdir()
    (world.store / ("a" * 32 + ".begun")).write_bytes(b"half")
    world.do("exports.tidy")
    assert (world.row(address).state, world.row(address).fault) == (State.FAILED, Why.LOST)
    world.do("exports.tidy")
    assert world.stored() == []


def test_a_copy_whose_job_goes_on_is_not_given_up(world: World) -> None:
    world.body("clinic")
    address = world.ask()
    with world.sessions.writing() as session:
        session.execute(update(Job).values(state=JobState.RUNNING))
    for state in (State.WAITING, State.BUILDING):
        with world.sessions.writing() as session:
            session.execute(update(Export).values(state=state))
        world.do("exports.tidy")
        assert world.row(address).state is state


def test_what_no_copy_counts_on_is_cleared_away_and_the_rest_stays(world: World) -> None:
    world.body("clinic")
    address = world.made()
    for name in ("b" * 32, "c" * 32 + ".begun"):
        (world.store / name).write_bytes(b"left")
    world.do("exports.tidy")
    assert world.stored() == [world.row(address).stored_as]


def test_an_attempt_that_was_overtaken_changes_nothing(world: World) -> None:
    world.body("clinic")
    address = world.ask()
    row = world.row(address)
    with world.sessions.writing() as session:
        first = actions.begin(session, row.citizen_id, row.id, tries=1)
    with world.sessions.writing() as session:
        second = actions.begin(session, row.citizen_id, row.id, tries=1)
    assert first is not None
    assert second is not None
    made = actions.Made(1, "", {}, [])
    with world.sessions.writing() as session, pytest.raises(actions.Stopped):
        actions.finish(session, first, made)
    with world.sessions.writing() as session, pytest.raises(actions.Stopped):
        actions.note_progress(session, first, (), {})
    with world.sessions.writing() as session:
        actions.finish(session, second, made)
    assert world.row(address).stored_as == second.stored_as


def test_what_was_done_with_copies_is_on_record(world: World) -> None:
    address = world.made(parts=["links"])
    world.package(address)
    world.browser.post(f"{address}/stop")
    with world.sessions.reading() as session:
        tags = set(session.scalars(select(audit.AuditEntry.tag)))
    assert tags >= {"copy:asked", "copy:made", "copy:fetched", "copy:stopped"}


def test_copies_that_ended_long_ago_are_forgotten(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = world.made(parts=["links"])
    world.browser.post(f"{address}/stop")
    later(monkeypatch, timedelta(days=31))
    world.do("exports.expire")
    with world.sessions.reading() as session:
        assert queries.copies(session, world.citizen.id) == ()
