"""Closing an account when something breaks on the way, or happens at the same moment."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import Engine, event, func, select
from sqlalchemy.orm import Session

from citizen_portal import jobs
from citizen_portal.access.models import Received, Tally
from citizen_portal.errors import WrongState
from citizen_portal.identity import actions
from citizen_portal.identity.models import Citizen, LinkProof, LinkState
from citizen_portal.jobs import JobState
from tests.access.pushing import Pushing
from tests.account.closing import REMOVE, Someone, close, held, rows_with, run, sign_in
from tests.bodies.told import run_waiting

pytestmark = pytest.mark.both


@contextmanager
def dying(engine: Engine, at: int) -> Iterator[list[str]]:
    """The statement of this number, and each after it, does not reach the database."""
    seen: list[str] = []

    def fail(_: object, __: object, statement: str, *more: object) -> None:
        if statement.startswith(("PRAGMA", "BEGIN")) or "job" in statement.split("WHERE")[0]:
            return
        seen.append(statement)
        if len(seen) >= at:
            raise RuntimeError

    event.listen(engine, "before_cursor_execute", fail)
    yield seen
    event.remove(engine, "before_cursor_execute", fail)


def test_a_worker_that_dies_at_any_statement_loses_nothing(
    app: Flask, two: tuple[Someone, Someone], session: Session
) -> None:
    """Each try dies one statement later than the last, until one comes through."""
    one, other = two
    before = held(app, other.id)
    close(app, one.id)
    engine, deaths = app.extensions["sessions"].engine, 0
    while True:
        with dying(engine, deaths + 1):
            state = run(app, REMOVE)
        if state is JobState.DONE:
            break
        deaths += 1
        assert deaths < 200

    assert deaths > 15
    session.rollback()
    assert rows_with(session, one.marks - set(one.pairwise.values())) == []
    assert held(app, other.id) == before


def test_one_who_cannot_be_removed_keeps_nobody_waiting(
    app: Flask, two: tuple[Someone, Someone], session: Session
) -> None:
    one, other = two
    close(app, one.id)
    close(app, other.id)

    def fail(_: object, __: object, ___: str, given: object, *more: object) -> None:
        if str(one.id) in str(given) or one.id.hex in str(given):
            raise RuntimeError

    engine = app.extensions["sessions"].engine
    event.listen(engine, "before_cursor_execute", fail)
    assert run(app, REMOVE) is JobState.QUEUED, "it is tried again"
    event.remove(engine, "before_cursor_execute", fail)

    left = select(Citizen.id).where(Citizen.closed_as.is_not(None))
    assert session.scalars(left).all() == [one.id]


def test_closing_that_dies_half_way_changes_nothing(
    app: Flask, two: tuple[Someone, Someone], session: Session
) -> None:
    one, _ = two
    before = held(app, one.id)
    for at in range(2, 12):
        with dying(app.extensions["sessions"].engine, at), pytest.raises(RuntimeError):
            close(app, one.id)
    assert held(app, one.id) == before
    with app.extensions["sessions"].writing() as writing:
        assert sign_in(writing, app, one.subject) == one.id


def test_an_account_is_closed_once(app: Flask, two: tuple[Someone, Someone]) -> None:
    one, _ = two
    close(app, one.id)
    with pytest.raises(WrongState):
        close(app, one.id)
    run_waiting(app)
    with pytest.raises(WrongState):
        close(app, one.id)


def at_once(*tasks: Callable[[], None]) -> list[BaseException | None]:
    """Do these at the same time; what each of them ended with."""
    ended: list[BaseException | None] = [None] * len(tasks)
    start = threading.Barrier(len(tasks))

    def one(at: int) -> None:
        start.wait(10)
        try:
            tasks[at]()
        except Exception as error:
            ended[at] = error

    threads = [threading.Thread(target=one, args=(at,)) for at in range(len(tasks))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return ended


def test_who_closes_twice_at_once_or_signs_in_meanwhile_ends_closed(
    app: Flask, two: tuple[Someone, Someone], session: Session
) -> None:
    one, _ = two

    def enter() -> None:
        with app.extensions["sessions"].writing() as writing:
            sign_in(writing, app, one.subject)

    ended = at_once(lambda: close(app, one.id), lambda: close(app, one.id), enter, enter)

    assert sum(isinstance(error, WrongState) for error in ended[:2]) == 1
    assert [error for error in ended if not isinstance(error, WrongState | None)] == []
    assert held(app, one.id)["sign_in"] == []
    run_waiting(app)
    session.rollback()
    assert session.get(Citizen, one.id) is None


def test_a_body_that_answers_late_links_nobody_who_has_gone(
    app: Flask, pushing: Pushing, two: tuple[Someone, Someone], session: Session
) -> None:
    one, _ = two
    close(app, one.id)
    with pytest.raises(WrongState), app.extensions["sessions"].writing() as writing:
        actions.link(
            writing,
            one.id,
            pushing.bodies["clinic"],
            pairwise=one.pairwise["clinic"],
            state=LinkState.LINKED,
            proof=LinkProof.CODE,
        )
    assert not actions.may_ask_by_claim(session, one.id, pushing.bodies["clinic"])


def test_jobs_about_who_has_gone_are_dropped_and_those_about_others_are_not(
    app: Flask, two: tuple[Someone, Someone], session: Session
) -> None:
    one, other = two
    for each in two:
        jobs.enqueue(session, "news.tell", citizen=str(each.id))
    session.commit()
    close(app, one.id)
    session.rollback()
    named = [each.arguments.get("citizen") for each in session.scalars(select(jobs.Job))]
    assert str(one.id) not in named
    assert str(other.id) in named


def test_hashes_of_what_went_are_gone_too(
    pushing: Pushing, two: tuple[Someone, Someone], session: Session
) -> None:
    one, _ = two
    close(pushing.app, one.id)
    run_waiting(pushing.app)
    session.rollback()
    refs = session.scalars(select(Received.source_ref)).all()
    assert sorted(refs) == [f"CANARY-other-{n}" for n in range(3)]
    assert session.scalar(select(func.sum(Tally.times))) == 3
