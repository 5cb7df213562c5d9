"""A stock client from npm, openid-client, finds the portal, gets a token and calls the API."""

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.agreements import files
from tests.interop.conftest import Portal

HERE = Path(__file__).parent


def call(node: Path, portal: Portal, document: dict[str, Any]) -> dict[str, Any]:
    file = files.write(node, document, "agreement.json")
    system = portal.system
    command = ["node", "client.mjs", portal.url, system.client_id, system.key.kid, file.name]
    done = subprocess.run(
        command,
        cwd=node,
        input=json.dumps(system.key.as_dict(private=True)),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_it_gets_a_token_and_writes_a_draft(node: Path, portal: Portal) -> None:
    found = call(node, portal, files.agreement("DSA-0002"))
    assert found["status"] == 201
    assert found["said"]["state"] == "drafting"
    assert (found["scope"], found["expiresIn"]) == ("agreements:write", 300)
    again = call(node, portal, files.agreement("DSA-0002"))
    assert (again["status"], again["tag"]) == (200, found["tag"])


def test_it_is_told_what_is_wrong(node: Path, portal: Portal) -> None:
    found = call(node, portal, files.agreement("DSA-0002", retention="long"))
    assert found["status"] == 422
    assert [fault["field"] for fault in found["said"]["errors"]] == ["retention"]


def test_the_lock_names_no_host() -> None:
    assert "resolved" not in (HERE / "package-lock.json").read_text()
