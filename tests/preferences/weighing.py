"""Objections at a body of the town, and an officer who answers them as people do."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient

from citizen_portal import region
from citizen_portal.agreements.queries import register_terms
from citizen_portal.bodies.models import Organisation
from citizen_portal.identity.models import Officer
from citizen_portal.preferences import actions
from citizen_portal.preferences.actions import Due, Wish
from citizen_portal.preferences.models import Answer, Effect
from tests import make
from tests.pages import Page
from tests.preferences.town import Town, about

SignIn = Callable[[Officer], FlaskClient]
WHY = "My former partner works there. <b>Please</b>"
UK = region.load("uk")


class Desk:
    """Objections to DSA-0001 at the clinic, and a case worker of the clinic."""

    def __init__(self, app: Flask, officer_in: SignIn) -> None:
        app.config["WTF_CSRF_ENABLED"] = False
        self.app, self.town, self.officer_in = app, Town(app), officer_in
        self.browser = self.signed_in("clinic")

    def signed_in(self, slug: str, *roles: str) -> FlaskClient:
        with self.town.sessions.writing() as session:
            body = session.get_one(Organisation, self.town.bodies[slug])
            officer = make.officer(body, list(roles) or ["case_worker"], name=f"Of {slug}")
            session.add(officer)
        return self.officer_in(officer)

    def object(self, why: str | None = WHY, *, on: date | None = None) -> tuple[UUID, Effect]:
        """Somebody objects, on that day or today; what the clinic was told."""
        me = self.town.person("clinic")
        day, sealer = on or UK.today(), self.app.extensions["sealer"]

        def seal(choice_id: UUID) -> bytes:
            sealed: bytes = sealer.seal(str(why).encode(), actions.objection_context(choice_id))
            return sealed

        with self.town.sessions.writing() as session:
            actions.choose(
                session,
                me,
                Wish(about("DSA-0001"), Answer.NO, seal_reason=seal if why else None),
                register=register_terms(session),
                due=Due.by(UK, day),
                today=UK.today(),
                receipt=lambda *_: "",
            )
        [effect] = self.town.effects(me)
        return me, effect

    def answer(self, effect: Effect, status: int = 303, /, **form: str) -> Page:
        path = f"/desk/objections/{effect.id}"
        seen = Page.get(self.browser, path).soup.select_one("input[name=seen]")
        assert seen is not None
        response = self.browser.post(path, data={"seen": seen["value"], **form})
        assert response.status_code == status, response.text
        return Page.of(response, self.browser) if status == 422 else Page.get(self.browser, path)


def boxes(name: str, day: date) -> dict[str, str]:
    return {
        f"{name}-day": str(day.day),
        f"{name}-month": str(day.month),
        f"{name}-year": str(day.year),
    }
