"""The demo's body that sends: its system proves itself by its own key and pushes each look.

It does so at each start. The portal takes each look once, whatever comes twice.
"""

import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import requests
from joserfc.jwk import OKPKey

from citizen_portal.demo.bodies_app import BodiesSettings, organisations
from citizen_portal.demo.body import System
from citizen_portal.demo.people import citizens, histories
from citizen_portal.demo.people.citizens import Citizen

BODY, SOURCE = "health-service", "health-index"
APPROVERS = 2
WITHHELD_FOR = timedelta(days=60)
PAUSE = 1.0
OURS = {
    "logtime": "occurred",
    "receiverCode": "receiver_code",
    "receiverName": "receiver_name",
    "receiverSystem": "system",
    "actorKind": "actor_kind",
    "processorName": "processor",
}
"""What a source answers has other names than what is sent (docs/connect.md, docs/api.md)."""


def start(settings: BodiesSettings, system: Mapping[str, Any]) -> None:
    """Push once the portal answers, and try again until it has taken it."""
    pusher = System(settings.portal, system["client_id"], OKPKey.import_key(dict(system["key"])))
    rows = list(_rows(settings, system["approvers"]))

    def until_taken() -> None:
        pause = threading.Event()
        while True:
            try:
                pusher.call("POST", "/api/v1/access-events", json={"events": rows})
            except requests.RequestException:
                pause.wait(PAUSE)
            else:
                return

    if rows:
        threading.Thread(target=until_taken, daemon=True).start()


def _rows(settings: BodiesSettings, approvers: Sequence[str]) -> Iterator[dict[str, Any]]:
    known = {name: pairwise for pairwise, name in settings.known.get(BODY, {}).items()}
    for citizen in citizens.load():
        if citizen.name in known:
            yield from _of(citizen, known[citizen.name], settings)
    if known and len(approvers) == APPROVERS:
        yield _withheld(known[min(known)], settings, approvers)


def _withheld(pairwise: str, settings: BodiesSettings, approvers: Sequence[str]) -> dict[str, Any]:
    """A look that a law lets the body keep back, so that its officers have something to decide.

    Each start of a month makes one more: its last day lies two months ahead.
    """
    day = settings.now.date().replace(day=1)
    return {
        "source": SOURCE,
        "source_ref": f"inquiry/{day:%Y-%m}",
        "subject": pairwise,
        "occurred": f"{day:%Y-%m-%d}T00:00:00Z",
        "action": "Compared stays in hospital with a claim",
        "receiver_code": organisations()[BODY].code,
        "system": "Inquiries",
        "actor_kind": "person",
        "withheld": {
            "basis": "crime-and-tax",
            "protects": "inquiry",
            "until": f"{day + WITHHELD_FOR:%Y-%m-%d}",
            "approvers": list(approvers),
        },
    }


def _of(citizen: Citizen, pairwise: str, settings: BodiesSettings) -> Iterator[dict[str, Any]]:
    year = histories.year_of(citizen, seed=settings.seed, now=settings.now)
    looks = [look for look in year if look.activity.source == SOURCE]
    bodies = organisations()
    names = {slug: each.name for slug, each in bodies.items()}
    codes = {slug: each.code for slug, each in bodies.items()}
    counts: Counter[str] = Counter()
    told = histories.rows(looks, citizen, codes=codes, names=names)
    for look, row in zip(looks, told, strict=True):
        ref = f"{citizen.name}/{look.activity.id}/{look.at:%Y%m%dT%H%M%S}"
        counts[ref] += 1
        said = {OURS.get(name, name): value for name, value in row.items()}
        yield {
            **{name: value for name, value in said.items() if value != "not_stated"},
            "source": SOURCE,
            "source_ref": f"{ref}/{counts[ref]}",
            "subject": pairwise,
        }
