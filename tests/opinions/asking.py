"""A town whose clinic explores an agreement, and asks what people think of it."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from citizen_portal.bodies.models import Organisation
from citizen_portal.identity.models import Officer
from citizen_portal.opinions import actions
from citizen_portal.opinions.models import Round, View, Vote
from citizen_portal.region import load
from tests import make
from tests.pages import Page
from tests.preferences.town import Town, between
from tests.preferences.weighing import boxes

TODAY = load("uk").today()
RESEARCH = "https://w3id.org/dpv#ScientificResearch"


class Asking(Town):
    """A town whose clinic explores an agreement, DSA-0011, and asks what people think of it."""

    def __init__(self, app: Flask, officer_in: Callable[[Officer], FlaskClient]) -> None:
        super().__init__(app)
        explored = between("DSA-0011", "clinic", "university", "objection", RESEARCH)
        self.bring_in(explored | {"stage": "exploration"})
        with self.sessions.reading() as session:
            clinic = session.get_one(Organisation, self.bodies["clinic"])
        self.officer = make.officer(clinic, roles=("publisher",))
        self.desk = officer_in(self.officer)

    def ask(self, *, opens: date = TODAY, closes: date | None = None, **said: str) -> UUID:
        closing = closes or opens + timedelta(days=30)
        form = {"reference": "DSA-0011", **boxes("opens_on", opens), **boxes("closes_on", closing)}
        page = Page.get(self.desk, "/desk/views").submit("/desk/views", **form | said)
        assert page.response.status_code == 303
        with self.sessions.reading() as session:
            return session.scalars(select(Round.id).order_by(Round.id.desc())).all()[0]

    def said(self, round_id: UUID, view: View, count: int, reason: str = "") -> None:
        """So many people say so, without a call."""
        for _ in range(count):
            blinded = actions.blind(self.app.extensions["index"], self.person("hermit"), round_id)
            with self.sessions.writing() as session:
                found = session.get_one(Round, round_id)
                seal = self.app.extensions["sealer"].seal
                actions.say(session, found, blinded, view, reason, today=TODAY, seal=seal)

    def put_back(self, round_id: UUID, days: int) -> None:
        """As if it had begun, and each view had been said, so many days before."""
        back = timedelta(days=days)
        with self.sessions.writing() as session:
            found = session.get_one(Round, round_id)
            found.opens_on, found.closes_on = found.opens_on - back, found.closes_on - back
            if found.counted_on:
                found.counted_on -= back
            session.execute(update(Vote).values(day=TODAY - back))

    def round(self, round_id: UUID) -> Round:
        with self.sessions.reading() as session:
            return session.get_one(Round, round_id)

    def votes(self) -> list[Vote]:
        with self.sessions.reading() as session:
            return list(session.scalars(select(Vote)))
