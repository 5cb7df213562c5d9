"""Calls of a body's system at the GovStack interface, each with a real token."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from citizen_portal.bodies.models import Scope
from citizen_portal.preferences.api.govstack import BASE, INDIVIDUAL
from tests.bodies import systems
from tests.preferences.town import Town


@dataclass
class Asking:
    town: Town
    slug: str

    @cached_property
    def headers(self) -> dict[str, str]:
        system = systems.connect(self.town.app, self.slug, Scope.PREFERENCES)
        return system.headers(self.town.app)

    def get(self, path: str, *, person: str | None = None, status: int = 200, **query: Any) -> Any:
        """What is answered, which must have this status."""
        meant = {} if person is None else {INDIVIDUAL: person}
        client = self.town.app.test_client(use_cookies=False)
        answer = client.get(f"{BASE}{path}", query_string=query, headers={**self.headers, **meant})
        assert answer.status_code == status, answer.text
        kind = "application/json" if status == 200 else "application/problem+json"
        assert answer.content_type == kind
        return answer.json

    def refusal(self, path: str, **asked: Any) -> Any:
        """Why it is refused: what the problem document says, but for what is its own name."""
        return self.get(path, status=400, **asked)


def ids(found: list[dict[str, Any]]) -> list[str]:
    return [each["id"] for each in found]
