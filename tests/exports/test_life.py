"""A copy's life: who may stop, see and fetch it; when it ends; what is left of it."""

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from citizen_portal import audit, clock, jobs
from citizen_portal.errors import WrongState
from citizen_portal.exports import actions, queries
from citizen_portal.exports.models import MOVES, Export, Part, State, Why
from citizen_portal.identity.models import Citizen, Officer, SignIn
from citizen_portal.jobs import Job, JobState
from citizen_portal.sealing import EXPORTS_FILE
from citizen_portal.settings import Settings
from tests import make
from tests.exports.world import ALL, World, answer, asked, work

SignInAs = Callable[[Citizen], FlaskClient]


@pytest.fixture
def held(settings: Settings) -> Settings:
    return settings.model_copy(update={"export_hold": 24.0})


def wait_a_day(world: World) -> None:
    """Ask as if this portal had a waiting time."""
    settings = world.app.extensions["settings"]
    world.app.extensions["settings"] = settings.model_copy(update={"export_hold": 24.0})


def later(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    """So much time passes."""
    before = clock.now
    monkeypatch.setattr(clock, "now", lambda: before() + by)


def somebody_signs_in(world: World) -> None:
    with world.sessions.writing() as session:
        audit.record(session, "citizen:signed-in", actor=None)


@pytest.mark.both
def test_nothing_is_gathered_before_the_waiting_time_is_over(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait_a_day(world)
    world.body("clinic")
    address = world.made()
    world.do("exports.release")
    assert world.row(address).state is State.ASKED
    assert world.page(address).heading == "Your copy waits"
    assert world.stored() == []

    later(monkeypatch, timedelta(hours=24, seconds=1))
    somebody_signs_in(world)
    world.do("exports.release")
    assert world.row(address).state is State.READY


def test_a_waiting_copy_can_be_stopped_from_any_session(world: World, signed_in: SignInAs) -> None:
    wait_a_day(world)
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
    wait_a_day(world)
    waiting = world.made()
    later(monkeypatch, timedelta(days=400))
    world.do("exports.release")
    world.do("exports.tidy")
    assert world.row(waiting).state is State.ASKED
    assert world.row(ready).state is State.READY
    assert len(world.stored()) == 1


def test_it_is_wiped_after_a_week(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.body("clinic")
    address = world.made()
    later(monkeypatch, actions.KEPT_FOR - timedelta(minutes=5))
    somebody_signs_in(world)
    world.do("exports.tidy")
    assert world.row(address).state is State.READY

    later(monkeypatch, timedelta(minutes=6))
    world.do("exports.tidy")
    assert world.row(address).state is State.EXPIRED
    assert world.stored() == []


def test_an_hour_after_the_first_download_it_is_wiped(world: World) -> None:
    world.body("clinic")
    address = world.made()
    assert world.browser.head(f"{address}/file").status_code == 200
    assert world.row(address).state is State.READY, "a look at the head is no download"
    first = world.package(address).namelist()
    until = world.row(address).expires_at
    assert world.row(address).state is State.FETCHED
    assert world.package(address).namelist() == first
    assert world.row(address).expires_at == until, "the second download gives no more time"
    assert until is not None
    assert until <= clock.now() + timedelta(hours=1)

    with world.sessions.writing() as session:
        session.execute(update(Export).values(expires_at=until - timedelta(hours=1, seconds=1)))
    response = world.browser.get(f"{address}/file")
    assert response.headers["Location"] == address
    world.do("exports.tidy")
    assert world.stored() == []


def test_wiping_takes_it_from_the_store(world: World) -> None:
    world.body("clinic")
    address = world.made()
    assert len(world.stored()) == 1
    world.browser.post(f"{address}/stop")
    work(world.app)
    assert world.stored() == []
    assert world.page(address).heading == "Your copy is wiped"


def test_the_download_is_neutral_and_kept_by_no_cache(world: World) -> None:
    world.body("clinic")
    response = world.browser.get(f"{world.made()}/file", headers={"Range": "bytes=0-9"})
    assert response.status_code == 200, "no part of it is given out"
    assert response.headers["Content-Disposition"] == 'attachment; filename="copy.zip"'
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Accept-Ranges"] == "none"
    assert int(response.headers["Content-Length"]) == len(response.data)


def make_old(world: World) -> None:
    """The citizen proved who they are long ago."""
    with world.sessions.writing() as session:
        session.execute(update(SignIn).values(auth_time=clock.now() - timedelta(hours=1)))


def test_asking_and_downloading_need_a_fresh_sign_in(world: World) -> None:
    world.body("clinic")
    address = world.made()
    make_old(world)
    for path, back in (
        ("/my/copies/new", "/my/copies/new"),
        (f"{address}/file", address),
    ):
        sent = world.browser.get(path)
        assert sent.status_code == 302
        assert "step-up=1" in sent.headers["Location"]
        assert sent.headers["Location"].endswith(f"back={back}")
    sent = world.browser.post("/my/copies", data={"parts": ALL, "period": "ever"})
    assert sent.headers["Location"].endswith("back=/my/copies/new")
    assert world.row(address).state is State.READY
    assert world.browser.post(f"{address}/stop").status_code == 303, "stopping needs none"


def test_nobody_else_obtains_it_and_a_foreign_id_answers_as_a_random_one(
    world: World,
    signed_in: SignInAs,
    officer_in: Callable[[Officer], FlaskClient],
) -> None:
    world.body("clinic")
    address = world.made()
    body = make.body()
    with world.sessions.writing() as session:
        session.add(body)
    random = f"/my/copies/{uuid4().hex}"
    other = signed_in(make.citizen())
    for end in ("", "/file", "/progress"):
        foreign, none = answer(other, address + end), answer(other, random + end)
        assert foreign[0] == none[0] == 404
        assert unmarked(foreign[1], address) == unmarked(none[1], random)
    assert answer(other, f"{address}/stop", method="POST")[0] == 404
    strangers = world.app.test_client().get(f"{address}/file")
    assert strangers.headers["Location"].startswith("/sign-in?")
    assert officer_in(make.officer(body)).get(f"{address}/file").status_code == 403
    assert world.row(address).state is State.READY


def unmarked(page: bytes, address: str) -> list[bytes]:
    """Without what differs between any two answers: the nonce, and the address that was asked."""
    lines = page.replace(address.encode(), b"").splitlines()
    return [line for line in lines if b"nonce=" not in line]


@pytest.mark.parametrize("name", ["x", "0" * 31, "0" * 33, "G" * 32, "0" * 64, "%00" * 32])
def test_what_is_no_id_is_not_found(world: World, name: str) -> None:
    assert world.browser.get(f"/my/copies/{name}").status_code == 404


def test_asked_twice_it_is_the_one_under_way(world: World) -> None:
    wait_a_day(world)
    world.body("clinic")
    first = world.ask()
    assert world.ask(parts=["links"]) == first
    assert world.browser.get("/my/copies/new").headers["Location"] == first


@pytest.mark.both
def test_asked_at_the_same_moment_it_is_one(world: World) -> None:
    wait_a_day(world)
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
        first = actions.begin(session, row.citizen_id, row.id)
    with world.sessions.writing() as session:
        second = actions.begin(session, row.citizen_id, row.id)
    assert first is not None
    assert second is not None
    made = actions.Made(1, "", {}, [])
    with world.sessions.writing() as session, pytest.raises(actions.Stopped):
        actions.finish(session, first, made)
    with world.sessions.writing() as session, pytest.raises(actions.Stopped):
        actions.note_progress(session, first, {})
    with world.sessions.writing() as session:
        actions.finish(session, second, made)
    assert world.row(address).stored_as == second.stored_as


def test_a_file_that_was_changed_is_no_download(world: World) -> None:
    world.body("clinic")
    address = world.made()
    (path,) = world.store.iterdir()
    sealed = bytearray(path.read_bytes())
    sealed[100] ^= 1
    path.write_bytes(sealed)
    response = world.browser.get(f"{address}/file")
    assert response.status_code == 503
    assert world.row(address).state is State.READY
    path.unlink()
    assert world.browser.get(f"{address}/file").status_code == 503


def test_a_copy_is_sealed_for_its_own_row(world: World, signed_in: SignInAs) -> None:
    """Whoever can write the database cannot hand one's copy to another."""
    world.body("clinic")
    mine = world.row(world.made())
    other = make.citizen()
    browser = signed_in(other)
    theirs = asked(browser, parts=["links"], period="ever")
    work(world.app)
    with world.sessions.writing() as session:
        session.execute(
            update(Export).where(Export.citizen_id == other.id).values(stored_as=mine.stored_as)
        )
    assert browser.get(f"{theirs}/file").status_code == 503


def test_the_key_does_not_lie_beside_the_copies(world: World) -> None:
    world.body("clinic")
    world.made()
    keys = Path(world.app.extensions["settings"].keys_folder)
    assert (keys / EXPORTS_FILE).exists()
    assert world.stored() != []
    assert not any(path.suffix == ".json" for path in world.store.iterdir())


def test_asking_is_news_for_a_safe_mailbox(world: World) -> None:
    wait_a_day(world)
    address = world.ask(parts=["links"])
    with world.sessions.reading() as session:
        told = session.scalars(select(Job.arguments).where(Job.name == "news.first_notice")).one()
    assert told["what"] == [{"key": f"copy:{world.row(address).id}", "kind": "copy"}]


def test_what_was_done_with_copies_is_on_record(world: World) -> None:
    address = world.made(parts=["links"])
    world.package(address)
    world.browser.post(f"{address}/stop")
    with world.sessions.reading() as session:
        tags = set(session.scalars(select(audit.AuditEntry.tag)))
    assert tags >= {"copy:asked", "copy:made", "copy:fetched", "copy:stopped"}


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


def test_copies_that_ended_long_ago_are_forgotten(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = world.made(parts=["links"])
    world.browser.post(f"{address}/stop")
    later(monkeypatch, timedelta(days=31))
    somebody_signs_in(world)
    world.do("exports.tidy")
    with world.sessions.reading() as session:
        assert queries.copies(session, world.citizen.id) == ()
