"""The process that serves the demo's identity providers and its bodies, on loopback ports.

``python -m citizen_portal.demo.servers FILE``; FILE is JSON, written by ``demo.run``.
"""

import json
import signal
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask
from joserfc.jwk import OKPKey
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from citizen_portal import clock
from citizen_portal.demo import answering, bodies_app, pushing, righting
from citizen_portal.demo.body import Choices, Door, keys_given
from citizen_portal.demo.folder import HOST
from citizen_portal.demo.people import citizens, officers
from citizen_portal.demo.people.citizens import Citizen
from citizen_portal.demo.provider import Client, Person, create_provider

BORN = "1980-01-01"
"""The provider wants a date of everybody; the portal asks for none of an officer."""


class SilentHandler(WSGIRequestHandler):
    """Logs no request: addresses hold ids of people."""

    protocol_version = "HTTP/1.1"

    def log_request(self, *_: object, **__: object) -> None:
        pass


def serve(given: dict[str, Any]) -> None:
    """Serve until SIGTERM."""
    provider_port, bodies_port, staff_port = given["settings"]["ports"]
    told = _bodies_settings(given)
    bodies = bodies_app.create_bodies(told)
    unused = partial(bodies_app.unused_codes, bodies)
    servers = [
        _server(provider_port, _provider(given, f"http://{HOST}:{provider_port}", unused)),
        _server(staff_port, _staff_provider(given, f"http://{HOST}:{staff_port}")),
        _server(bodies_port, bodies),
    ]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    pushing.start(told, given["pusher"])
    answering.start(told, given["systems"])
    righting.start(told, given["systems"])
    _wait_for_sigterm()


def _bodies_settings(given: dict[str, Any]) -> bodies_app.BodiesSettings:
    return bodies_app.BodiesSettings(
        seed=given["settings"]["seed"],
        now=clock.now(),
        portal=given["portal"],
        keys=given["keys"],
        known=given["known"],
        codes=given["codes"],
        door=Door(
            f"http://{HOST}:{given['settings']['ports'][1]}/{bodies_app.OWN_SIGN_IN}/sign-in",
            OKPKey.import_key(given["door"]["key"]),
        ),
        choices={slug: _choices(slug, given) for slug in given["systems"]},
    )


def _choices(slug: str, given: dict[str, Any]) -> Choices:
    return Choices(
        Path(given["held"]) / f"{slug}.db",
        slug=slug,
        secrets=[given["systems"][slug]["secret"]],
        keys=keys_given(given["keys"]),
    )


def _provider(given: dict[str, Any], issuer: str, unused: Callable[[], set[str]]) -> Flask:
    """Where citizens sign in, and nobody else."""
    portal, client = given["portal"], given["client"]
    known = Client(
        client_id=client["id"],
        redirect_uris=[f"{portal}/sign-in/callback"],
        post_logout_redirect_uris=[f"{portal}/", f"{portal}/signed-out"],
        secret=client["secret"],
    )
    people = [_person(citizen, given, unused) for citizen in citizens.load()]
    return create_provider(issuer, [known], people, [])


def _staff_provider(given: dict[str, Any], issuer: str) -> Flask:
    """Where officers sign in with their work account, and nobody else."""
    portal, client = given["portal"], given["client"]
    known = Client(
        client_id=client["id"],
        redirect_uris=[f"{portal}/desk/sign-in/callback"],
        post_logout_redirect_uris=[f"{portal}/desk/signed-out"],
        secret=client["staff_secret"],
    )
    seed, bodies = given["settings"]["seed"], bodies_app.organisations()
    staff = [
        Person(
            officer.name,
            f"{officer.name}, {bodies[officer.body].name}",
            BORN,
            officers.subject(officer, seed=seed),
        )
        for officer in officers.OFFICERS
    ]
    return create_provider(issuer, [known], [], staff)


def _person(citizen: Citizen, given: dict[str, Any], unused: Callable[[], set[str]]) -> Person:
    seed = given["settings"]["seed"]
    code = given["codes"].get(citizen.name, "")
    return Person(
        citizen.name,
        f"{citizen.name}, who {citizen.about}",
        citizen.born.isoformat(),
        citizens.subject(citizen, seed=seed),
        hint=lambda: f" (code from the letter: {code})" if code in unused() else "",
    )


def _server(port: int, app: Any) -> BaseWSGIServer:
    return make_server(HOST, port, app, threaded=True, request_handler=SilentHandler)


def _wait_for_sigterm() -> None:
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    while not stop.wait(1.0):
        pass


if __name__ == "__main__":
    serve(json.loads(Path(sys.argv[1]).read_text()))
