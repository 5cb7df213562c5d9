"""The reverse proxy that is shipped: it holds slow callers and replaces what they say they are."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask, request
from flask.typing import ResponseReturnValue

from tests.edges.nginx import NGINX, in_front_of
from tests.edges.serving import Slow, seconds_to_answer
from tests.fakes.serving import served

pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not here")
SEEN: list[dict[str, Any]] = []


def upstream() -> Flask:
    """A server with one place: it notes who comes, and could serve nobody while it waits."""
    app, place = Flask("upstream"), threading.Lock()

    @app.route("/<path:_>", methods=["GET", "POST"])
    def say(_: str) -> ResponseReturnValue:
        with place:
            size = len(request.get_data())
            SEEN.append({"path": request.path, "size": size, "headers": dict(request.headers)})
        return {"size": size}

    return app


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(lambda _: upstream()) as behind:
        port = int(behind.rpartition(":")[2])
        folder = tmp_path_factory.mktemp("nginx")
        with in_front_of(port, folder, root=os.geteuid() == 0) as ours:
            yield f"http://127.0.0.1:{ours}"


def test_slow_callers_do_not_get_through_to_the_web_server(address: str) -> None:
    port = int(address.rpartition(":")[2])
    SEEN.clear()
    with Slow(port, silent=20, heads=20, bodies=20) as slow:
        waited = []
        for _ in range(3):
            slow.drip()
            waited.append(seconds_to_answer(address, most=5))
    assert max(waited) < 1
    assert {each["path"] for each in SEEN} == {"/healthz"}
    assert len(SEEN) == 3


def test_what_a_caller_says_of_itself_is_replaced(address: str) -> None:
    said = {
        "X-Forwarded-For": "93.184.216.34",
        "X-Forwarded-Host": "evil.example",
        "Forwarded": "for=93.184.216.34;host=evil.example",
        "Proxy": "http://evil.example",
        "SCRIPT_NAME": "/evil",
        "X_Forwarded_For": "93.184.216.34",
    }
    SEEN.clear()
    assert requests.get(f"{address}/x", headers=said, timeout=20).ok
    (seen,) = SEEN
    assert seen["headers"]["X-Forwarded-For"] == "127.0.0.1"
    assert "evil" not in str(seen)
    assert "93.184" not in str(seen)


@pytest.mark.parametrize(
    ("bytes_sent", "status"), [(1_000, 200), (7_900_000, 200), (8_500_000, 413)]
)
def test_a_body_has_an_end(address: str, bytes_sent: int, status: int) -> None:
    assert requests.post(f"{address}/x", data=b"x" * bytes_sent, timeout=20).status_code == status


def test_a_head_has_an_end(address: str) -> None:
    assert requests.get(f"{address}/{'x' * 9000}", timeout=20).status_code == 414
    assert (
        requests.get(f"{address}/x", headers={"X-Long": "x" * 9000}, timeout=20).status_code == 400
    )


def test_nothing_is_written_down_of_who_came(address: str) -> None:
    assert "access_log off;" in Path("deploy/nginx.conf").read_text()
    assert "nginx/" not in requests.get(f"{address}/x", timeout=20).headers["Server"]
