"""A town whose bodies report incidents, and people who are linked to them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from citizen_portal import clock
from citizen_portal.incidents.models import Incident, IncidentBatch, IncidentLine
from citizen_portal.jobs import Job
from tests.bodies import systems
from tests.preferences.town import Town

PATH = "/api/v1/incidents"
YESTERDAY = (clock.now() - timedelta(days=1)).date().isoformat()
EARLIER = (clock.now() - timedelta(days=9)).date().isoformat()


def incident(reference: str | None = "INC-7", **given: Any) -> dict[str, Any]:
    usual = {
        "reference": reference,
        "what": {"en": "A list was mailed to <somebody> else."},
        "likely": {"en": "You may get calls from strangers."},
        "done": {"en": "We asked them to delete it."},
        "advice": {"en": "Do not give your bank number on the phone."},
        "contact": {"en": "The data officer, 01 234"},
        "categories": ["Name", "TelephoneNumber"],
        "happened_from": EARLIER,
        "found_on": YESTERDAY,
        "affected": 1_234,
    }
    return {name: value for name, value in (usual | given).items() if value is not None}


class Reporting(Town):
    def __init__(self, app: Flask) -> None:
        super().__init__(app)
        self._headers: dict[str, dict[str, str]] = {}

    def headers(self, by: str) -> dict[str, str]:
        if by not in self._headers:
            self._headers[by] = systems.connect(self.app, by).headers(self.app)
        return self._headers[by]

    def report(self, *people: UUID, by: str = "clinic", **given: Any) -> TestResponse:
        """Report an incident about these people."""
        subjects = [self.known_as(one, by) for one in people]
        return self.post(incident(**{"subjects": subjects} | given), by=by)

    def post(self, said: Any, by: str = "clinic") -> TestResponse:
        client = self.app.test_client(use_cookies=False)
        return client.post(PATH, headers=self.headers(by), json=said)

    def put(self, reference: str = "INC-7", by: str = "clinic", **given: Any) -> TestResponse:
        client = self.app.test_client(use_cookies=False)
        said = incident(None, **given)
        return client.put(f"{PATH}/{reference}", headers=self.headers(by), json=said)

    def tell(self) -> None:
        self.work("incidents.tell")

    def who_was_told(self) -> set[UUID]:
        with self.sessions.reading() as session:
            return set(session.scalars(select(IncidentLine.citizen_id)))

    def grow_old(self) -> None:
        """As if nothing had changed for two months."""
        long_ago = clock.now() - timedelta(days=60)
        with self.sessions.writing() as session:
            session.execute(update(Incident).values(changed_at=long_ago))

    def batches(self) -> list[IncidentBatch]:
        with self.sessions.reading() as session:
            return list(session.scalars(select(IncidentBatch)))

    def notices(self) -> list[tuple[str, str]]:
        """Whom the worker is to mail of which incident, by key."""
        wanted = select(Job.arguments).where(Job.name == "news.first_notice").order_by(Job.id)
        with self.sessions.reading() as session:
            found = session.scalars(wanted).all()
        assert all(one["kind"] == "incident" and one["at_once"] for one in found)
        return [(one["citizen"], one["keys"][0]) for one in found]
