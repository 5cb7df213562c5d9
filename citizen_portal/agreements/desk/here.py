"""What each page of the desk needs to know: who writes, for which body, under which law, today."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from flask_babel import gettext

from citizen_portal.agreements.actions.drafting import Writer
from citizen_portal.agreements.queries import Law, law
from citizen_portal.bodies.queries import Body, directory
from citizen_portal.identity.guards import current_officer
from citizen_portal.identity.queries.names import officers_called
from citizen_portal.web import parts
from citizen_portal.web.pages import plain
from citizen_portal.web.transactions import db


def writer() -> Writer:
    officer = current_officer()
    return Writer(officer.officer_id, officer.organisation_id)


def own_body() -> Body:
    return directory(db()).bodies[current_officer().organisation_id]


def laws() -> Law:
    return law(parts.settings().region)


def today() -> date:
    return parts.region().today()


def names(ids: Iterable[UUID | None]) -> dict[UUID | None, str]:
    """Colleagues by name, officers of other bodies by their body, and a body's system."""
    bodies, own = directory(db()).bodies, current_officer().organisation_id
    found: dict[UUID | None, str] = {None: str(gettext("A computer system"))}
    for officer_id, called in officers_called(db(), ids).items():
        body = bodies[called.organisation_id]
        colleague = called.organisation_id == own
        found[officer_id] = (
            called.name
            if colleague
            else str(gettext("An officer of %(body)s", body=plain(body.official_name)))
        )
    return found
