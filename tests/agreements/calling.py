"""A register with three bodies and their systems, and calls that those systems make."""

from pathlib import Path
from typing import Any, cast

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from citizen_portal.agreements.models import Draft, DraftState
from citizen_portal.bodies.models import Organisation
from tests.agreements import files
from tests.bodies import systems
from tests.bodies.systems import System


class Calling:
    """Calls of the systems of "giver", "taker" and "stranger", each with a real token."""

    def __init__(self, app: Flask, folder: Path) -> None:
        self.app = app
        bodies = [files.organisation(slug) for slug in ("giver", "taker", "stranger")]
        sources = [files.source("claims", "giver"), files.source("rolls", "giver")]
        sources.append(files.source("taxes", "taker"))
        files.bring_in(
            app,
            folder,
            files.whole(organisations=bodies, sources=sources, rules=[]),
        )
        self.systems = {slug: systems.connect(app, slug) for slug in ("giver", "taker", "stranger")}
        self.headers = {slug: one.headers(app) for slug, one in self.systems.items()}

    @property
    def client(self) -> FlaskClient:
        """Each call is a system of its own: nothing is carried from one to the next."""
        return self.app.test_client(use_cookies=False)

    def system(self, slug: str) -> System:
        return self.systems[slug]

    def put(
        self, document: Any, by: str = "giver", to: str | None = None, **headers: str
    ) -> TestResponse:
        reference = to or document["reference"]
        return self.send(f"/api/v1/agreements/{reference}", by, json=document, **headers)

    def get(self, reference: str, by: str = "giver") -> TestResponse:
        return self.client.get(f"/api/v1/agreements/{reference}", headers=self.headers[by])

    def put_rules(self, *rules: Any, by: str = "giver", **more: Any) -> TestResponse:
        return self.send("/api/v1/activity-rules", by, json={"rules": list(rules), **more})

    def send(self, path: str, by: str, *, json: Any = None, **given: Any) -> TestResponse:
        named = {name: given.pop(name) for name in ("If-Match", "If-None-Match") if name in given}
        body = {"json": json} if json is not None else given
        return self.client.put(path, headers={**self.headers[by], **named}, **body)

    def draft(self, reference: str = "DSA-0002") -> Draft:
        with self.app.extensions["sessions"].reading() as session:
            found = select(Draft).where(Draft.reference == reference)
            return cast(Draft, session.scalars(found).one())

    def move(self, to: DraftState, reference: str = "DSA-0002") -> None:
        """As an officer would on the desk."""
        with self.app.extensions["sessions"].writing() as session:
            draft = session.scalars(select(Draft).where(Draft.reference == reference)).one()
            draft.move(to)

    def slugs(self, ids: Any) -> set[str]:
        with self.app.extensions["sessions"].reading() as session:
            rows = session.scalars(select(Organisation).where(Organisation.id.in_(set(ids))))
            return {row.slug for row in rows}


def faults(response: TestResponse, status: int = 422) -> dict[str, str]:
    """The reasons by field, of a problem document."""
    said: Any = response.json
    assert response.status_code == status, response.text
    assert response.content_type == "application/problem+json"
    assert said["detail"]
    return {fault["field"]: fault["reason"] for fault in said["errors"]}
