"""Keys of their own for each test, since each changes them; and the commands."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from citizen_portal import keyfiles
from citizen_portal.keyring.commands import keys
from citizen_portal.settings import Settings

Run = Callable[..., Result]
Do = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "keys"


@pytest.fixture
def settings(settings: Settings, folder: Path, run: Run) -> Settings:
    """A portal whose cookies are signed by a key in the folder as well."""
    known = settings.model_dump(exclude={"secret_key"})
    held = folder / "held.private.json"
    made = Settings(**known | {"keys_folder": folder, "held_key": held})
    assert run("create", settings=made).exit_code == 0
    return made


@pytest.fixture
def run() -> Run:
    def run(*given: str, **parts: object) -> Result:
        return CliRunner().invoke(keys, given, obj=SimpleNamespace(**parts))

    return run


@pytest.fixture
def do(app: Flask, run: Run, monkeypatch: pytest.MonkeyPatch) -> Do:
    """The commands beside a running portal, which looks for new files each time it needs a key."""
    monkeypatch.setattr(keyfiles, "LOOKED_AT_EVERY", 0.0)
    parts = {"settings": app.extensions["settings"], "sessions": app.extensions["sessions"]}
    return lambda *given: run(*given, app=app, **parts)
