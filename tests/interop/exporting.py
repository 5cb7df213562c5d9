"""What two stock exporters are to deliver, and what must have become of it."""

import json
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import func, select

from citizen_portal.access.models import PushedEvent, Received, Refusal
from citizen_portal.bodies.models import Organisation, Protocol
from citizen_portal.identity import actions as identity
from citizen_portal.identity.models import Citizen, LinkProof, LinkState
from tests import make

MANY = 10_000
SUBJECT = "dpl.core.data_subject_id"
BAD: list[tuple[str, dict[str, Any]]] = [
    ("subject", {SUBJECT: None}),
    ("subject", {"dpl.core.data_subject_id_type": "BSN"}),
    ("role", {"portal.role": "boss"}),
    ("categories", {"portal.categories": ["two\nlines"]}),
    ("emergency", {"portal.emergency": 7}),
]
"""What is changed in each seventh span, in turn, and the field that the report must name."""


@dataclass
class Plan:
    """Spans for several people, some linked and one not, each with a name of its own."""

    app: Flask
    spans: list[dict[str, Any]] = field(default_factory=list)
    of: dict[UUID, set[str]] = field(default_factory=dict)
    """By citizen, the names of the good spans that mean them."""
    taken: int = 0
    refused: Counter[str] = field(default_factory=Counter)

    def draw_up(self, slug: str, folder: Path, many: int = MANY) -> None:
        """Let this body send events, and write down what its system has to say."""
        known: list[tuple[str, UUID | None]] = [*self._people(slug, 4), ("f" * 64, None)]
        began = time.time_ns() // 10**6 - 10**9
        for number in range(many):
            subject, citizen = known[number % len(known)]
            name, said = f"Look {number}", {SUBJECT: subject, "portal.categories": ["Name"]}
            if number % 7:
                self.taken += 1
                if citizen:
                    self.of[citizen].add(name)
            else:
                which, changed = BAD[number // 7 % len(BAD)]
                said |= changed
                self.refused[which] += 1
            told = {key: value for key, value in said.items() if value is not None}
            self.spans.append({"name": name, "at": began + number, "said": told})
        (folder / "plan.json").write_text(json.dumps(self.spans))

    def _people(self, slug: str, count: int) -> list[tuple[str, UUID]]:
        """People who are linked to the body, by the id by which it knows them."""
        index, found = self.app.extensions["index"], []
        with self.app.extensions["sessions"].writing() as session:
            body = session.scalars(select(Organisation).where(Organisation.slug == slug)).one()
            session.add(make.source(body, slug=f"{slug}-log", protocol=Protocol.PUSH))
            for _ in range(count):
                citizen = Citizen()
                session.add(citizen)
                session.flush()
                known = identity.pairwise(index, citizen.id, body.id)
                state, proof = LinkState.LINKED, LinkProof.CODE
                identity.link(
                    session, citizen.id, body.id, pairwise=known, state=state, proof=proof
                )
                self.of[citizen.id] = set()
                found.append((known, citizen.id))
        return found

    def check(self, lost: set[str]) -> None:
        """Each span stands on the right citizen's rows, once, or in the report.

        A batch whose answer was ``lost`` was sent again, and so was reported twice.
        """
        with self.app.extensions["sessions"].reading() as session:
            rows = session.execute(select(PushedEvent.citizen_id, PushedEvent.action)).all()
            reported = session.execute(select(Refusal.batch, Refusal.field)).all()
            received = session.scalar(select(func.count()).select_from(Received))
        kept: dict[UUID, list[str]] = {citizen: [] for citizen in self.of}
        for citizen, action in rows:
            kept[citizen].append(action)
        assert {citizen: sorted(names) for citizen, names in kept.items()} == {
            citizen: sorted(names) for citizen, names in self.of.items()
        }
        assert received == self.taken
        assert Counter(of for batch, of in reported if str(batch) not in lost) == self.refused
