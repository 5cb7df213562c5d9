"""The process behind the scenes: the identity provider and the bodies, on loopback ports.

``python -m citizen_portal.demo.backstage FILE``; the file says what they are to know.
"""

import json
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from citizen_portal import clock
from citizen_portal.demo import town
from citizen_portal.demo.people import cast
from citizen_portal.demo.people.cast import Citizen
from citizen_portal.demo.place import HOST
from citizen_portal.demo.provider import Client, Person, create_provider

OFFICERS = {
    "officer-a1": "benefits-office",
    "officer-a2": "benefits-office",
    "officer-b1": "wrenford-council",
    "officer-b2": "wrenford-council",
}
BORN = "1980-01-01"
"""Officers are adults; of their age nothing else matters."""


class Silent(WSGIRequestHandler):
    """Writes no request down: addresses hold ids of people."""

    protocol_version = "HTTP/1.1"

    def log_request(self, *_: object, **__: object) -> None:
        pass


def serve(told: dict[str, Any]) -> None:
    """Serve until SIGTERM."""
    provider_port, bodies_port = told["story"]["ports"]
    servers = [
        _server(provider_port, _provider(told, f"http://{HOST}:{provider_port}")),
        _server(bodies_port, town.create_town(_told(told))),
    ]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    _wait_for_the_end()


def _told(told: dict[str, Any]) -> town.Told:
    return town.Told(
        seed=told["story"]["seed"],
        now=clock.now(),
        portal=told["portal"],
        keys=told["keys"],
        known=told["known"],
        waiting=told["waiting"],
    )


def _provider(told: dict[str, Any], issuer: str) -> Any:
    portal = told["portal"]
    client = Client(
        client_id=told["client"]["id"],
        redirect_uris=[f"{portal}/sign-in/callback"],
        post_logout_redirect_uris=[f"{portal}/", f"{portal}/signed-out"],
        secret=told["client"]["secret"],
    )
    people = [_person(citizen, told) for citizen in cast.citizens()]
    officers = [
        Person(name, f"{name}, {town.organisations()[body].name}", BORN)
        for name, body in OFFICERS.items()
    ]
    return create_provider(issuer, [client], people, officers)


def _person(citizen: Citizen, told: dict[str, Any]) -> Person:
    seed = told["story"]["seed"]
    label = f"{citizen.name}, who {citizen.about}"
    if citizen.name in told["waiting"]:
        label += f" (code from the letter: {cast.activation_code(citizen, seed=seed)})"
    subject = cast.subject(citizen, seed=seed)
    return Person(citizen.name, label, citizen.born.isoformat(), subject)


def _server(port: int, app: Any) -> BaseWSGIServer:
    return make_server(HOST, port, app, threaded=True, request_handler=Silent)


def _wait_for_the_end() -> None:
    over = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: over.set())
    while not over.wait(1.0):
        pass


if __name__ == "__main__":
    serve(json.loads(Path(sys.argv[1]).read_text()))
