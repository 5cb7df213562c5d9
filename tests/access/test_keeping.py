"""Keeping goes on whatever befalls one group of answers; what was lost is asked for again."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

from citizen_portal import clock
from citizen_portal.access.actions.answers import Kept
from citizen_portal.access.models import Question
from citizen_portal.access.queries import SourceState
from citizen_portal.dashboard.remote.keeping import Keeper, Note
from citizen_portal.dashboard.remote.runs import Run, Runs
from citizen_portal.db import Sessions
from tests.access import world
from tests.access.conftest import Body
from tests.awaiting import awaited


@pytest.fixture
def sessions(app: Flask) -> Sessions:
    kept = app.extensions["sessions"]
    assert isinstance(kept, Sessions)
    return kept


@pytest.fixture
def broken(sessions: Sessions) -> Iterator[set[str]]:
    """Statements that begin with one of these words fail in a way that nobody foresaw."""
    begin: set[str] = set()

    def fail(connection: object, cursor: object, statement: str, *_: object) -> None:
        if statement.startswith(tuple(begin)):
            raise RuntimeError

    event.listen(sessions.engine, "before_cursor_execute", fail)
    yield begin
    event.remove(sessions.engine, "before_cursor_execute", fail)


def test_an_outcome_that_could_not_be_kept_is_asked_for_again(
    app: Flask, session: Session, body: Body, address: str, broken: set[str]
) -> None:
    who = world.somebody(session)
    source = world.source_at(session, address, who)
    broken.add("INSERT INTO answer")
    assert not world.asker(app).wait(who, world.PATIENCE)
    unkept = world.answers(app, who)[source.id]
    broken.clear()

    answer = world.ask(app, who)[source.id]

    assert (unkept.state, unkept.holdings) == (SourceState.ASKING, ())
    assert answer.state is SourceState.ANSWERED
    assert len(body.asked) == 4


def test_an_outcome_that_was_lost_after_the_question_was_noted_is_asked_for_again(
    app: Flask, session: Session, body: Body, address: str, broken: set[str]
) -> None:
    who = world.somebody(session)
    source = world.source_at(session, address, who)
    body.open.clear()
    assert not world.asker(app).wait(who, 0.2)
    broken.add("INSERT INTO answer")
    body.open.set()
    assert not world.asker(app).wait(who, world.PATIENCE)
    broken.clear()

    assert world.ask(app, who)[source.id].state is SourceState.ANSWERED
    assert len(body.asked) == 4


def test_one_that_listens_badly_keeps_no_other_from_hearing(sessions: Sessions) -> None:
    heard: list[bool] = []

    def listen_badly(kept: bool) -> None:
        raise RuntimeError

    assert _kept(sessions, [listen_badly, heard.append], [heard.append]) == 0
    assert heard == [True, True]


def test_keeping_goes_on_after_a_group_that_could_not_be_kept(
    sessions: Sessions, broken: set[str]
) -> None:
    heard: list[bool] = []

    def mend(kept: bool) -> None:
        heard.append(kept)
        broken.clear()

    broken.add("SELECT")
    assert _kept(sessions, [mend], [heard.append]) == 0
    assert heard == [False, True]


def test_a_run_that_lost_an_outcome_is_not_fresh() -> None:
    runs, run = Runs(), Run()
    with runs.changing():
        run.asking.update({UUID(int=1): 2})

    runs.settle(run, UUID(int=1), False)
    runs.settle(run, UUID(int=1), True)

    assert (run.idle, run.fresh, run.settled) == (True, False, set())
    assert not runs.wait(run, seconds=0)
    assert not runs.covers(run, ())


def of_nobody() -> Kept:
    """An outcome of a session that is over: it is looked for, and nothing is kept of it."""
    asked = clock.now()
    return Kept(uuid4(), uuid4(), uuid4(), Question.ACCESSES, asked, asked)


def _kept(sessions: Sessions, *groups: list[Callable[[bool], None]]) -> int:
    """Put each group of notes in once the one before is written; how many are left waiting."""

    async def put(keeper: Keeper) -> int:
        for group in groups:
            for then in group:
                keeper.put(Note([of_nobody()], then=then))
            while (writing := keeper._writing) is not None:
                await writing
        return len(keeper._waiting)

    with ThreadPoolExecutor(1) as threads:
        return awaited(put(Keeper(sessions, threads)))
