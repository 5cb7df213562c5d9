"""Secrets stand in no log, no page and no word of the portal about itself."""

import json
import logging
import traceback
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from citizen_portal import jobs
from citizen_portal.cli import main
from citizen_portal.settings import Settings, from_environment

CANARIES = {
    name: f"canary-{number:02d}-{'q' * 40}"
    for number, (name, field) in enumerate(Settings.model_fields.items())
    if field.annotation is SecretStr
}
NOTIFY = "canary-a0-1b2c3d4e-0000-4000-8000-000000000000-1b2c3d4e-0000-4000-8000-00000000000f"
PERSONAL = "QQ123456C"
REFUSED = "SELECT :personal FROM there_is_no_such_table"
Read = pytest.CaptureFixture[str]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return Settings(**settings.model_dump() | CANARIES | {"testing": False})


def clean(*texts: object) -> None:
    said = "\n".join(map(str, texts))
    assert not [one for one in (*CANARIES.values(), PERSONAL, NOTIFY) if one in said]
    assert "canary-" not in said


def test_settings_show_none_of_their_secrets(settings: Settings) -> None:
    assert len(CANARIES) >= 6
    clean(settings, repr(settings), settings.model_dump(), settings.model_dump_json())


@pytest.mark.both
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_a_page_that_breaks_down_tells_nothing(
    app: Flask, session: Session, capfd: Read, caplog: pytest.LogCaptureFixture, accept: str
) -> None:
    """The database itself refuses, with a statement that holds a value."""
    caplog.set_level(logging.DEBUG)

    def broken() -> str:
        with app.extensions["sessions"].reading() as reading:
            reading.execute(text(REFUSED), {"personal": PERSONAL})
        return ""

    def shown() -> str:
        raise RuntimeError(f"{CANARIES['smtp_password']} {app.extensions['settings']} {PERSONAL}")

    views = (broken, shown)
    for view in views:
        app.add_url_rule(f"/{view.__name__}", view_func=view)
    for view in views:
        own, client = {"Accept": accept, "X-Own": PERSONAL}, app.test_client()
        answer = client.get(f"/{view.__name__}", headers=own)
        assert answer.status_code == 500
        clean(answer.text, answer.headers)
        client.get(f"/{view.__name__}?who={PERSONAL}", headers=own)  # for the log
    out, err = capfd.readouterr()
    assert '"status": 500' in err
    clean(out, err, caplog.text)


@pytest.mark.both
def test_what_the_database_says_of_a_statement_holds_no_value(app: Flask, session: Session) -> None:
    with pytest.raises(DBAPIError) as caught:
        session.execute(text(REFUSED), {"personal": PERSONAL})
    clean(caught.value, "".join(traceback.format_exception(caught.value)))


def test_a_job_that_fails_keeps_the_kind_of_fault_and_not_its_words(
    app: Flask, capfd: Read, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: jobs.Work) -> None:
        raise ValueError(f"{CANARIES['oidc_client_secret']} {PERSONAL}")

    monkeypatch.setitem(jobs.HANDLERS, "test.fails", fails)
    sessions = app.extensions["sessions"]
    with sessions.writing() as session:
        job_id = jobs.enqueue(session, "test.fails").id
    jobs.run(sessions, app.extensions, job_id)

    with sessions.reading() as reading:
        kept = reading.get_one(jobs.Job, job_id)
    out, err = capfd.readouterr()
    assert "ValueError" in str(kept.fault) + err
    clean(out, err, caplog.text, vars(kept))


def test_commands_tell_which_setting_is_wrong_and_not_what_it_holds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in CANARIES.items():
        monkeypatch.setenv(f"PORTAL_{name.upper()}", value)
    monkeypatch.setenv("PORTAL_SECRET_KEY", "canary-short")
    for name in ("database_url", "keys_folder", "export_store"):
        monkeypatch.setenv(f"PORTAL_{name.upper()}", "sqlite:///nowhere.db")
    for command in (["settings"], ["db", "check"], ["keys", "list"], ["worker"]):
        ran = CliRunner().invoke(main, command)
        clean(ran.output, ran.exception)
        assert "PORTAL_SECRET_KEY" in ran.output


def test_a_secret_may_stand_in_a_file_of_its_own(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "secrets"
    folder.mkdir()
    (folder / "portal_smtp_password").write_text("canary-file\n")
    monkeypatch.setenv("PORTAL_SECRETS_FOLDER", str(folder))
    given = {**settings.model_dump(exclude_defaults=True, exclude={"smtp_password"})}
    for name, value in given.items():
        plain = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        monkeypatch.setenv(f"PORTAL_{name.upper()}", plain)

    assert from_environment().smtp_password.get_secret_value() == "canary-file"
    monkeypatch.setenv("PORTAL_SMTP_PASSWORD", "canary-env")
    assert from_environment().smtp_password.get_secret_value() == "canary-env"


def test_no_part_of_the_portal_writes_itself_out_with_its_keys(app: Flask) -> None:
    for name in ("sealer", "index", "signer", "file_sealer", "envelope", "queue", "settings"):
        clean(repr(app.extensions[name]), str(app.extensions[name]))
    folder = app.extensions["settings"].keys_folder
    keys = [one["d"] for one in json.loads((folder / "signing.jwks.json").read_text())["keys"]]
    index = (folder / "index.key").read_text().strip()
    said = repr(app.extensions["index"]) + repr(app.extensions["signer"])
    assert index not in said
    assert not [one for one in keys if one in said]
