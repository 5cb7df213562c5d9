"""A portal in a process of its own, which tests may trace, kill, and let find its disk broken."""

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import event
from werkzeug.serving import make_server

from citizen_portal.app import create_app
from citizen_portal.settings import Settings
from tests.access.pushing import PATH
from tests.fakes.serving import Quiet

STARTING = multiprocessing.get_context("forkserver")
STARTING.set_forkserver_preload([__name__])  # what takes long to import is imported once


@dataclass
class Portal:
    process: Any
    address: str

    def send(self, events: Sequence[Any], headers: dict[str, str]) -> int:
        """The status that a sender sees; 0 where the connection breaks."""
        try:
            response = requests.post(
                self.address + PATH, json={"events": events}, headers=headers, timeout=30
            )
        except requests.ConnectionError:
            return 0
        return response.status_code

    @contextmanager
    def traced(self, into: Path, *options: str) -> Iterator[None]:
        """Its system calls go through strace, which has taken hold when this begins."""
        command = ["strace", "-f", "-o", str(into), *options, "-p", str(self.process.pid)]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as strace:
            try:
                assert strace.stderr is not None
                said = strace.stderr.readline()
                assert "attached" in said, said
                yield
            finally:
                strace.terminate()


@contextmanager
def portal(settings: Settings, *pragmas: str) -> Iterator[Portal]:
    """One that runs; ``pragmas`` weaken or change what the portal asks of SQLite itself."""
    ours, theirs = STARTING.Pipe()
    process = STARTING.Process(target=_serve, args=(settings, pragmas, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        yield Portal(process, f"http://127.0.0.1:{ours.recv()}")
    finally:
        process.kill()
        process.join()
        ours.close()


def _serve(settings: Settings, pragmas: Sequence[str], line: Connection) -> None:
    """Serve one request after the other, all in one thread: what is counted comes in one order."""
    sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - as long as the process
    app = create_app(settings)

    @event.listens_for(app.extensions["sessions"].engine, "connect")
    def _connect(connection: Any, _: object) -> None:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    server = make_server("127.0.0.1", 0, app, request_handler=Quiet)
    line.send(server.server_port)
    server.serve_forever()
