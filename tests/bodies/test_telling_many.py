"""Many messages, many bodies, several workers: none holds up another, none is lost or doubled."""

import io
import json
import threading
import time
from collections.abc import Callable
from contextlib import redirect_stderr

import pytest
from flask import Flask
from sqlalchemy import select

from citizen_portal import clock
from citizen_portal.bodies import actions, remote
from citizen_portal.bodies.models import DeliveryState, MessageKind
from citizen_portal.bodies.remote import telling
from citizen_portal.fetch import Fetcher
from citizen_portal.jobs import Job, JobState
from tests.agreements.files import statements
from tests.bodies.told import SUBJECT, Told, run_waiting, tick, told
from tests.fakes.receiver import HANG, Receiver, receiving

WAITING, DELIVERED, GIVEN_UP = DeliveryState


def test_jobs_that_run_twice_tell_once(app: Flask, receiver: Receiver, body: Told) -> None:
    body.send()
    body.send()
    run_waiting(app)
    tick(app)

    assert len({got.id for got in receiver.got}) == len(receiver.got) == 2
    assert body.states() == [DELIVERED, DELIVERED]


def test_what_a_dead_worker_had_sent_is_sent_again_under_the_same_id(
    app: Flask, receiver: Receiver, body: Told
) -> None:
    body.send()
    with app.extensions["sessions"].writing() as session:
        (due,) = actions.take_up(session, body.id)
    fetcher: Fetcher = app.extensions["fetcher"]
    fetcher.wait(remote.tell(fetcher, app.extensions["sealer"], due), seconds=10)

    run_waiting(app)
    tick(app)
    assert len(receiver.got) == 1, "nobody else tells a body that is being told"
    body.change(busy_until=clock.now())
    tick(app)

    assert [got.id for got in receiver.got] == [receiver.got[0].id] * 2
    assert body.states() == [DELIVERED]


def test_what_became_of_a_message_is_settled_once(
    app: Flask, receiver: Receiver, body: Told
) -> None:
    """A worker that was thought dead and comes back changes nothing that was settled."""
    body.send()
    with app.extensions["sessions"].writing() as session:
        (late,) = actions.take_up(session, body.id)
    body.change(busy_until=None)
    tick(app)
    with app.extensions["sessions"].writing() as session:
        actions.settle(session, late, {late.messages[0].id: "too_slow"})

    (delivery,) = body.deliveries()
    assert (delivery.state, delivery.attempts, delivery.fault) == (DELIVERED, 1, None)


@pytest.mark.both
def test_what_is_sent_anew_while_it_is_on_its_way_is_told_again(
    app: Flask, receiver: Receiver, body: Told
) -> None:
    """A link that ends and begins again while a body is told makes a message anew, with other
    days under the same id."""
    body.send()
    with app.extensions["sessions"].writing() as session:
        (telling,) = actions.take_up(session, body.id)
    (sent,) = telling.messages
    with app.extensions["sessions"].writing() as session:
        anew = {sent.id: {"subject": SUBJECT, "due": "2027-01-01"}}
        actions.send_each(session, body.id, MessageKind.LINK_CREATED, anew)
    with app.extensions["sessions"].writing() as session:
        actions.settle(session, telling, {sent.id: None})
    assert body.states() == [WAITING]
    tick(app)
    assert [json.loads(got.body)["data"].get("due") for got in receiver.got] == ["2027-01-01"]
    assert body.states() == [DELIVERED]


def test_what_an_old_address_answered_does_not_stop_the_new_one(
    app: Flask, receiver: Receiver, body: Told
) -> None:
    body.send()
    with app.extensions["sessions"].writing() as session:
        (old,) = actions.take_up(session, body.id)
        actions.set_webhook(session, app.extensions["sealer"], body.id, f"{receiver.url}/new")
        actions.settle(session, old, {old.messages[0].id: "gone"})

    body.make_due()
    tick(app)
    assert [got.path for got in receiver.got] == ["/hooks/new"]
    assert body.states() == [DELIVERED]


def test_a_body_that_hangs_holds_up_no_other(app: Flask, receiver: Receiver) -> None:
    with receiving() as well:
        hung, quick = told(app, receiver.url), told(app, well.url)
        receiver.answers = [HANG]
        hung.send()
        quick.send()
        ticking = threading.Thread(target=tick, args=(app,))
        ticking.start()
        assert receiver.hanging.wait(10)

        within(10, lambda: quick.states() == [DELIVERED])

        assert hung.states() == [WAITING]
        quick.send()
        within(10, lambda: run_waiting(app) > 0)
        assert quick.states() == [DELIVERED, DELIVERED]
        receiver.let_go.set()
        ticking.join(10)


def within(seconds: float, reached: Callable[[], bool]) -> None:
    end = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < end, "not reached in time"
        threading.Event().wait(0.02)


def test_a_body_that_is_too_slow_is_let_go(
    app: Flask, receiver: Receiver, body: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "SECONDS", 0.3)
    receiver.answers = [HANG]
    body.send()
    run_waiting(app)

    assert body.deliveries()[0].fault == "too_slow"


def test_one_body_whose_secret_is_lost_stops_no_other(app: Flask, receiver: Receiver) -> None:
    lost, well = told(app, receiver.url), told(app, receiver.url)
    lost.change(secrets=well.webhook().secrets)  # sealed for another body, so it does not open
    lost.send()
    well.send()
    with redirect_stderr(io.StringIO()) as log:
        tick(app)

    assert (lost.states(), well.states()) == ([WAITING], [DELIVERED])
    assert "CannotOpen" in log.getvalue()
    assert len(receiver.got) == 1


def test_however_many_bodies_are_taken_up_with_as_few_questions(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("citizen_portal.bodies.actions.deliveries.MOST_AT_ONCE", 2)
    bodies = [told(app, "https://nowhere.example") for _ in range(3)]
    idle = told(app, "https://idle.example")
    for body in bodies * 3:
        body.send()
    sessions = app.extensions["sessions"]

    with statements(sessions.engine) as seen, sessions.writing() as session:
        due = actions.take_up(session)
        taken_up = len(seen)
        actions.settle(session, due[0], {message.id: None for message in due[0].messages})

    assert {each.organisation_id for each in due} == {body.id for body in bodies}
    first = {body.id: [one.id for one in body.deliveries()][:2] for body in bodies}
    assert {each.organisation_id: [one.id for one in each.messages] for each in due} == first
    assert (taken_up, len(seen)) == (2, 8)
    assert idle.webhook().busy_until is None, "for whom nothing waits is left alone"


def test_who_is_taken_up_alone_is_told_alone_and_not_again_for_what_waits_for_another(
    app: Flask, body: Told
) -> None:
    other = told(app, "https://nowhere.example")
    for each in (body, other):
        each.send()
    with app.extensions["sessions"].writing() as session:
        for job in session.scalars(select(Job)):
            session.delete(job)
        (telling,) = actions.take_up(session, body.id)
        actions.settle(session, telling, {telling.messages[0].id: None})

    assert telling.organisation_id == body.id
    assert (body.states(), other.states()) == ([DELIVERED], [WAITING])
    assert other.webhook().busy_until is None
    assert run_waiting(app) == 0


def test_more_than_one_round_is_told_without_waiting_for_the_minute(
    app: Flask, receiver: Receiver, body: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("citizen_portal.bodies.actions.deliveries.MOST_AT_ONCE", 2)
    for _ in range(3):
        body.send()
    with app.extensions["sessions"].writing() as session:
        jobs = session.scalars(select(Job).where(Job.state == JobState.QUEUED)).all()
        for job in jobs[1:]:
            session.delete(job)

    run_waiting(app)
    assert body.states() == [DELIVERED, DELIVERED, WAITING]
    run_waiting(app)
    assert body.states() == [DELIVERED] * 3
