"""Keys that belong to somebody else, as where root made them: who may not read them is told so."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from pydantic import SecretStr

from citizen_portal import cli
from citizen_portal.cli import Operator, main
from citizen_portal.doctor.findings import Level
from citizen_portal.serving import server, worker  # noqa: F401 - a stranger may not be able to load it
from tests.doctor.conftest import Patient

STRANGER = 65534


@contextmanager
def as_stranger() -> Iterator[int]:
    """Nobody is kept out of anything as root."""
    if os.geteuid() != 0:
        yield os.geteuid()
        return
    os.seteuid(STRANGER)
    try:
        yield STRANGER
    finally:
        os.seteuid(0)


@pytest.fixture
def closed(keys_folder: Path) -> Iterator[Path]:
    """A folder that is closed, where each may go."""
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        folder = Path(place) / "keys"
        shutil.copytree(keys_folder, folder)
        folder.chmod(0)
        yield folder
        folder.chmod(0o700)


def test_the_doctor_names_the_folder_the_user_and_the_command(
    patient: Patient, closed: Path
) -> None:
    patient.told()  # all modules are loaded by now
    patient.set(keys_folder=closed)
    with as_stranger() as uid:
        (found,) = [one for one in patient.told()["keys"] if one.level is Level.FAIL]
    assert found.said == f"{closed} is closed to this user (uid {uid})."
    assert found.do == f"Run as root: chown -R {uid} {closed}"


@pytest.mark.sqlite
@pytest.mark.parametrize("command", [["keys", "list"], ["serve"], ["worker"], ["officer", "list"]])
def test_commands_say_it_in_a_line(
    patient: Patient, closed: Path, command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    patient.set(keys_folder=closed, secret_key=SecretStr(""))
    operator = Operator()
    operator.__dict__["settings"] = patient.settings
    monkeypatch.setattr(cli, "Operator", lambda: operator)
    for name in ("database_url", "keys_folder", "export_store", "queue_file", "environment"):
        monkeypatch.setenv(f"PORTAL_{name.upper()}", str(getattr(patient.settings, name)))
    with as_stranger() as uid:
        ran = CliRunner().invoke(main, command)
    (line,) = ran.output.splitlines()
    assert (ran.exit_code, f"closed to this user (uid {uid})" in line) == (1, True), ran.output
    assert line.startswith(f"Error: {closed} is closed")
