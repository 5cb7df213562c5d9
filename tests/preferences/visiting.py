"""A citizen of the town, signed in: what they open, and what they choose there."""

from dataclasses import dataclass
from uuid import UUID

from flask.testing import FlaskClient

from citizen_portal.preferences.models import Answer, Scope
from citizen_portal.preferences.queries import ChoiceNames, standing
from tests.pages import Page
from tests.preferences.town import Town


@dataclass
class Visit:
    """A citizen of the town who is signed in."""

    town: Town
    me: UUID
    browser: FlaskClient

    def address(self, scope: Scope) -> str:
        names = ChoiceNames(self.town.app.extensions["index"], self.me)
        return f"/my/choices/{names.name(scope)}"

    def open(self, scope: Scope) -> Page:
        return Page.get(self.browser, self.address(scope))

    def save(self, scope: Scope, **fields: str | list[str]) -> Page:
        """Choose as a person does: send the form, and follow where it leads."""
        sent = self.open(scope).submit(self.address(scope), **fields)
        assert sent.response.status_code == 303, sent.main
        return Page.get(self.browser, sent.response.headers["Location"])

    def stands(self) -> dict[str, Answer]:
        with self.town.sessions.reading() as session:
            return {key: each.answer for key, each in standing(session, self.me).items()}
