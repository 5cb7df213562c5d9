"""Two web servers on one database, as ``citizen-portal serve`` starts them."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen

import pytest
from flask import Flask

from citizen_portal.demo.folder import HOST, free_ports
from citizen_portal.demo.processes import Processes
from citizen_portal.demo.run import web_server
from tests.access.running import environment, wait_for

THREADS, WORKERS, GRACE = 2, 2, 20


@dataclass(frozen=True)
class Server:
    port: int
    process: Popen[bytes]
    log: Path
    secrets: Path

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}"

    def workers(self) -> set[str]:
        pid = self.process.pid
        return set(Path(f"/proc/{pid}/task/{pid}/children").read_text().split())


def environ(app: Flask) -> dict[str, str]:
    settings = app.extensions["settings"].model_copy(update={"testing": False})
    return {"PATH": "/usr/bin:/bin", **environment(settings)}


@pytest.fixture(scope="module")
def two(shared_app: Flask, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Server]]:
    with ExitStack() as stack:
        found = []
        for _ in range(2):
            folder = tmp_path_factory.mktemp("server")
            (port,) = free_ports(1)
            env = environ(shared_app) | {"PORTAL_SECRETS_FOLDER": str(folder)}
            processes = Processes(folder)
            stack.callback(processes.end)
            command = web_server(port, workers=WORKERS, threads=THREADS, grace=GRACE)
            processes.start("portal", command, env)
            (child,) = processes.children
            found.append(Server(port, child.process, child.log, folder))
        for server in found:
            wait_for(f"{server.address}/readyz")
        yield found
