"""What the operator says after a restore, and sees of each body."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select, update

from citizen_portal.audit import AuditEntry
from citizen_portal.bodies import actions as bodies
from citizen_portal.bodies.models import Scope as May
from citizen_portal.bodies.models import Webhook
from citizen_portal.cli import main
from citizen_portal.preferences.models import Status
from tests.bodies import systems
from tests.preferences.town import TODAY, Town, about

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask) -> Run:
    parts = SimpleNamespace(**{name: app.extensions[name] for name in ("settings", "sessions")})
    group = main.commands["preferences"]
    return lambda *given: CliRunner().invoke(group, given, obj=parts)


def test_after_a_restore_each_body_that_is_told_is_awaited(
    app: Flask, town: Town, run: Run
) -> None:
    systems.connect(app, "clinic", May.PREFERENCES)
    restored = run("restored").output
    assert restored.startswith("Bodies that are to say what they hold: 1. ")
    shown = run("status")
    assert shown.output.endswith("Bodies with a list of choices: 1; those that need you: 1.\n")
    assert (shown.exit_code, "clinic: " in shown.output) == (1, True)
    assert "is to say what it holds since" in shown.output


def test_after_a_restore_a_body_that_hears_by_message_is_awaited_and_one_that_does_not_is_left(
    app: Flask, town: Town, run: Run
) -> None:
    """The clinic has a list; the university and the clinic want messages, the others nothing."""
    with town.sessions.writing() as session:
        for slug in ("clinic", "university"):
            url = f"https://{slug}.example/in"
            bodies.set_webhook(session, app.extensions["sealer"], town.bodies[slug], url)
    town.choose(town.person("clinic"), about("DSA-0002"))
    town.work("preferences.send")
    assert run("restored").output.startswith("Bodies that are to say what they hold: 2. ")
    shown = run("status").output
    assert shown.endswith("Bodies with a list of choices: 2; those that need you: 2.\n")
    assert (shown.count("clinic: "), shown.count("university: ")) == (1, 1)


@pytest.mark.both
def test_who_gives_up_a_body_says_why_and_it_is_kept(app: Flask, town: Town, run: Run) -> None:
    systems.connect(app, "clinic", May.PREFERENCES)
    me = town.person("clinic")
    town.choose(me, about("DSA-0002"))
    run("restored")
    given = ("reconciled", "--body", "clinic", "--reason", "closed")
    assert run(*given).exit_code == 0
    assert run("status").exit_code == 0
    assert "Nothing is awaited" in run(*given).output
    assert "slug nobody." in run("reconciled", "--body", "nobody", "--reason", "lost").output
    assert "is not one of" in run("reconciled", "--body", "clinic", "--reason", "Jo wept").output
    with town.sessions.reading() as session:
        entries = session.scalars(
            select(AuditEntry.about).where(AuditEntry.tag == "preference:reconciled")
        ).all()
    assert entries == [{"reason": "closed"}]
    town.work("preferences.send")
    assert town.effects(me)[0].number is not None


def test_what_a_body_wants_no_more_is_shown_as_not_delivered(
    app: Flask, town: Town, run: Run
) -> None:
    with town.sessions.writing() as session:
        url = "https://clinic.example/in"
        bodies.set_webhook(session, app.extensions["sealer"], town.bodies["clinic"], url)
        webhook = session.scalars(select(Webhook)).one()
        webhook.stopped_at = webhook.set_at
    me = town.person("clinic")
    town.choose(me, about("DSA-0002"))
    assert "1 to be sent" not in run("status").output
    town.work("preferences.send")
    assert town.effects(me)[0].status(TODAY) is Status.UNDELIVERED
    shown = run("status")
    assert "1 undelivered" in shown.output
    assert "webhook stopped by the body" in shown.output
    assert shown.exit_code == 1
    with town.sessions.writing() as session:
        session.execute(update(Webhook).values(stopped_at=None))
    shown = run("status")
    assert shown.output.endswith("those that need you: 1.\n"), "it is undelivered still"
    assert shown.exit_code == 1
