"""``citizen-portal officer``: the operator keeps the list."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_portal.audit import AuditEntry
from citizen_portal.db import Row
from citizen_portal.identity.commands import officer as group
from citizen_portal.identity.models import Officer, OfficerSignIn
from citizen_portal.settings import Settings
from tests import make

ADD = ("add", "--body", "council", "--subject", "sub-1", "--name", "Ann Field")
Run = Callable[..., Result]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    known = settings.model_dump()
    return Settings(**known | {"staff_issuer": "https://staff.example", "staff_client_id": "us"})


@pytest.fixture
def run(app: Flask, session: Session) -> Run:
    """The commands, on a portal with two bodies."""
    session.add_all([make.body(slug="council"), make.body(slug="agency")])
    session.commit()

    def run(*arguments: str, **settings: str) -> Result:
        known = app.extensions["settings"].model_copy(update=settings)
        parts = SimpleNamespace(settings=known, sessions=app.extensions["sessions"], app=app)
        return CliRunner().invoke(group, arguments, obj=parts)

    return run


def kept(app: Flask, model: type[Row]) -> list[Any]:
    """What is there, in the order in which it was made; read, so that the commands may write."""
    with app.extensions["sessions"].reading() as reading:
        return list(reading.scalars(select(model).order_by(model.id)))


def test_somebody_is_added_and_listed_and_their_subject_is_kept_in_clear_nowhere(
    run: Run, app: Flask, capfd: pytest.CaptureFixture[str]
) -> None:
    result = run(*ADD, "--role", "publisher", "--role", "author")

    (one,) = kept(app, Officer)
    assert (result.exit_code, result.stdout) == (0, f"added {one.id}\n")
    assert (one.name, one.roles) == ("Ann Field", ["author", "publisher"])
    assert len(one.blind) == 64
    assert run("list").stdout == f"{one.id}  council  author,publisher  Ann Field\n"
    assert run("list", "--body", "agency").stdout == ""
    said = capfd.readouterr()
    assert "Ann Field" not in said.out + said.err, "nothing of it is logged"
    assert "sub-1" not in said.out + said.err


def test_what_the_operator_does_is_noted_for_the_body(run: Run, app: Flask) -> None:
    run(*ADD, "--role", "author")
    (one,) = kept(app, Officer)
    run("roles", str(one.id), "--role", "publisher")
    run("remove", str(one.id))

    body = one.organisation_id
    entries = kept(app, AuditEntry)
    told = [(e.tag, e.actor_id, e.organisation_id, e.about["roles"]) for e in entries]
    assert told == [
        ("officer:added", None, body, ["author"]),
        ("officer:roles-changed", None, body, ["publisher"]),
        ("officer:removed", None, body, ["publisher"]),
    ]
    assert {entry.about["officer"] for entry in entries} == {str(one.id)}


def test_removing_ends_their_sessions_and_theirs_alone(
    run: Run, app: Flask, officer_in: Callable[[Officer], FlaskClient]
) -> None:
    run(*ADD, "--role", "author")
    run(*ADD[:3], "--subject", "sub-2", "--name", "Bo Hill", "--role", "author")
    first, second = kept(app, Officer)
    gone, here = officer_in(first), officer_in(second)

    assert run("remove", str(first.id)).exit_code == 0

    assert gone.get("/desk/audit").status_code == 302
    assert here.get("/desk/audit").status_code == 200
    ended = [place.officer_id for place in kept(app, OfficerSignIn) if place.revoked_at]
    assert ended == [first.id]
    assert run("list").stdout.split()[0] == str(second.id)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("add", "--body", "x", "--subject", "s", "--name", "n", "--role", "author"), "no body"),
        ((*ADD, "--role", "king"), "'king' is not one of"),
        (ADD, "Missing option '--role'"),
        ((*ADD[:5], "--name", " ", "--role", "author"), "--name: between 1 and 255"),
        ((*ADD[:5], "--name", "a\nb", "--role", "author"), "--name: between 1 and 255"),
        (
            (*ADD[:3], "--subject", "x" * 256, "--name", "n", "--role", "author"),
            "--subject: between 1",
        ),
        (("roles", "0" * 32, "--role", "author"), "There is no such officer."),
        (("remove", "0" * 32), "There is no such officer."),
        (("remove", "x"), "is not a valid UUID"),
        (("list", "--body", "x"), "no body"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(
    run: Run, app: Flask, arguments: tuple[str, ...], told: str
) -> None:
    result = run(*arguments)

    assert result.exit_code != 0
    assert told in result.stderr
    assert kept(app, Officer) == kept(app, AuditEntry) == []


def test_without_a_staff_issuer_nobody_can_be_added(run: Run) -> None:
    result = run(*ADD, "--role", "author", staff_issuer="")

    assert result.exit_code == 1
    assert "PORTAL_STAFF_ISSUER" in result.stderr


def test_a_subject_is_one_officer_only_at_whatever_body(run: Run, app: Flask) -> None:
    run(*ADD, "--role", "author")

    for body in ("council", "agency"):
        again = run("add", "--body", body, *ADD[3:], "--role", "publisher")
        assert again.exit_code == 1
        assert "This subject is an officer already." in again.stderr
    assert [one.roles for one in kept(app, Officer)] == [["author"]]


def test_who_comes_back_to_a_body_is_the_officer_they_were_there(run: Run, app: Flask) -> None:
    """So that nobody publishes their own draft by leaving and coming back."""
    run(*ADD, "--role", "author")
    (before,) = kept(app, Officer)
    run("remove", str(before.id))

    run(*ADD[:5], "--name", "Ann Hill", "--role", "publisher")

    (after,) = kept(app, Officer)
    assert (after.id, after.name, after.roles) == (before.id, "Ann Hill", ["publisher"])
    assert after.removed_at is None


def test_who_moves_to_another_body_is_somebody_new_there(run: Run, app: Flask) -> None:
    run(*ADD, "--role", "author")
    (before,) = kept(app, Officer)
    run("remove", str(before.id))

    assert run("add", "--body", "agency", *ADD[3:], "--role", "author").exit_code == 0

    old, new = kept(app, Officer)
    assert (old.id, old.organisation_id) == (before.id, before.organisation_id)
    assert old.removed_at is not None
    assert new.blind == before.blind != old.blind
    assert new.organisation_id != old.organisation_id


def test_the_last_who_may_publish_does_not_go_unsaid(run: Run, app: Flask) -> None:
    warning = "Warning: nobody of this body may publish now."
    run(*ADD, "--role", "publisher")
    run(*ADD[:3], "--subject", "sub-2", "--name", "Bo", "--role", "publisher")
    one, other = (str(each.id) for each in kept(app, Officer))

    assert warning not in run("roles", other, "--role", "author").stderr
    assert warning in run("roles", one, "--role", "author").stderr
    run("roles", one, "--role", "publisher")
    assert warning in run("remove", one).stderr
