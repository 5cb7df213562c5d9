"""nginx as ``deploy/nginx.conf`` has it, but for its ports, its certificate and where it writes."""

import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from citizen_portal import clock
from citizen_portal.demo.folder import HOST, free_ports
from tests.serving.certificate import NAME, certificate

DEPLOY = Path(__file__).parents[2] / "deploy"
CONF = (DEPLOY / "nginx.conf").read_text()
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin")
PLACES = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@dataclass(frozen=True)
class Proxy:
    clear: int
    safe: int
    trusted: ssl.SSLContext

    def ask(self, said: bytes, name: str = NAME) -> bytes:
        with (
            socket.create_connection((HOST, self.safe), timeout=20) as plain,
            self.trusted.wrap_socket(plain, server_hostname=name) as caller,
        ):
            caller.sendall(said)
            return caller.recv(65_536)


@contextmanager
def proxied(portal: Path, folder: Path, *, first: Path | None = None) -> Iterator[Proxy]:
    """In front of what listens on this socket, and of another that is asked in turn with it."""
    if NGINX is None:
        pytest.skip("no nginx here: apt-get install nginx-light")
    clear, safe = free_ports(2)
    proof, key = certificate(folder)
    conf = re.sub(r"^ *listen \[::\].*$", "", CONF, flags=re.M)
    another = f"server unix:{first} max_fails=0;" if first else ""
    for ours, here in (
        ("upstream portal {", f"upstream portal {{ {another}"),
        ("listen 80", f"listen {HOST}:{clear}"),
        ("listen 443", f"listen {HOST}:{safe}"),
        ("/run/citizen-portal/web.sock", str(portal)),
        ("/etc/letsencrypt/live/portal.example/fullchain.pem", str(proof)),
        ("/etc/letsencrypt/live/portal.example/privkey.pem", str(key)),
        ("/var/log/nginx/error.log", f"{folder}/errors"),
    ):
        assert ours in conf
        conf = conf.replace(ours, here)
    places = "".join(f"{name}_temp_path {folder}/{name};\n" for name in PLACES)
    top = f"daemon off;\nmaster_process off;\npid {folder}/pid;\nerror_log {folder}/errors;\n"
    file = folder / "nginx.conf"
    file.write_text(f"{top}events {{}}\nhttp {{\n{places}{conf}\n}}\n")
    subprocess.run([NGINX, "-t", "-q", "-c", file, "-e", folder / "errors"], check=True)
    with subprocess.Popen([NGINX, "-c", file, "-e", folder / "errors"]) as running:
        try:
            _wait_for(safe)
            yield Proxy(clear, safe, ssl.create_default_context(cafile=proof))
        finally:
            running.terminate()


def _wait_for(port: int) -> None:
    until = clock.now() + timedelta(seconds=20)
    while True:
        try:
            socket.create_connection((HOST, port), timeout=1).close()
            return
        except ConnectionRefusedError:
            assert clock.now() < until, "nginx did not start"
