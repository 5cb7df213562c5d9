"""Settings are named to operators as they are set."""

import os
import re

import pytest
from click.testing import CliRunner

from citizen_portal.cli import main
from citizen_portal.settings import Settings

NAMES = [name for name in Settings.model_fields if "_" in name]
WRONG = {
    "PORTAL_DATABASE_URL": "postgresql+psycopg://portal@/portal",
    "PORTAL_KEYS_FOLDER": "keys",
    "PORTAL_EXPORT_STORE": "copies",
    "PORTAL_METRICS_PORT": "9000",
    "PORTAL_SMTP_HOST": "mail.example",
    "PORTAL_MAIL_FROM": "news@portal.example",
    "PORTAL_NOTIFY_TEMPLATE": "x",
}


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """What a command that needs settings says of these."""
    for name in [name for name in os.environ if name.startswith("PORTAL_")]:
        monkeypatch.delenv(name)
    for name, value in (WRONG | getattr(request, "param", {})).items():
        monkeypatch.setenv(name, value)
    ran = CliRunner().invoke(main, ["db", "check"])
    assert ran.exit_code == 1
    return ran.output


def lower(text: str) -> list[str]:
    return [name for name in NAMES if re.search(rf"\b{name}\b", text)]


def test_each_is_explained_and_others_are_named_as_they_are_set() -> None:
    text = CliRunner().invoke(main, ["settings"]).output
    assert text.count("\nPORTAL_") == len(Settings.model_fields) - 1, "the first begins the text"
    assert lower(text) == []
    assert "`PORTAL_NOTIFY_KEY_FILE`" in text


def test_what_is_wrong_names_what_to_set(said: str) -> None:
    assert lower(said) == []
    for line in (
        "PORTAL_DATABASE_ROLES: needed where the database is PostgreSQL, for example `portal`",
        "PORTAL_METRICS_FOLDER: needed with PORTAL_METRICS_PORT",
        "PORTAL_NOTIFY_TEMPLATE: instead of PORTAL_SMTP_HOST, not beside it",
    ):
        assert f"  {line}\n" in said


@pytest.mark.parametrize("said", [{"PORTAL_DATABASE_URL": ""}], indirect=True)
def test_an_empty_address_of_the_database_is_as_if_there_were_none(said: str) -> None:
    assert "  PORTAL_DATABASE_URL: field required: begins with sqlite:///" in said
