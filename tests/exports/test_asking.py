"""Asking for a copy, waiting for it, stopping it."""

import threading
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from citizen_portal import clock
from citizen_portal.errors import WrongState
from citizen_portal.exports import actions
from citizen_portal.exports.models import MOVES, Export, Part, State
from citizen_portal.identity.models import Citizen
from citizen_portal.jobs import Job
from citizen_portal.news import actions as news
from citizen_portal.news.models import ChannelState, SafeChannel
from tests.exports.world import World, jump, later, work

SignInAs = Callable[[Citizen], FlaskClient]


@pytest.mark.both
def test_nothing_is_gathered_before_the_waiting_time_is_over(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.wait_a_day()
    world.body("clinic")
    address = world.made()
    world.do("exports.release")
    assert world.row(address).state is State.ASKED
    assert world.page(address).heading == "Your copy waits"
    assert world.stored() == []

    later(monkeypatch, timedelta(hours=24, seconds=1))
    world.do("exports.release")
    assert world.row(address).state is State.READY


def test_a_waiting_copy_can_be_stopped_from_any_session(world: World, signed_in: SignInAs) -> None:
    world.wait_a_day()
    world.body("clinic")
    address = world.made()
    assert signed_in(world.citizen).post(f"{address}/stop").status_code == 303
    assert world.row(address).state is State.CANCELLED
    assert world.page(address).heading == "You stopped this copy"


def test_a_clock_that_jumps_neither_begins_nor_ends_a_copy(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.body("clinic")
    ready = world.made()
    world.wait_a_day()
    waiting = world.made()
    jump(monkeypatch, timedelta(days=400))
    for name in ("exports.release", "exports.expire", "exports.tidy"):
        world.do(name)
    assert world.row(waiting).state is State.ASKED
    assert world.row(ready).state is State.READY
    assert len(world.stored()) == 1


def test_asked_twice_it_is_the_one_under_way(world: World) -> None:
    world.wait_a_day()
    world.body("clinic")
    first = world.ask()
    assert world.ask(parts=["links"]) == first
    assert world.browser.get("/my/copies/new").headers["Location"] == first


@pytest.mark.both
def test_asked_at_the_same_moment_it_is_one(world: World) -> None:
    world.wait_a_day()
    with world.sessions.writing() as session:
        session.merge(world.citizen)
    wish = actions.Wish([Part.LINKS], [], None, "en")
    found, start = [], threading.Barrier(6)

    def ask() -> None:
        start.wait()
        with world.sessions.writing() as session:
            found.append(actions.ask(session, world.citizen.id, wish, hold=timedelta(hours=1)))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert len(set(found)) == 1
    with world.sessions.reading() as session:
        assert session.scalar(select(func.count()).select_from(Export)) == 1


def test_only_so_many_in_a_day(world: World) -> None:
    for _ in range(actions.MOST_A_DAY):
        world.browser.post(f"{world.ask(parts=['links'])}/stop")
    response = world.browser.post("/my/copies", data={"parts": ["links"], "period": "ever"})
    assert response.status_code == 429


def test_what_kinds_of_file_it_holds_is_said_before_it_is_asked_for(world: World) -> None:
    said = world.page("/my/copies/new").main
    assert all(f"({kind})" in said for kind in ("CSV", "JSON", "HTML", "PDF"))


def test_a_form_that_chooses_nothing_says_what_to_put_right(world: World) -> None:
    world.body("clinic")
    for given, words in (
        ({"period": "ever"}, "Choose at least one thing for your copy"),
        ({"parts": ["records"], "period": "ever"}, "Choose at least one body"),
        ({"parts": ["links"], "period": "yesterday"}, "Choose how far back"),
        ({"parts": ["records"], "bodies": [uuid4().hex], "period": "ever"}, "at least one body"),
    ):
        response = world.browser.post("/my/copies", data=given)
        assert response.status_code == 422
        assert words in response.text


def test_stopped_while_it_is_made_nothing_is_left(world: World) -> None:
    world.body("clinic")
    world.body("hangs", "hangs")
    address = world.ask()
    worker = threading.Thread(target=work, args=(world.app,))
    worker.start()
    wait_for(world, address, State.BUILDING)
    world.browser.post(f"{address}/stop")
    worker.join()
    work(world.app)
    assert world.row(address).state is State.CANCELLED
    assert world.stored() == []


def wait_for(world: World, address: str, state: State) -> None:
    pause = threading.Event()
    for _ in range(500):
        if world.row(address).state is state:
            return
        pause.wait(0.01)
    raise AssertionError(world.row(address).state)


def test_asking_is_news_for_a_safe_mailbox(world: World) -> None:
    world.wait_a_day()
    address = world.ask(parts=["links"])
    with world.sessions.reading() as session:
        told = session.scalars(select(Job.arguments).where(Job.name == "news.first_notice")).one()
    assert told["keys"] == [f"copy:{world.row(address).id}"]
    assert (told["kind"], told["at_once"]) == ("copy", True)


def test_the_first_download_is_news_too_and_no_other(world: World) -> None:
    address = world.made(parts=["links"])
    world.package(address)
    world.package(address)
    with world.sessions.reading() as session:
        told = select(Job.arguments).where(Job.name == "news.first_notice")
        _ready, fetched = session.scalars(told.order_by(Job.id)).all()
    assert fetched["keys"] == [f"fetched:{world.row(address).id}"]
    assert fetched["at_once"]


@pytest.mark.parametrize("state", ChannelState)
@pytest.mark.parametrize("how", ["removed", "replaced"])
def test_a_copy_waits_anew_once_a_mailbox_that_was_told_is_taken_away(
    world: World, how: str, state: ChannelState, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.wait_a_day()
    address = world.ask(parts=["links"])
    first, sealer = world.row(address).release_at, world.app.extensions["sealer"]
    later(monkeypatch, timedelta(hours=23))
    with world.sessions.writing() as session:
        whose = world.citizen.id
        session.add(SafeChannel(citizen_id=whose, sealed_address=b"sealed", state=state))
        session.flush()
        if how == "removed":
            news.remove(session, whose)
        else:
            news.name(session, sealer, whose, "mair@example.org")
    work(world.app)
    again = world.row(address).release_at - first
    told = state is ChannelState.CONFIRMED
    assert again >= timedelta(hours=23) if told else again == timedelta(0)

    later(monkeypatch, timedelta(hours=1, seconds=1))
    world.do("exports.release")
    assert world.row(address).state is (State.ASKED if told else State.READY)


def test_a_copy_that_waits_longer_already_is_not_begun_sooner(world: World) -> None:
    world.wait_a_day()
    address = world.ask(parts=["links"])
    row = world.row(address)
    for until in (row.release_at - timedelta(hours=1), row.asked_at):
        with world.sessions.writing() as session:
            actions.hold_back(session, world.citizen.id, until=until)
    assert world.row(address).release_at == row.release_at


@pytest.mark.parametrize(
    ("one", "other"),
    [(one, other) for one in State for other in State if other not in MOVES[one]],
)
def test_no_way_leads_there_from_here(one: State, other: State) -> None:
    export = Export(
        citizen_id=uuid4(), language="en", parts=[], bodies=[], release_at=clock.now(), state=one
    )
    with pytest.raises(WrongState):
        export.move(other)
