"""Whether the demo is ready: sign-in, every body and the portal each answer as they should."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import requests

from citizen_portal.demo import manners
from citizen_portal.demo.company import Company, Member
from citizen_portal.demo.place import Story

PATIENCE = 40.0
"""Seconds that the start may take. It takes a few; a busy machine takes longer."""
ONE_ANSWER = 5.0


@dataclass
class Fallen(Exception):
    """A program ended while it was waited for."""

    member: Member


class Late(Exception):
    """Something did not get ready; says what."""


@dataclass(frozen=True)
class Check:
    name: str
    passes: Callable[[], bool]


def wait(company: Company, story: Story, *, portal: str) -> None:
    """Return once each check has passed; raises ``Fallen`` or ``Late``."""
    until = time.monotonic() + PATIENCE
    with requests.Session() as http:
        http.trust_env = False  # no proxy stands between us and this machine
        for check in _checks(http, story, portal):
            _pass(check, company, until)
    if member := company.fallen():
        raise Fallen(member)


def _pass(check: Check, company: Company, until: float) -> None:
    while True:
        if member := company.fallen():
            raise Fallen(member)
        try:
            if check.passes():
                return
        except (requests.RequestException, ValueError):
            pass  # not yet
        if time.monotonic() > until:
            raise Late(check.name)
        time.sleep(0.1)


def _checks(http: requests.Session, story: Story, portal: str) -> Iterator[Check]:
    yield Check("sign-in", lambda: _issuer(http, story.issuer) == story.issuer)
    for slug, manner in manners.MANNERS.items():
        wanted = 503 if manner.down else 200
        yield Check(slug, _answers(http, f"{story.bodies}/{slug}/v2/heartbeat", wanted))
    yield Check("the portal", _answers(http, f"{portal}/readyz", 200))


def _issuer(http: requests.Session, at: str) -> object:
    discovery = http.get(f"{at}/.well-known/openid-configuration", timeout=ONE_ANSWER)
    return discovery.json().get("issuer")


def _answers(http: requests.Session, url: str, wanted: int) -> Callable[[], bool]:
    return lambda: http.get(url, timeout=ONE_ANSWER).status_code == wanted
