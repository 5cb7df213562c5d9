"""A clinic of the town that puts something right, and those who got the data from it."""

from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from citizen_portal.access.models import PushedEvent
from citizen_portal.bodies.actions import bump
from citizen_portal.bodies.models import Organisation, Scope
from citizen_portal.questions.models.corrections import Correction, Recipient
from citizen_portal.records.queries import RecordNames
from tests import make
from tests.bodies import systems
from tests.preferences.town import Town

PATH = "/api/v1/corrections"
NAME = "Name"


class Righting:
    """DSA-0001 lets the clinic give names to the council, DSA-0002 and others to the university."""

    def __init__(self, app: Flask) -> None:
        self.app, self.town = app, Town(app)
        with self.town.sessions.writing() as session:
            source = make.source(
                session.get_one(Organisation, self.town.bodies["clinic"]), slug="clinic-main"
            )
            session.add(source)
            session.flush()
            self.source_id = source.id
            bump(session)

    @cached_property
    def clinic(self) -> "System":
        return System(self, "clinic")

    @cached_property
    def council(self) -> "System":
        return System(self, "council")

    def said(self, me: UUID, **more: Any) -> dict[str, Any]:
        usual = {
            "reference": "C-1",
            "subject": self.town.known_as(me, "clinic"),
            "dataset": "patients",
            "categories": [NAME],
            "fields": ["Family name"],
            "matter": "corrected",
            "on": "2026-11-20",
        }
        return {key: value for key, value in (usual | more).items() if value is not None}

    def looked(self, me: UUID, code: str, categories: list[str], **more: Any) -> None:
        """The clinic sent us that somebody looked."""
        usual: dict[str, Any] = {
            "occurred_at": datetime(2026, 6, 1, 12, tzinfo=UTC),
            "action": "Looked",
            "system": "S",
            "source_ref": uuid4().hex,
            "source_id": self.source_id,
        }
        given = usual | {"receiver_code": code, "categories": categories} | more
        with self.town.sessions.writing() as session:
            session.add(PushedEvent(citizen_id=me, **given))

    def record(self, me: UUID, dataset: str = "patients") -> str:
        return RecordNames(self.app.extensions["index"], me).name(self.source_id, dataset)

    def corrections(self, me: UUID) -> list[Correction]:
        with self.town.sessions.reading() as session:
            mine = select(Correction).where(Correction.citizen_id == me)
            return list(session.scalars(mine.order_by(Correction.id)))

    def recipients(self, me: UUID) -> dict[str, Recipient]:
        with self.town.sessions.reading() as session:
            mine = select(Recipient).where(Recipient.citizen_id == me)
            return {each.code: each for each in session.scalars(mine)}


class System:
    """A system of one body, which calls the portal."""

    def __init__(self, righting: Righting, slug: str) -> None:
        app = righting.app
        self.headers = systems.connect(app, slug, Scope.CORRECTIONS).headers(app)
        self.client = app.test_client()

    def post(self, said: Any, where: str = "") -> TestResponse:
        return self.client.post(PATH + where, json=said, headers=self.headers)

    def correct(self, said: Any) -> dict[str, Any]:
        answer = self.post(said)
        assert answer.status_code == 200, answer.text
        kept: dict[str, Any] = answer.get_json()
        return kept

    def listed(self, after: int = 0) -> dict[str, Any]:
        answer = self.client.get(f"{PATH}?after={after}", headers=self.headers)
        assert answer.status_code == 200, answer.text
        page: dict[str, Any] = answer.get_json()
        return page


def day(text: str) -> date:
    return date.fromisoformat(text)
