"""Web servers as they are shipped, in processes of their own, and callers that take their time."""

import contextlib
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
from flask import Flask

from citizen_portal.demo.folder import HOST, free_ports
from citizen_portal.demo.processes import Processes
from citizen_portal.demo.run import web_server
from tests.access.running import environment, wait_for


@dataclass
class Server:
    """One web server over a portal's database; ``options`` come after the shipped ones."""

    app: Flask
    folder: Path
    port: int
    options: tuple[str, ...] = ()
    more: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        self.processes = Processes(self.folder)

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}"

    def start(self) -> None:
        env = {"PATH": "/usr/bin:/bin", **environment(self.app.extensions["settings"])}
        given = [*web_server(self.port), *self.options]
        self.processes.start(f"portal-{self.port}", given, env | dict(self.more))
        wait_for(f"{self.address}/healthz")

    def kill(self) -> None:
        """Without a word, as a machine that loses its power."""
        for child in self.processes.children:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.process.pid, signal.SIGKILL)
            child.process.wait()
        self.processes.children.clear()


@contextmanager
def servers(
    app: Flask, folder: Path, number: int, **given: tuple[object, ...]
) -> Iterator[list[Server]]:
    made = [Server(app, folder, port, **given) for port in free_ports(number)]  # type: ignore[arg-type]
    try:
        for one in made:
            one.start()
        yield made
    finally:
        for one in made:
            one.processes.end()


HEAD = b"GET /healthz HTTP/1.1\r\nHost: portal\r\n"
BODY = b"POST /sign-out HTTP/1.1\r\nHost: portal\r\nContent-Length: 100000\r\n\r\nx="


@dataclass
class Slow:
    """Callers that begin and do not end: with nothing, with part of a head, with part of a body."""

    port: int
    silent: int
    heads: int
    bodies: int

    def __enter__(self) -> "Slow":
        self.callers = [socket.create_connection((HOST, self.port)) for _ in range(self.silent)]
        for begun, number in ((HEAD, self.heads), (BODY, self.bodies)):
            for _ in range(number):
                caller = socket.create_connection((HOST, self.port))
                caller.sendall(begun)
                self.callers.append(caller)
        return self

    def __exit__(self, *_: object) -> None:
        for caller in self.callers:
            caller.close()

    def drip(self) -> None:
        """One byte more from each, so that none falls silent."""
        for caller in self.callers[self.silent :]:
            with contextlib.suppress(OSError):
                caller.sendall(b"x")


def seconds_to_answer(address: str, *, most: float) -> float:
    """How long somebody else waits meanwhile; ``most`` where they wait in vain."""
    start = time.monotonic()
    try:
        with requests.Session() as caller:
            caller.trust_env = False
            assert caller.get(f"{address}/healthz", timeout=most).ok
    except requests.RequestException:
        return most
    return time.monotonic() - start
