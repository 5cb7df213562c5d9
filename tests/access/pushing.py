"""Bodies that send events, the people they mean, and what became of what was sent."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from citizen_portal.access.models import PushedEvent, Received, Refusal
from citizen_portal.bodies.models import Protocol
from citizen_portal.identity import actions as identity
from citizen_portal.identity.models import Citizen, LinkProof, LinkState
from tests import make
from tests.bodies import systems

NOW = datetime.now(UTC).replace(microsecond=0)
PATH = "/api/v1/access-events"


class Pushing:
    """A portal with bodies that push, each with one source and a system with a real token."""

    def __init__(self, app: Flask, *slugs: str) -> None:
        self.app = app
        self.bodies: dict[str, UUID] = {}
        with app.extensions["sessions"].writing() as session:
            for slug in slugs or ("clinic",):
                body = make.body(slug=slug)
                session.add(body)
                session.flush()
                session.add(make.source(body, slug=f"{slug}-log", protocol=Protocol.PUSH))
                self.bodies[slug] = body.id
        self.headers = {slug: systems.connect(app, slug).headers(app) for slug in self.bodies}

    def person(self, *at: str) -> tuple[Citizen, dict[str, str]]:
        """A citizen who is linked to these bodies, and the id by which each knows them."""
        known: dict[str, str] = {}
        with self.app.extensions["sessions"].writing() as session:
            citizen = Citizen()
            session.add(citizen)
            session.flush()
            for slug in at or tuple(self.bodies):
                known[slug] = self.link(session, citizen.id, slug)
        return citizen, known

    def link(self, session: Any, citizen_id: UUID, slug: str) -> str:
        pairwise = self.pairwise(citizen_id, slug)
        identity.link(
            session,
            citizen_id,
            self.bodies[slug],
            pairwise=pairwise,
            state=LinkState.LINKED,
            proof=LinkProof.CODE,
        )
        return pairwise

    def pairwise(self, citizen_id: UUID, slug: str) -> str:
        return identity.pairwise(self.app.extensions["index"], citizen_id, self.bodies[slug])

    def send(self, *rows: Any, by: str = "clinic") -> TestResponse:
        return self.post(json.dumps({"events": rows}), "application/json", by=by)

    def lines(self, *rows: Any, by: str = "clinic") -> TestResponse:
        text = "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows)
        return self.post(text, "application/x-ndjson", by=by)

    def post(
        self, body: str | bytes, kind: str, *, by: str = "clinic", path: str = PATH, **headers: str
    ) -> TestResponse:
        given = {**self.headers[by], "Content-Type": kind, **headers}
        return self.app.test_client(use_cookies=False).post(path, data=body, headers=given)

    def refused(self, by: str = "clinic", **query: Any) -> list[dict[str, Any]]:
        client = self.app.test_client(use_cookies=False)
        response = client.get(f"{PATH}/refusals", headers=self.headers[by], query_string=query)
        assert response.status_code == 200, response.text
        return list(response.json["refusals"])  # type: ignore[index]

    def kept(self, citizen: Citizen | None = None) -> list[PushedEvent]:
        wanted = select(PushedEvent).order_by(PushedEvent.occurred_at, PushedEvent.id)
        if citizen is not None:
            wanted = wanted.where(PushedEvent.citizen_id == citizen.id)
        with self.app.extensions["sessions"].reading() as session:
            return list(session.scalars(wanted))

    def count(self, model: type[PushedEvent | Received | Refusal]) -> int:
        with self.app.extensions["sessions"].reading() as session:
            return int(session.scalar(select(func.count()).select_from(model)) or 0)


def row(subject: str, ref: str = "r-1", /, **changed: Any) -> dict[str, Any]:
    """A good event of the clinic's; ``None`` leaves a member out."""
    usual = {
        "source": "clinic-log",
        "source_ref": ref,
        "subject": subject,
        "occurred": stamp(NOW - timedelta(days=1)),
        "action": "Looked at the record before a visit",
        "receiver_code": "B0001",
        "system": "Front desk",
    }
    return {name: value for name, value in {**usual, **changed}.items() if value is not None}


def stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def rows(subject: str, refs: Iterable[str], **changed: Any) -> list[dict[str, Any]]:
    return [row(subject, ref, **changed) for ref in refs]
