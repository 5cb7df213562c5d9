"""Whoever closes their account leaves nothing behind, and touches nobody else."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, event, func, select
from sqlalchemy.orm import Session

from citizen_portal import jobs, sealing
from citizen_portal.access.models import Hold, HoldState, PushedEvent, Received, Tally
from citizen_portal.audit import AuditEntry
from citizen_portal.bodies import actions as bodies
from citizen_portal.bodies.models import Delivery
from citizen_portal.db import owned_by_citizen
from citizen_portal.errors import WrongState
from citizen_portal.identity import actions
from citizen_portal.identity.actions.closing import context
from citizen_portal.identity.models import Citizen, ClosedAccount, LinkProof, LinkState
from citizen_portal.jobs import JobState
from tests.access.pushing import Pushing, row
from tests.access.withholding import Withholding
from tests.account.closing import REMOVE, Someone, close, rows_with, run, sign_in, somebody
from tests.bodies.told import run_waiting
from tests.databases import everything
from tests.fakes.receiver import Receiver, receiving

pytestmark = pytest.mark.both


@pytest.fixture
def pushing(app: Flask) -> Pushing:
    return Pushing(app, "clinic", "council")


@pytest.fixture
def two(pushing: Pushing) -> tuple[Someone, Someone]:
    return somebody(pushing, "CANARY-one"), somebody(pushing, "CANARY-other")


def held(app: Flask, citizen_id: object) -> dict[str, list[str]]:
    """What each table of citizens holds of one."""
    found = {}
    with app.extensions["sessions"].reading() as session:
        for table in owned_by_citizen():
            rows = session.execute(select(table).where(table.c.citizen_id == citizen_id))
            found[table.name] = sorted(str(each) for each in rows)
    return found


def test_the_one_who_closes_has_something_in_each_table(
    app: Flask, two: tuple[Someone, Someone]
) -> None:
    assert [name for name, rows in held(app, two[0].id).items() if not rows] == []


def test_no_row_names_who_has_gone_and_the_other_stays_as_they_were(
    app: Flask, two: tuple[Someone, Someone], session: Session
) -> None:
    one, other = two
    before = held(app, other.id)
    assert rows_with(session, one.marks)
    session.rollback()

    close(app, one.id)
    while run_waiting(app):
        pass

    assert rows_with(session, one.marks) == []
    assert held(app, other.id) == before
    assert session.scalars(select(Citizen.id)).all() == [other.id]


def test_no_file_names_who_has_gone(
    app: Flask, two: tuple[Someone, Someone], session: Session, tmp_path: Path
) -> None:
    one, other = two
    close(app, one.id)
    while run_waiting(app):
        pass
    session.rollback()
    app.extensions["sessions"].engine.dispose()  # the last one out folds SQLite's log into its file
    kept = everything(session) + "".join(
        file.read_bytes().decode("latin-1") for file in tmp_path.rglob("*") if file.is_file()
    )
    assert [mark for mark in one.marks if mark in kept] == []
    assert other.subject in kept


def test_at_once_nobody_is_signed_in_linked_or_found_any_more(
    app: Flask, two: tuple[Someone, Someone], session: Session
) -> None:
    one, _ = two
    close(app, one.id)

    left = held(app, one.id)
    assert (left["sign_in"], left["answer"]) == ([], [])
    assert all("UNLINKED" in link.upper() for link in left["subject_link"])
    with app.extensions["sessions"].writing() as writing:
        assert sign_in(writing, app, one.subject) != one.id


def test_what_must_be_kept_opens_with_the_key_that_lies_elsewhere_alone(
    app: Flask, two: tuple[Someone, Someone], session: Session, keys_folder: Path
) -> None:
    one, other = two
    lines = select(AuditEntry.tag).where(AuditEntry.actor_id == one.id).order_by(AuditEntry.id)
    before = session.scalars(lines).all()
    session.rollback()
    close(app, one.id)
    run_waiting(app)

    (closed,) = session.scalars(select(ClosedAccount)).all()
    opener = sealing.load_opener(keys_folder / sealing.CLOSED_PRIVATE_FILE)
    who = json.loads(opener.open(closed.sealed, context(closed.id)))
    assert who["citizen"] == str(one.id)
    account = app.extensions["index"].blind("account", "https://sign-in.example", one.subject)
    assert who["accounts"] == [account]
    now = session.scalars(
        select(AuditEntry.tag).where(AuditEntry.actor_id == closed.id).order_by(AuditEntry.id)
    ).all()
    assert session.scalars(lines).all() == []
    assert now == [*before, "link:ended", "link:ended", "account:closed"]
    assert session.scalar(select(func.count()).where(AuditEntry.actor_id == other.id))


def test_bodies_are_told_by_the_id_that_they_know_alone(
    app: Flask, pushing: Pushing, session: Session
) -> None:
    with receiving() as receiver:
        bodies.set_webhook(
            session, app.extensions["sealer"], pushing.bodies["clinic"], receiver.url
        )
        session.commit()
        one = somebody(pushing, "CANARY-one")
        run_waiting(app)
        close(app, one.id)
        while run_waiting(app):
            pass
        assert _said(receiver)[-1] == ("link.ended", {"subject": one.pairwise["clinic"]})
        session.rollback()
        assert [each.payload for each in session.scalars(select(Delivery)) if each.payload] == []


def _said(receiver: Receiver) -> list[tuple[str, dict[str, str]]]:
    messages = [json.loads(got.body) for got in receiver.got]
    return [(each["type"], each["data"]) for each in messages]


def test_whoever_comes_back_is_somebody_new_and_is_sent_the_past_again(
    app: Flask, pushing: Pushing, two: tuple[Someone, Someone], session: Session
) -> None:
    one, _ = two
    close(app, one.id)
    run_waiting(app)
    with app.extensions["sessions"].writing() as writing:
        again = sign_in(writing, app, one.subject)
        pairwise = pushing.link(writing, again, "clinic")

    sent = [row(pairwise, f"{one.subject}-{n}", action="Looked") for n in range(3)]
    answer = pushing.send(*sent)

    assert (answer.json or {})["accepted"] == 3, answer.text
    mine = select(func.count()).where(PushedEvent.citizen_id == again)
    session.rollback()
    assert session.scalar(mine) == 3


def test_what_the_former_id_is_sent_is_dropped(
    pushing: Pushing, two: tuple[Someone, Someone]
) -> None:
    one, _ = two
    close(pushing.app, one.id)
    before = pushing.count(PushedEvent)
    answer = pushing.send(row(one.pairwise["clinic"], "late"))
    assert (answer.status_code, pushing.count(PushedEvent)) == (200, before)


def test_a_hold_neither_goes_nor_shows(app: Flask, pushing: Pushing, session: Session) -> None:
    """Nobody can tell whose it is until its end, and then it is dropped without a word."""
    withholding = Withholding(pushing)
    one, other = somebody(pushing, "CANARY-one"), somebody(pushing, "CANARY-other")
    pushing.send(withholding.row(one.pairwise["clinic"]))
    close(app, one.id)
    while run_waiting(app):
        pass
    assert len(withholding.closed()) == 1

    session.rollback()
    session.scalars(select(Hold)).one().until -= timedelta(days=40)
    session.commit()
    withholding.work()

    session.rollback()
    assert session.scalars(select(Hold.state)).all() == [HoldState.RELEASED]
    owners = session.scalars(select(PushedEvent.citizen_id).distinct()).all()
    assert owners == [other.id]


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
