"""Stock OpenTelemetry exporters, set up as docs/api.md says, deliver each span exactly once."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.bodies.test_commands import done
from tests.interop.conftest import Portal
from tests.interop.exporting import Plan
from tests.interop.stumbling import Stumbling

HERE = Path(__file__).parent
PAGE = (HERE.parents[1] / "docs" / "api.md").read_text()
MAKE_KEYS, *_ = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
SET_UP, USE = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
(SET_UP_JS,) = re.findall(r"```js\n(// portal-traces.mjs\n.*?)```", PAGE, re.DOTALL)
EMIT = """
import json
from portal_traces import provider
from use import look_up, tracer

look_up("0" * 64)

for span in json.load(open("plan.json")):
    at = span["at"] * 10**6
    tracer.start_span(span["name"], start_time=at, attributes=span["said"]).end(at + 10**6)
provider.shutdown()
"""


@pytest.fixture
def stumbling(portal: Portal) -> Stumbling:
    made = Stumbling(portal.app.wsgi_app)
    portal.app.wsgi_app = made  # type: ignore[method-assign]
    return made


def connected(portal: Portal, folder: Path) -> dict[str, Any]:
    """Gives a body's system a key in this folder, as the page says; what its process is told."""
    run(folder, dict(os.environ), "sh", "-euc", MAKE_KEYS)
    keys = folder / "public.pem"
    client = done(portal.app, "add", "giver", "--scope", "access-events:write", "--keys", keys)
    named = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {**named, "no_proxy": "127.0.0.1", "PORTAL": portal.url, "CLIENT": client}


def run(folder: Path, told: dict[str, Any], *command: str) -> None:
    done = subprocess.run(
        command, cwd=folder, env=told, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(not shutil.which("openssl"), reason="the worked example needs openssl")
def test_the_exporter_for_python(portal: Portal, stumbling: Stumbling, tmp_path: Path) -> None:
    plan = Plan(portal.app)
    plan.draw_up("giver", tmp_path)
    plan.taken += 1  # what the page looks up, for somebody who is not linked
    (tmp_path / "portal_traces.py").write_text(SET_UP)
    (tmp_path / "use.py").write_text(USE)
    run(tmp_path, connected(portal, tmp_path), sys.executable, "-c", EMIT)
    plan.check(stumbling.lost)
    assert stumbling.busy > 3
    assert stumbling.kinds == {"application/x-protobuf"}


@pytest.mark.skipif(not shutil.which("openssl"), reason="the worked example needs openssl")
def test_the_exporter_for_javascript(
    node: Path, portal: Portal, stumbling: Stumbling, tmp_path: Path
) -> None:
    plan = Plan(portal.app)
    plan.draw_up("giver", node)
    plain_http = '{ algorithm: "oauth2", execute: [client.allowInsecureRequests] }'
    set_up = SET_UP_JS.replace('{ algorithm: "oauth2" }', plain_http)
    (node / "portal-traces.mjs").write_text(set_up)
    run(node, connected(portal, node), "node", "emit.mjs")
    plan.check(stumbling.lost)
    assert stumbling.busy > 3
    assert stumbling.kinds == {"application/json"}
