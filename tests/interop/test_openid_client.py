"""A stock client from npm, openid-client, finds the portal, gets a token and calls the API."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.agreements import files
from tests.interop.conftest import Portal

HERE = Path(__file__).parent
NOT_REACHED = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The client, installed as its lock file says, running nothing on the way."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("there is no Node.js with npm here, so the stock client cannot be tried")
    folder = tmp_path_factory.mktemp("client")
    for name in ("package.json", "package-lock.json", "client.mjs"):
        shutil.copy(HERE / name, folder)
    install = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1"]
    done = subprocess.run(install, cwd=folder, capture_output=True, text=True, timeout=300)
    if any(code in done.stderr for code in NOT_REACHED):
        pytest.skip("npm's registry cannot be reached, so the stock client cannot be tried")
    assert done.returncode == 0, done.stderr
    return folder


def call(folder: Path, portal: Portal, document: dict[str, Any]) -> dict[str, Any]:
    file = files.write(folder, document, "agreement.json")
    system = portal.system
    command = ["node", "client.mjs", portal.url, system.client_id, system.key.kid, file.name]
    done = subprocess.run(
        command,
        cwd=folder,
        input=json.dumps(system.key.as_dict(private=True)),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_it_gets_a_token_and_writes_a_draft(folder: Path, portal: Portal) -> None:
    found = call(folder, portal, files.agreement("DSA-0002"))
    assert found["status"] == 201
    assert found["said"]["state"] == "drafting"
    assert (found["scope"], found["expiresIn"]) == ("agreements:write", 300)
    again = call(folder, portal, files.agreement("DSA-0002"))
    assert (again["status"], again["tag"]) == (200, found["tag"])


def test_it_is_told_what_is_wrong(folder: Path, portal: Portal) -> None:
    found = call(folder, portal, files.agreement("DSA-0002", retention="long"))
    assert found["status"] == 422
    assert [fault["field"] for fault in found["said"]["errors"]] == ["retention"]


def test_the_lock_names_no_host() -> None:
    assert "resolved" not in (HERE / "package-lock.json").read_text()
