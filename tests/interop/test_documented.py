"""What docs/api.md tells a body to type works as it stands, with curl and openssl alone."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from flask import Flask

from citizen_portal.agreements.schemas.received import MOST_RULES
from citizen_portal.bodies.models import Scope
from citizen_portal.bodies.remote import ALGORITHMS
from citizen_portal.web.openapi import describe
from tests.agreements import files
from tests.bodies.test_commands import done
from tests.interop.conftest import Portal

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
SHELL = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
NEEDED = ("sh", "curl", "openssl")


@pytest.mark.skipif(
    not all(map(shutil.which, NEEDED)), reason=f"the worked example needs {', '.join(NEEDED)}"
)
def test_the_worked_example_works(portal: Portal, tmp_path: Path) -> None:
    make_keys, call = SHELL
    files.write(tmp_path, files.agreement("DSA-0002"), "agreement.json")
    run(make_keys, tmp_path)
    public = tmp_path / "public.pem"
    client = done(portal.app, "add", "giver", "--scope", "agreements:write", "--keys", public)
    said = run(call, tmp_path, PORTAL=portal.url, CLIENT=client)
    assert '"state":"drafting"' in said.replace(" ", "")


def run(script: str, folder: Path, **names: str) -> str:
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "no_proxy": "127.0.0.1", **names}
    command = ["sh", "-eu", "-c", script]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_route_scope_and_algorithm_stands_in_the_page(app: Flask) -> None:
    with app.test_request_context():
        paths = describe(app)["paths"]
    for path, of in paths.items():
        for method in of:
            written = re.sub(r"\{(\w+)\}", r"<\1>", path)
            assert f"`{method.upper()} {written}`" in PAGE or f"`{written}`" in PAGE
    for word in (*Scope, *ALGORITHMS):
        assert f"`{word}`" in PAGE
    assert f"{MOST_RULES:,}" in PAGE
