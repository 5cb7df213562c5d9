"""What docs/api.md tells a body to type works as it stands, with curl and openssl alone."""

import re
import shutil
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
from tests.interop.documented import NEEDED, PAGE, blocks, run


@pytest.mark.skipif(
    not all(map(shutil.which, NEEDED)), reason=f"the worked example needs {', '.join(NEEDED)}"
)
def test_the_worked_example_works(portal: Portal, tmp_path: Path) -> None:
    shell = blocks()
    files.write(tmp_path, files.agreement("DSA-0002"), "agreement.json")
    run(shell["keys"], tmp_path)
    public = tmp_path / "public.pem"
    client = done(portal.app, "add", "giver", "--scope", "agreements:write", "--keys", public)
    said = run(shell["token"] + shell["agreement"], tmp_path, PORTAL=portal.url, CLIENT=client)
    assert '"state":"drafting"' in said.replace(" ", "")


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
