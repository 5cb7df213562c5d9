"""What is in ``deploy/`` says the same as the portal, and works: nginx in front, the units."""

import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from flask import Flask

from citizen_portal.access import api as access_api
from citizen_portal.demo.run import COMMAND
from citizen_portal.incidents import schemas as incidents
from citizen_portal.preferences.schemas import checks
from citizen_portal.serving import bounds
from citizen_portal.serving.commands import serve
from tests.serving.asking import ask, get, post
from tests.serving.certificate import NAME
from tests.serving.conftest import environ
from tests.serving.proxy import CONF, DEPLOY, proxied

ANALYZE = shutil.which("systemd-analyze")
PROGRAM = "/opt/citizen-portal/bin/citizen-portal"
HANDED = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ |= {"LISTEN_FDS": "1", "LISTEN_PID": str(os.getpid())}
os.execv(sys.argv[2], sys.argv[2:])
"""
"""What systemd does before a program that it hands a socket."""
UNITS = sorted(DEPLOY.glob("citizen-portal*"))


class Behind:
    """A web server that is handed a socket, as systemd does, and may be started anew on it."""

    def __init__(self, held: socket.socket, env: dict[str, str]) -> None:
        self.held, self.env = held, env

    def start(self) -> None:
        given = [sys.executable, *COMMAND, "serve", "--workers", "1"]
        command = [sys.executable, "-c", HANDED, str(self.held.fileno()), *given]
        self.process = subprocess.Popen(command, env=self.env, pass_fds=[self.held.fileno()])

    def call(self) -> socket.socket:
        """Somebody who has asked, and waits."""
        caller = socket.socket(socket.AF_UNIX)
        caller.settimeout(60)
        caller.connect(self.held.getsockname())
        caller.sendall(get("Connection: close", path="/healthz"))
        return caller

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(timeout=40) == 0


@pytest.fixture(scope="module")
def behind(shared_app: Flask, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Behind]:
    with socket.socket(socket.AF_UNIX) as held:
        held.bind(str(tmp_path_factory.mktemp("socket") / "web.sock"))
        held.listen(100)
        server = Behind(held, environ(shared_app))
        server.start()
        try:
            with server.call() as first:
                assert first.recv(65_536)
            yield server
        finally:
            server.stop()


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def said(name: str) -> str:
    """The one value of this directive."""
    (value,) = set(re.findall(rf"^\s*{name}\s+([^;]+);", CONF, re.M))
    return str(value)


def test_the_proxy_holds_callers_to_what_the_server_does() -> None:
    seconds = f"{bounds.SECONDS:.0f}s"
    for name in ("client_header_timeout", "client_body_timeout", "send_timeout"):
        assert said(name) == seconds
    assert int(said("client_max_body_size")) == bounds.BODY
    number, size = said("large_client_header_buffers").split()
    assert int(size.removesuffix("k")) * 1024 - len("\r\n") == bounds.LINE == bounds.FIELD
    assert int(number) <= bounds.FIELDS
    assert int(said("client_body_buffer_size").removesuffix("k")) * 1024 >= bounds.IN_MEMORY
    assert int(said("limit_conn").split()[1]) < bounds.CALLERS
    assert said("proxy_request_buffering") == "on"


def test_the_largest_that_any_address_takes_comes_through() -> None:
    largest = max(access_api.MOST_BYTES, incidents.MOST_BYTES, checks.MOST_BYTES)
    assert largest == bounds.BODY


def test_what_a_caller_says_of_itself_is_replaced() -> None:
    heads = dict(re.findall(r"proxy_set_header (\S+) ([^;]+);", CONF))
    assert heads.pop("X-Forwarded-For") == "$remote_addr"
    assert heads.pop("Host") == "portal.example"
    assert set(heads.values()) == {'""'}
    assert "Strict-Transport-Security" not in CONF, "the portal says it, and once"


def test_through_the_proxy(behind: Behind, tmp_path: Path) -> None:
    close = "Connection: close"
    with proxied(Path(behind.held.getsockname()), tmp_path) as proxy:
        for request, status in (
            (get(close, host=NAME, path="/healthz"), 200),
            (get(close, host=NAME, path="/my"), 302),
            (get(close, host=NAME, path="/" + "a" * 9000), 414),
            (get(f"X-Long: {'a' * 9000}", close, host=NAME), 400),
            (post(f"Content-Length: {bounds.BODY + 1}", host=NAME), 413),
            (post("Content-Length: 1000001", host=NAME, body=b"a" * 1_000_001), 413),
        ):
            assert proxy.ask(request).startswith(f"HTTP/1.1 {status} ".encode()), request[:80]
        with pytest.raises(ssl.SSLError):
            proxy.ask(get(close), name="other.example")
        clear = ask(proxy.clear, get(close, host=NAME, path="/my"))
        assert clear.startswith(b"HTTP/1.1 301 ")
        assert f"Location: https://{NAME}/my\r\n".encode() in clear
        system = ask(proxy.clear, get(close, host=NAME, path="/api/access-events"))
        assert system.startswith(b"HTTP/1.1 403 ")


def test_what_one_of_two_servers_breaks_off_the_other_answers(
    behind: Behind, tmp_path: Path
) -> None:
    """But a form that the first may have kept is given to no other."""
    close, taken = "Connection: close", list[bytes]()
    with socket.socket(socket.AF_UNIX) as ending:
        ending.bind(str(tmp_path / "ending.sock"))
        ending.listen()

        def end() -> None:
            with suppress(OSError):
                while True:
                    caller, _ = ending.accept()
                    with caller:
                        taken.append(caller.recv(4))

        threading.Thread(target=end, daemon=True).start()
        portal = Path(behind.held.getsockname())
        with proxied(portal, tmp_path, first=tmp_path / "ending.sock") as proxy:
            read = [status(proxy.ask(get(close, host=NAME, path="/healthz"))) for _ in range(4)]
            sent = [status(proxy.ask(post("Content-Length: 0", close, host=NAME))) for _ in "12"]
            ending.shutdown(socket.SHUT_RDWR)
    assert read == [200] * 4
    assert sorted(sent) == [400, 502]
    assert taken.count(b"GET ") == 2
    assert taken.count(b"POST") == 1


@pytest.mark.skipif(ANALYZE is None, reason="no systemd here")
def test_the_units_are_understood(tmp_path: Path) -> None:
    for unit in UNITS:
        (tmp_path / unit.name).write_text(unit.read_text().replace(PROGRAM, "/bin/true"))
    units = [tmp_path / unit.name for unit in UNITS]
    found = subprocess.run([str(ANALYZE), "verify", *units], capture_output=True, text=True)
    assert (found.returncode, found.stdout + found.stderr) == (0, "")


def test_the_units_fit_the_server() -> None:
    web, worker = (
        (DEPLOY / f"citizen-portal{name}.service").read_text() for name in ("", "-worker")
    )
    (given,) = re.findall(rf"^ExecStart={PROGRAM} serve (.*)$", web, re.M)
    with serve.make_context("serve", given.split()) as context:
        stop, tasks = (
            int(re.findall(rf"^{name}=(\d+)$", web, re.M)[0])
            for name in ("TimeoutStopSec", "TasksMax")
        )
        assert stop > context.params["grace"]
        assert tasks > context.params["workers"] * (bounds.CALLERS + 20)
    assert "PORTAL_HELD_KEY" not in web
    assert "PORTAL_HELD_KEY" in worker
    for unit in (web, worker):
        assert "\nProtectSystem=strict\n" in unit
        assert "\nReadOnlyPaths=/run\n" in unit


def test_a_new_version_behind_the_same_socket_refuses_nobody(behind: Behind) -> None:
    """The last of this file: it ends the server that the others ask."""
    behind.stop()
    with behind.call() as between:
        behind.start()
        assert between.recv(65_536).startswith(b"HTTP/1.1 200 ")
