"""``citizen-portal body webhook`` and what belongs to it."""

import json
from datetime import timedelta
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select
from standardwebhooks import Webhook as Judge

from citizen_portal import clock, jobs
from citizen_portal.audit import AuditEntry
from citizen_portal.bodies import actions
from citizen_portal.bodies.commands import body as commands
from citizen_portal.bodies.models import Delivery, DeliveryState, MessageKind, Webhook
from tests import make
from tests.bodies.told import Told, run_waiting, tick, told
from tests.fakes.receiver import Receiver


def run(app: Flask, *arguments: str, code: int = 0) -> str:
    parts = SimpleNamespace(
        app=app, settings=app.extensions["settings"], sessions=app.extensions["sessions"]
    )
    result = CliRunner().invoke(commands, arguments, obj=parts, catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result.output.strip()


def test_a_webhook_is_set_and_its_secret_shown_once(app: Flask, receiver: Receiver) -> None:
    with app.extensions["sessions"].writing() as session:
        body = make.body(slug="giver")
        session.add(body)
    secret = run(app, "webhook", "giver", receiver.url)
    given = Told(app, body.id, "giver", secret)
    given.send()
    run_waiting(app)

    Judge(secret).verify(receiver.got[0].body, receiver.got[0].headers)
    assert secret not in run(app, "deliveries")
    with app.extensions["sessions"].reading() as session:
        kept = session.scalars(select(Webhook)).one()
        assert secret.removeprefix("whsec_") not in str(kept.secrets)
        entry = session.scalars(select(AuditEntry)).one()
        assert (entry.tag, entry.organisation_id) == ("body:webhook-set", body.id)
        assert secret not in json.dumps(entry.about)


def test_setting_it_again_begins_anew(app: Flask, receiver: Receiver, body: Told) -> None:
    receiver.answers = [410]
    body.rotate()
    body.send()
    run_waiting(app)
    secret = run(app, "webhook", body.slug, f"{receiver.url}/again")
    body.send()
    run_waiting(app)

    assert [got.path for got in receiver.got] == ["/hooks", "/hooks/again"]
    Judge(secret).verify(receiver.got[1].body, receiver.got[1].headers)
    assert " " not in receiver.got[1].headers["webhook-signature"]


def test_the_new_secret_and_the_one_before_sign_both(
    app: Flask, receiver: Receiver, body: Told
) -> None:
    secret = run(app, "webhook-rotate", body.slug)
    body.send()
    run_waiting(app)

    (got,) = receiver.got
    for each in (secret, body.secret):
        Judge(each).verify(got.body, got.headers)


def test_a_removed_webhook_is_told_nothing_more(app: Flask, receiver: Receiver, body: Told) -> None:
    body.send()
    run(app, "webhook-remove", body.slug)
    body.send()
    run_waiting(app)
    tick(app)

    assert receiver.got == []
    (delivery,) = body.deliveries()
    assert (delivery.state, delivery.fault) == (DeliveryState.GIVEN_UP, "removed")
    assert "This body has no webhook." in run(app, "webhook-remove", body.slug, code=1)
    assert "This body has no webhook." in run(app, "webhook-rotate", body.slug, code=1)


@pytest.mark.parametrize(
    "url",
    [
        "http://data.example.gov.uk/hooks",
        "https://10.0.0.1/hooks",
        "https://[::1]/hooks",
        "https://169.254.169.254/latest",
        "https://name:word@data.example.gov.uk/hooks",
        "https://data.example.gov.uk/hooks?key=1",
        "data.example.gov.uk/hooks",
        "",
    ],
)
def test_an_address_that_may_not_be_called_is_refused(app: Flask, body: Told, url: str) -> None:
    before = body.webhook().url
    output = run(app, "webhook", body.slug, url, code=1)

    assert "public https address" in output
    assert body.webhook().url == before


def test_a_body_that_is_not_on_the_register_is_refused(app: Flask) -> None:
    for command in (["webhook", "no", "https://a.example/"], ["webhook-rotate", "no"]):
        assert "No organisation" in run(app, *command, code=1)
    assert "No organisation" in run(app, "deliveries", "no", code=1)


def test_what_waits_or_was_given_up_is_listed_with_its_age(
    app: Flask, receiver: Receiver, body: Told
) -> None:
    other = told(app, receiver.url)
    receiver.answers = [503, 410]
    body.send()
    run_waiting(app)
    other.send()
    run_waiting(app)
    with app.extensions["sessions"].writing() as session:
        for delivery in session.scalars(select(Delivery)):
            delivery.made_at = clock.now() - timedelta(days=2, seconds=1)
    output = run(app, "deliveries")

    waiting, gone = (line for line in output.splitlines() if "msg_" in line)
    first, second = (receiver.got[n].id for n in (0, 1))
    assert waiting.startswith(f"{body.slug}: {first} link.created waiting, made 2 days, 0:00:0")
    assert waiting.endswith("ago, 1 attempts, said_error")
    assert gone.startswith(f"{other.slug}: {second} link.created given_up")
    assert f"{body.slug}: {receiver.url} (failing since" in output
    assert f"{other.slug}: {receiver.url} (stopped by the body" in output
    assert output.endswith("2 messages wait or were given up.")
    alone = run(app, "deliveries", other.slug)
    assert body.slug not in alone
    assert alone.endswith("1 messages wait or were given up.")


def test_what_ended_long_ago_is_forgotten(app: Flask, receiver: Receiver, body: Told) -> None:
    days = {"taken": 2, "taken-now": 0, "given-up": 31, "given-up-now": 29}
    receiver.answers = [204, 204, 410]
    for _ in days:
        body.send()
    run_waiting(app)
    ended = body.deliveries()
    with app.extensions["sessions"].writing() as session:
        for delivery, age in zip(ended, days.values(), strict=True):
            kept = session.get_one(Delivery, delivery.id)
            kept.ended_at = clock.now() - timedelta(days=age, minutes=1)
        job = jobs.enqueue(session, "bodies.forget_deliveries")
    jobs.run(app.extensions["sessions"], app.extensions, job.id)

    assert [each.id for each in body.deliveries()] == [ended[1].id, ended[3].id]


def test_a_body_without_a_webhook_leaves_nothing_to_do(app: Flask) -> None:
    with app.extensions["sessions"].writing() as session:
        body = make.body()
        session.add(body)
    Told(app, body.id, body.slug, "").send()

    assert run_waiting(app) == 0
    with app.extensions["sessions"].reading() as session:
        assert session.scalar(select(func.count()).select_from(Delivery)) == 0


def test_what_is_rolled_back_is_not_told(app: Flask, receiver: Receiver, body: Told) -> None:
    with app.extensions["sessions"].write() as session:
        actions.send(session, body.id, MessageKind.LINK_CREATED, {})
        session.rollback()

    assert run_waiting(app) == 0
    assert body.deliveries() == []
