"""Whether the demo is ready: sign-in, every body and the portal each answer as they should."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import requests

from citizen_portal.demo import behaviours
from citizen_portal.demo.folder import WorldSettings
from citizen_portal.demo.processes import Child, Processes

SECONDS_TO_START = 40.0
"""Seconds that the start may take. It takes a few; a busy machine takes longer."""
ANSWER_TIMEOUT = 5.0


@dataclass
class ProcessExited(Exception):
    """A program ended before the demo was ready."""

    child: Child


class NotReady(Exception):
    """Something did not get ready in time; its text names what."""


@dataclass(frozen=True)
class Check:
    name: str
    passes: Callable[[], bool]


def wait(processes: Processes, settings: WorldSettings, *, portal: str) -> None:
    """Return once each check has passed; raises ``ProcessExited`` or ``NotReady``."""
    until = time.monotonic() + SECONDS_TO_START
    with requests.Session() as http:
        http.trust_env = False  # no proxy stands between us and this machine
        for check in _checks(http, settings, portal):
            _pass(check, processes, until)
    if child := processes.first_exited():
        raise ProcessExited(child)


def _pass(check: Check, processes: Processes, until: float) -> None:
    while True:
        if child := processes.first_exited():
            raise ProcessExited(child)
        try:
            if check.passes():
                return
        except (requests.RequestException, ValueError):
            pass  # not yet
        if time.monotonic() > until:
            raise NotReady(check.name)
        time.sleep(0.1)


def _checks(http: requests.Session, settings: WorldSettings, portal: str) -> Iterator[Check]:
    for name, issuer in (
        ("sign-in", settings.issuer),
        ("the officers' sign-in", settings.staff_issuer),
    ):
        yield Check(name, _says_its_issuer(http, issuer))
    for slug, behaviour in behaviours.BEHAVIOURS.items():
        wanted = 503 if behaviour.down else 200
        yield Check(slug, _answers(http, f"{settings.bodies}/{slug}/v2/heartbeat", wanted))
    yield Check("the portal", _answers(http, f"{portal}/readyz", 200))


def _says_its_issuer(http: requests.Session, issuer: str) -> Callable[[], bool]:
    address = f"{issuer}/.well-known/openid-configuration"
    return lambda: http.get(address, timeout=ANSWER_TIMEOUT).json().get("issuer") == issuer


def _answers(http: requests.Session, url: str, wanted: int) -> Callable[[], bool]:
    return lambda: http.get(url, timeout=ANSWER_TIMEOUT).status_code == wanted
