"""The process that serves the demo's identity provider and its bodies, on loopback ports.

``python -m citizen_portal.demo.servers FILE``; FILE is JSON, written by ``demo.run``.
"""

import json
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from citizen_portal import clock
from citizen_portal.demo import bodies_app
from citizen_portal.demo.folder import HOST
from citizen_portal.demo.people import citizens
from citizen_portal.demo.people.citizens import Citizen
from citizen_portal.demo.provider import Client, Person, create_provider

OFFICERS = {
    "officer-a1": "benefits-office",
    "officer-a2": "benefits-office",
    "officer-b1": "wrenford-council",
    "officer-b2": "wrenford-council",
}
BORN = "1980-01-01"
"""For officers only that they are adults matters."""


class SilentHandler(WSGIRequestHandler):
    """Logs no request: addresses hold ids of people."""

    protocol_version = "HTTP/1.1"

    def log_request(self, *_: object, **__: object) -> None:
        pass


def serve(given: dict[str, Any]) -> None:
    """Serve until SIGTERM."""
    provider_port, bodies_port = given["settings"]["ports"]
    servers = [
        _server(provider_port, _provider(given, f"http://{HOST}:{provider_port}")),
        _server(bodies_port, bodies_app.create_bodies(_bodies_settings(given))),
    ]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    _wait_for_sigterm()


def _bodies_settings(given: dict[str, Any]) -> bodies_app.BodiesSettings:
    return bodies_app.BodiesSettings(
        seed=given["settings"]["seed"],
        now=clock.now(),
        portal=given["portal"],
        keys=given["keys"],
        known=given["known"],
        waiting=given["waiting"],
    )


def _provider(given: dict[str, Any], issuer: str) -> Any:
    portal = given["portal"]
    client = Client(
        client_id=given["client"]["id"],
        redirect_uris=[f"{portal}/sign-in/callback"],
        post_logout_redirect_uris=[f"{portal}/", f"{portal}/signed-out"],
        secret=given["client"]["secret"],
    )
    people = [_person(citizen, given) for citizen in citizens.load()]
    officers = [
        Person(name, f"{name}, {bodies_app.organisations()[body].name}", BORN)
        for name, body in OFFICERS.items()
    ]
    return create_provider(issuer, [client], people, officers)


def _person(citizen: Citizen, given: dict[str, Any]) -> Person:
    seed = given["settings"]["seed"]
    label = f"{citizen.name}, who {citizen.about}"
    if citizen.name in given["waiting"]:
        label += f" (code from the letter: {citizens.activation_code(citizen, seed=seed)})"
    subject = citizens.subject(citizen, seed=seed)
    return Person(citizen.name, label, citizen.born.isoformat(), subject)


def _server(port: int, app: Any) -> BaseWSGIServer:
    return make_server(HOST, port, app, threaded=True, request_handler=SilentHandler)


def _wait_for_sigterm() -> None:
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    while not stop.wait(1.0):
        pass


if __name__ == "__main__":
    serve(json.loads(Path(sys.argv[1]).read_text()))
