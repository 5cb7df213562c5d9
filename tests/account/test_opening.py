"""``citizen-portal account open``: what an order may have opened of a closed account."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from citizen_portal import sealing
from citizen_portal.audit import AuditEntry
from citizen_portal.identity.commands import account
from citizen_portal.identity.models import ClosedAccount
from tests.account.closing import ISSUER, Someone, close
from tests.bodies.told import run_waiting

Run = Callable[..., Result]


@pytest.fixture
def key(keys_folder: Path, tmp_path: Path) -> Path:
    """The key where it is kept: not in the folder of keys."""
    file = tmp_path / "kept-elsewhere.json"
    file.write_text((keys_folder / sealing.CLOSED_PRIVATE_FILE).read_text())
    return file


@pytest.fixture
def run(app: Flask, key: Path) -> Run:
    def run(subject: str, *more: str, file: Path = key) -> Result:
        known = app.extensions["settings"].model_copy(update={"oidc_issuer": ISSUER})
        parts = SimpleNamespace(settings=known, sessions=app.extensions["sessions"], app=app)
        given = ["open", "--subject", subject, "--key", str(file), *more]
        return CliRunner().invoke(account, given, obj=parts)

    return run


def opened(session: Session) -> list[dict[str, object]]:
    found = session.scalars(select(AuditEntry.about).filter_by(tag="account:opened")).all()
    session.rollback()
    return list(found)


def test_an_order_has_the_lines_of_who_closed_shown_and_no_others(
    app: Flask, two: tuple[Someone, Someone], session: Session, run: Run
) -> None:
    one, other = two
    close(app, one.id)
    run_waiting(app)
    (closed,) = session.scalars(select(ClosedAccount.id)).all()
    session.rollback()

    result = run(one.subject, "--reason", "court-order")

    assert result.exit_code == 0, result.output
    first, *lines = result.stdout.splitlines()
    assert first == f"closed account {closed}"
    assert [line.split("  ")[1] for line in lines][-1] == "account:closed"
    assert "link:made" in result.stdout
    assert str(one.id) not in result.stdout
    assert opened(session) == [{"reason": "court-order", "closed": [str(closed)]}]

    result = run(other.subject, "--reason", "oversight")
    assert (result.stdout, result.stderr) == ("", "0 found.\n")
    assert opened(session)[1] == {"reason": "oversight", "closed": []}, "a look is noted too"


@pytest.mark.parametrize("text", ["no key", "{}", None])
def test_another_key_opens_nothing(
    app: Flask,
    two: tuple[Someone, Someone],
    session: Session,
    run: Run,
    tmp_path: Path,
    text: str | None,
) -> None:
    close(app, two[0].id)
    run_waiting(app)
    file = tmp_path / "other.json"
    if text is None:
        sealing.create(tmp_path)
        file = tmp_path / sealing.CLOSED_PRIVATE_FILE
    else:
        file.write_text(text)
    result = run(two[0].subject, "--reason", "court-order", file=file)
    assert result.exit_code == 1
    assert "not the key that opens closed accounts" in result.stderr
    assert opened(session) == []


def test_a_reason_of_the_list_is_needed(run: Run, session: Session) -> None:
    assert "Missing option '--reason'" in run("x").stderr
    assert "is not one of" in run("x", "--reason", "I wonder").stderr
    assert opened(session) == []
