"""The portal and its worker as the demo runs them, in processes of their own, over real HTTP."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
from flask import Flask
from pydantic import SecretStr

from citizen_portal import clock
from citizen_portal.demo.folder import HOST, free_ports
from citizen_portal.demo.processes import Processes
from citizen_portal.demo.run import WORKER, web_server
from citizen_portal.identity import actions
from citizen_portal.identity.models import Citizen
from citizen_portal.settings import Settings

SECONDS_TO_START = 40.0


@dataclass(frozen=True)
class Running:
    port: int
    address: str
    processes: Processes

    @property
    def master(self) -> int:
        """The process that started the web server's others."""
        (master,) = [one.process.pid for one in self.processes.children if one.name == "portal"]
        return master

    def memory(self) -> int:
        """Most bytes of memory that any process of the web server has held."""
        children = Path(f"/proc/{self.master}/task/{self.master}/children").read_text().split()
        return max(_peak(pid) for pid in (str(self.master), *children))


def _peak(pid: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


@contextmanager
def running(settings: Settings, logs: Path, *, worker: bool = False) -> Iterator[Running]:
    (port,) = free_ports(1)
    processes = Processes(logs)
    env = {"PATH": "/usr/bin:/bin", **environment(settings)}
    try:
        processes.start("portal", web_server(port), env)
        if worker:
            processes.start("worker", WORKER, env)
        address = f"http://{HOST}:{port}"
        wait_for(f"{address}/healthz")
        yield Running(port, address, processes)
    finally:
        processes.end()


def environment(settings: Settings) -> dict[str, str]:
    values = {
        name: value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        for name, value in settings.model_dump(exclude_unset=True).items()
        if value is not None
    }
    return {f"PORTAL_{name.upper()}": value for name, value in values.items()}


def wait_for(address: str) -> None:
    """Until something answers well at this address."""
    until, said = time.monotonic() + SECONDS_TO_START, "nothing"
    while True:
        try:
            response = requests.get(address, timeout=5)
            if response.ok:
                return
            said = response.text
        except (requests.ConnectionError, requests.Timeout):
            pass
        assert time.monotonic() < until, f"the portal did not start: {said}"


def browser(app: Flask, citizen: Citizen) -> requests.Session:
    """A browser in which this citizen is signed in at the portal that shares this app's data."""
    with app.extensions["sessions"].writing() as session:
        proof = actions.Proof(assurance="", auth_time=clock.now())
        started = actions.start(session, citizen.id, proof=proof)
    client = app.test_client()
    with client.session_transaction() as kept:
        kept["_user_id"] = f"{citizen.id}:{started.sign_in.id}:{started.token}"
        kept["_fresh"] = True
    name = str(app.config["SESSION_COOKIE_NAME"])
    cookie = client.get_cookie(name)
    assert cookie is not None
    found = requests.Session()
    found.headers["Cookie"] = f"{name}={cookie.value}"
    return found
