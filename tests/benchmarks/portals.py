"""Portals to be measured: in this process, served by processes of their own, and who is there."""

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import inspect

from citizen_portal import clock, sealing, signing
from citizen_portal.app import create_app
from citizen_portal.demo.folder import HOST, free_ports
from citizen_portal.demo.run import web_server
from citizen_portal.identity import actions as identity
from citizen_portal.identity.remote import keys as sign_in_keys
from citizen_portal.settings import Settings
from tests.access.running import environment, wait_for
from tests.benchmarks.rows import Place
from tests.databases import make_tables

WORKERS = 2


@dataclass(frozen=True)
class Server:
    pid: int
    host: str
    """With its port."""

    @property
    def address(self) -> str:
        return f"http://{self.host}"


def portal(place: Place, name: str = "portal", **given: Any) -> Flask:
    """One of its own in this place; with another name, another one of the same database."""
    folder = place.folder / name
    folder.mkdir(exist_ok=True)
    for module in (sealing, signing, sign_in_keys):
        module.create(folder)
    usual: dict[str, Any] = {
        "environment": "development",
        "secret_key": "a secret for benchmarks only, long enough",
        "database_url": place.url,
        "queue_file": folder / "queue.db",
        "keys_folder": folder,
        "export_store": f"{folder}-copies",
        "private_addresses": HOST,
        "log_level": "ERROR",
    }
    app = create_app(Settings(**usual | given))
    if not inspect(app.extensions["sessions"].engine).has_table("citizen"):
        make_tables(place.url)
    return app


def signed_in(app: Flask, citizen_id: UUID) -> FlaskClient:
    """A browser of a citizen who has just signed in."""
    with app.extensions["sessions"].writing() as session:
        proof = identity.Proof(assurance="", auth_time=clock.now())
        started = identity.start(session, citizen_id, proof=proof)
    client = app.test_client()
    with client.session_transaction() as kept:
        kept["_user_id"] = f"{citizen_id}:{started.sign_in.id}:{started.token}"
        kept["_fresh"] = True
    return client


def cookie(app: Flask, browser: FlaskClient) -> str:
    """What a browser elsewhere sends to be the same one."""
    name = str(app.config["SESSION_COOKIE_NAME"])
    found = browser.get_cookie(name)
    assert found is not None
    return f"{name}={found.value}"


def environment_of(app: Flask) -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", **environment(app.extensions["settings"])}


@contextmanager
def served(app: Flask) -> Iterator[Server]:
    """The portal of this app's data, as `docs/operations.md` has it served."""
    (port,) = free_ports(1)
    with _running(web_server(port, workers=WORKERS), environment_of(app)) as pid:
        server = Server(pid, f"{HOST}:{port}")
        wait_for(f"{server.address}/readyz")
        yield server


@contextmanager
def served_bare(app: Flask, cookie: str, path: str) -> Iterator[Server]:
    """The bare view of a page of this citizen's, by gunicorn as it comes (``bare.py``)."""
    (port,) = free_ports(1)
    own = {"BARE_COOKIE": cookie, "BARE_PATH": path}
    command = ["-m", "gunicorn", "--preload", "--bind", f"{HOST}:{port}", "--threads", "8"]
    command += ["--workers", str(WORKERS), "tests.benchmarks.bare:served()"]
    with _running(command, environment_of(app) | own) as pid:
        server = Server(pid, f"{HOST}:{port}")
        wait_for(server.address + path)
        yield server


@contextmanager
def _running(command: Sequence[str], env: Mapping[str, str]) -> Iterator[int]:
    folder = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, *command], env=env, cwd=folder, stderr=subprocess.DEVNULL
    ) as server:
        try:
            yield server.pid
        finally:
            server.terminate()
