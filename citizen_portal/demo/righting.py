"""The demo's bodies put data right, and those who got it from them say what they did.

They say it at each start. The portal takes each correction once, whatever comes twice.
"""

import threading
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

import requests
from joserfc.jwk import OKPKey

from citizen_portal.demo.behaviours import BEHAVIOURS, Manner
from citizen_portal.demo.bodies_app import BodiesSettings
from citizen_portal.demo.body import System

PATH = "/api/v1/corrections"
PAUSE, LOOK_AGAIN = 1.0, 10.0
SAID_BEFORE, UNKNOWN = 409, 404
WHO = "citizen-1"
AGO = timedelta(days=4)
PAY = {
    "reference": "demo-pay",
    "dataset": "pay",
    "categories": ["Salary", "CurrentEmployment"],
    "fields": ["Employer"],
    "matter": "corrected",
}
RESULTS = {
    "reference": "demo-results",
    "dataset": "results",
    "categories": ["School"],
    "fields": ["School"],
    "matter": "disputed",
}
SAYS: Mapping[str, Mapping[str, Any]] = {"revenue-office": PAY, "schools-office": RESULTS}
"""By the body: what it put right, or looks at."""


def start(settings: BodiesSettings, systems: Mapping[str, Mapping[str, Any]]) -> None:
    """Have each body that is up say what it put right, and follow what others did."""
    day = settings.now.date() - AGO
    for slug, given in systems.items():
        if BEHAVIOURS[slug].down:
            continue
        key = OKPKey.import_key(dict(given["key"]))
        system = System(settings.portal, given["client_id"], key)
        subject = {name: id_ for id_, name in settings.known.get(slug, {}).items()}.get(WHO)
        said = {**SAYS[slug], "subject": subject, "on": day.isoformat()} if slug in SAYS else None
        work = _worker(slug, system, said if subject else None)
        threading.Thread(target=work, name=f"{slug} corrections", daemon=True).start()


def say(system: System, said: Mapping[str, Any]) -> None:
    """Say it once: of somebody who is not linked any more, or again, it is nothing."""
    answer = system.send(PATH, said)
    if answer.status_code not in (SAID_BEFORE, UNKNOWN):
        answer.raise_for_status()


def follow(slug: str, system: System, after: int) -> int:
    """Read on in our list and answer what came; gives after which number to go on."""
    page = system.call("GET", PATH, params={"after": str(after)}).json()
    for change in page["corrections"]:
        said = reply(slug, date.fromisoformat(change["on"]))
        if said is not None:
            system.send(f"{PATH}/{change['id']}/acknowledgement", said).raise_for_status()
    return int(page["next"])


def reply(slug: str, on: date) -> dict[str, str] | None:
    """What a body says of a correction by another; none where it says nothing."""
    if BEHAVIOURS[slug].manner in (Manner.SILENT, Manner.NOT_YET):
        return None
    return {"state": "applied", "from": (on + timedelta(days=1)).isoformat()}


def _worker(slug: str, system: System, said: Mapping[str, Any] | None) -> Callable[[], None]:
    def work() -> None:
        pause, after, to_say = threading.Event(), 0, said
        while True:
            try:
                if to_say is not None:
                    say(system, to_say)
                    to_say = None
                after = follow(slug, system, after)
            except requests.RequestException:
                pause.wait(PAUSE)
            else:
                pause.wait(LOOK_AGAIN)

    return work
