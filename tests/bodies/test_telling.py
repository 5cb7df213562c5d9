"""Bodies are told over real HTTP; the published library of Standard Webhooks is the judge."""

import io
import json
from contextlib import redirect_stderr
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import update
from standardwebhooks import Webhook as Judge
from standardwebhooks import WebhookVerificationError

from citizen_portal import clock
from citizen_portal.bodies.actions import Message
from citizen_portal.bodies.models import BOTH_SIGN_FOR, RETRIES, Delivery, DeliveryState
from citizen_portal.bodies.remote import telling
from citizen_portal.fetch import Fetcher
from tests.bodies.told import SUBJECT, Told, run_waiting, tick, told
from tests.fakes.receiver import DROP, Got, Receiver

WAITING, DELIVERED, GIVEN_UP = DeliveryState


def judged(got: Got, secret: str) -> dict[str, object]:
    said: dict[str, object] = Judge(secret).verify(got.body, got.headers)
    return said


def test_a_body_is_told_at_once_and_can_check_who_tells_it(
    app: Flask, receiver: Receiver, body: Told
) -> None:
    body.send()

    assert run_waiting(app) == 1
    (got,) = receiver.got
    said = judged(got, body.secret)
    assert (said["type"], said["data"]) == ("link.created", {"subject": SUBJECT})
    assert str(said["timestamp"]).endswith("Z")
    assert (got.path, got.headers["content-type"]) == ("/hooks", "application/json")
    (delivery,) = body.deliveries()
    assert (delivery.state, delivery.payload, delivery.attempts) == (DELIVERED, {}, 1)


def test_a_changed_message_or_another_secret_is_found_out(
    app: Flask, receiver: Receiver, body: Told
) -> None:
    body.send()
    run_waiting(app)
    (got,) = receiver.got

    for changed, secret in ((got.body + b" ", body.secret), (got.body, body.rotate())):
        with pytest.raises(WebhookVerificationError):
            judged(Got(got.path, got.headers, changed), secret)


def test_both_secrets_sign_while_the_body_changes_over_and_then_one(
    app: Flask, receiver: Receiver, body: Told
) -> None:
    new = body.rotate()
    body.send()
    run_waiting(app)
    body.change(rotated_at=clock.now() - BOTH_SIGN_FOR)
    body.send()
    run_waiting(app)

    during, after = receiver.got
    judged(during, body.secret)
    judged(during, new)
    judged(after, new)
    with pytest.raises(WebhookVerificationError):
        judged(after, body.secret)


def test_a_second_change_leaves_the_newest_two(app: Flask, receiver: Receiver, body: Told) -> None:
    second, third = body.rotate(), body.rotate()
    body.send()
    run_waiting(app)

    judged(receiver.got[0], second)
    judged(receiver.got[0], third)
    assert len(body.webhook().secrets) == 2
    with pytest.raises(WebhookVerificationError):
        judged(receiver.got[0], body.secret)


@pytest.mark.parametrize(("answer", "fault"), [(503, "said_error"), (DROP, "unreachable")])
def test_what_was_not_taken_is_sent_again_under_the_same_id(
    app: Flask, receiver: Receiver, body: Told, answer: int | str, fault: str
) -> None:
    receiver.answers = [answer]
    body.send()
    run_waiting(app)

    (delivery,) = body.deliveries()
    assert (delivery.state, delivery.attempts, delivery.fault) == (WAITING, 1, fault)
    assert abs(delivery.due_at - clock.now() - RETRIES[0]) < timedelta(seconds=5)
    assert body.webhook().failing_since is not None

    body.make_due()
    tick(app)

    first, second = receiver.got
    assert (first.id, first.body) == (second.id, second.body)
    judged(second, body.secret)
    assert body.states() == [DELIVERED]
    assert body.webhook().failing_since is None


def test_what_was_made_while_a_clock_stood_ahead_is_sent_once_it_is_right(
    app: Flask, receiver: Receiver, body: Told
) -> None:
    body.send()
    tomorrow = clock.now() + timedelta(days=1)
    with app.extensions["sessions"].writing() as session:
        session.execute(update(Delivery).values(made_at=tomorrow, due_at=tomorrow))
    body.change(busy_until=tomorrow)

    receiver.answers = [500]
    for _ in range(3):
        tick(app)

    assert len(receiver.got) == 1, "and then at its usual times"
    assert body.states() == [WAITING]
    body.make_due()
    tick(app)
    assert body.states() == [DELIVERED]


def test_each_attempt_is_signed_for_its_own_moment() -> None:
    message = Message(uuid4(), "link.created", {}, clock.now())
    now = clock.now()
    moments = (now - timedelta(minutes=1), now)

    first, second = (telling.signed(message, b"{}", [b"k" * 32], at=at) for at in moments)

    assert first["webhook-id"] == second["webhook-id"]
    assert int(second["webhook-timestamp"]) - int(first["webhook-timestamp"]) == 60
    for headers in (first, second):
        Judge(b"k" * 32).verify(b"{}", headers)


def test_waits_grow_as_the_standard_says_and_the_tenth_failure_is_the_last(
    app: Flask, receiver: Receiver, body: Told
) -> None:
    receiver.answers = [500] * 10
    body.send()
    run_waiting(app)
    waits = []
    for _ in range(9):
        (delivery,) = body.deliveries()
        waits.append(round((delivery.due_at - clock.now()).total_seconds() / 5) * 5)
        body.make_due()
        tick(app)

    assert waits == [5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400]
    (delivery,) = body.deliveries()
    assert (delivery.state, delivery.fault, delivery.payload) == (GIVEN_UP, "said_error", {})
    assert len({got.id for got in receiver.got}) == 1
    assert len(receiver.got) == 10


def test_while_a_body_fails_new_messages_wait_for_the_minutes_round(
    app: Flask, receiver: Receiver, body: Told
) -> None:
    receiver.answers = [503]
    body.send()
    run_waiting(app)
    body.send("ab" * 32)

    assert run_waiting(app) == 0

    tick(app)
    assert body.states() == [WAITING, DELIVERED]


def test_after_a_failure_the_rest_waits_unsent(app: Flask, receiver: Receiver, body: Told) -> None:
    receiver.answers = [503]
    for _ in range(3):
        body.send()
    run_waiting(app)

    assert len(receiver.got) == 1
    assert [each.attempts for each in body.deliveries()] == [1, 0, 0]


def test_a_body_that_says_gone_is_told_nothing_more(
    app: Flask, receiver: Receiver, body: Told
) -> None:
    receiver.answers = [410]
    body.send()
    body.send()
    with redirect_stderr(io.StringIO()) as log:
        run_waiting(app)
    body.send()
    body.make_due()
    tick(app)

    assert len(receiver.got) == 1
    assert [(each.state, each.fault) for each in body.deliveries()] == [(GIVEN_UP, "gone")] * 2
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    (line,) = [line for line in lines if line["event"] == "webhook.stopped"]
    assert (line["level"], line["body"]) == ("error", str(body.id))


def test_a_redirect_is_not_followed(app: Flask, receiver: Receiver, body: Told) -> None:
    receiver.answers = [307]
    body.send()
    run_waiting(app)

    assert [got.path for got in receiver.got] == ["/hooks"]
    assert body.deliveries()[0].fault == "redirect"


@pytest.mark.parametrize("url", ["https://127.0.0.1:9/", "https://localhost:9/hooks"])
def test_a_private_address_is_called_only_where_the_settings_name_it(app: Flask, url: str) -> None:
    body = told(app, url)
    app.extensions["fetcher"] = Fetcher(frozenset(), 1000)
    body.send()
    run_waiting(app)

    assert body.deliveries()[0].fault == "forbidden_address"
