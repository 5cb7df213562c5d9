"""Bodies that ask whether they may use data, and what is kept of it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from citizen_portal import clock
from citizen_portal.agreements.queries import Terms, register_terms
from citizen_portal.identity import actions as identity
from citizen_portal.preferences.actions import Said, acknowledge
from citizen_portal.preferences.models import CheckLine, Feed, PreferenceCheck, Reply
from citizen_portal.preferences.queries import checking
from tests.bodies import systems
from tests.preferences.town import TODAY, Town

PATH = "/api/v1/preference-checks"
NOBODY = "0" * 63 + "1"
"""An id that means nobody."""


class Asking(Town):
    """A town whose bodies' systems ask."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app)
        self._headers: dict[str, dict[str, str]] = {}

    def headers(self, slug: str) -> dict[str, str]:
        """Of the calls of a body, whose system is there once it calls."""
        if slug not in self._headers:
            self._headers[slug] = systems.connect(self.app, slug).headers(self.app)
        return self._headers[slug]

    def post(self, said: Any = None, *, by: str = "clinic", **given: Any) -> TestResponse:
        body = given or {"json": said}
        client = self.app.test_client(use_cookies=False)
        headers = {**self.headers(by), **body.pop("headers", {})}
        return client.post(PATH, headers=headers, **body)

    def ask(self, reference: str, *ids: str, by: str = "clinic") -> dict[str, Any]:
        response = self.post({"agreement": reference, "ids": ids}, by=by)
        assert response.status_code == 200, response.text
        return dict(response.json)  # type: ignore[arg-type]

    def may_use(self, citizen_id: UUID, reference: str, *, by: str = "clinic") -> bool:
        """What is answered of one person, without a call."""
        ids = [self.known_as(citizen_id, by)]
        with self.sessions.reading() as session:
            found = checking.checked(session, self.bodies[by], self.terms(reference), ids)
        return list(found.answers) == [True]

    def terms(self, reference: str) -> Terms:
        with self.sessions.reading() as session:
            found = register_terms(session).newest(reference)
        assert found is not None
        return found

    def checks(self) -> list[PreferenceCheck]:
        with self.sessions.reading() as session:
            return list(session.scalars(select(PreferenceCheck).order_by(PreferenceCheck.id)))

    def lines(self, citizen_id: UUID) -> list[CheckLine]:
        wanted = select(CheckLine).where(CheckLine.citizen_id == citizen_id)
        with self.sessions.reading() as session:
            return list(session.scalars(wanted.order_by(CheckLine.id)))

    def refuse(self, citizen_id: UUID, slug: str) -> None:
        """This body turns down every objection of theirs that it was told of."""
        for effect in self.effects(citizen_id):
            if effect.organisation_id == self.bodies[slug]:
                with self.sessions.writing() as session:
                    acknowledge(
                        session,
                        effect.organisation_id,
                        effect.id,
                        Said(Reply.REFUSED, reason="We must go on."),
                        seal=self.app.extensions["sealer"].seal,
                    )

    def unlink(self, citizen_id: UUID, slug: str) -> None:
        with self.sessions.writing() as session:
            identity.unlink(session, citizen_id, self.bodies[slug])

    def lose_data(self, slug: str) -> None:
        """Old data was put back, and this body has not said what it holds."""
        with self.sessions.writing() as session:
            session.merge(Feed(organisation_id=self.bodies[slug], behind_since=clock.now()))

    def people(self, count: int) -> Sequence[UUID]:
        return [self.person("clinic") for _ in range(count)]


def ended() -> str:
    """A last day that is over."""
    return (TODAY - timedelta(days=1)).isoformat()
