"""A citizen of whom each stored or fetched text carries a mark, and every id they have met."""

import re
import secrets
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient

from citizen_portal import clock
from citizen_portal.demo.body import Person, Records
from tests.fakes.records import marked

IDS = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{32,64}|Q-\w{4}-\w{4}")
TODAY = date.today


@dataclass
class Someone:
    """One of the two whose data must not meet."""

    canary: str = field(default_factory=lambda: f"CANARY{secrets.token_hex(6)}")
    id: UUID = field(init=False)
    browser: FlaskClient = field(init=False)
    known: dict[str, str] = field(default_factory=dict)
    """By body the id by which it knows them."""
    named: dict[str, list[str]] = field(default_factory=dict)
    """By kind of thing the ids by which addresses name it."""
    secrets: set[str] = field(default_factory=set)
    """Ids that are theirs alone: whoever else is shown one was shown too much."""

    @property
    def address(self) -> str:
        return f"{self.canary}@example.org"

    @property
    def tie(self) -> str:
        """The mark in the name of the body that they alone are linked to."""
        return self.canary.replace("CANARY", "TIE")

    @property
    def marks(self) -> frozenset[str]:
        return frozenset({self.canary, *self.secrets})

    def marks_at(self, path: str) -> frozenset[str]:
        """What must not be in an answer to another. The directory names each body to everybody."""
        return self.marks if path.startswith("/bodies") else self.marks | {self.tie}

    @property
    def met(self) -> list[str]:
        """Each id that an address of theirs may hold, kind by kind."""
        return [name for names in self.named.values() for name in names]

    def meet(self, kind: str, *names: str) -> None:
        """These are ids of things of theirs."""
        kept = self.named.setdefault(kind, [])
        kept += [name for name in names if name not in kept]
        self.secrets |= set(names)


def person(canary: str) -> Person:
    """What a body answers about them."""
    now = clock.now()
    return Person(
        usages=[_usage(canary, now - timedelta(days=n)) for n in range(1, 6)],
        holdings=[
            {
                "dataset": f"set-{canary.lower()}",
                "name": {"en": f"Records {canary}", "cy": f"Cofnodion {canary}"},
                "categories": [canary],
                "since": "2020-01-01",
                "retention": "P6Y",
            }
        ],
        records={
            f"set-{canary.lower()}": Records(
                [marked(f"f{n}") | {"label": {"en": f"Label {canary}"}} for n in range(2)],
                [{"f0": f"Value {n} {canary}"} for n in range(30)],
            )
        },
    )


def _usage(canary: str, at: Any) -> dict[str, Any]:
    return {
        "logtime": at.isoformat(),
        "action": f"Looked {canary} (DSA-0001)",
        "receiverCode": canary,
        "receiverName": f"Office {canary}",
        "receiverSystem": f"System {canary}",
        "categories": [canary],
        "processorName": f"Firm {canary}",
    }


def look(canary: str, subject: str, ref: str, **more: Any) -> dict[str, Any]:
    """A look that a body sends of itself."""
    usual = {
        "source": "clinic-log",
        "source_ref": f"{ref}-{canary}",
        "subject": subject,
        "occurred": (clock.now() - timedelta(days=1)).isoformat(),
        "action": f"Opened {canary}",
        "receiver_code": f"CODE-{canary}",
        "receiver_name": f"Office {canary}",
        "system": f"System {canary}",
        "legal_power": f"Act {canary}",
        "categories": ["Name", canary],
        "actor_kind": "person",
        "actor_handle": f"h-{canary}",
        "processor": f"Firm {canary}",
        "trace_id": f"t-{canary}",
    }
    return usual | more
