"""``/desk/incidents``: what an officer's body has reported, and how many were told of it here."""

from flask import Blueprint, render_template

from citizen_portal.bodies.queries import directory
from citizen_portal.identity.guards import current_officer, officers_who
from citizen_portal.identity.models import Role
from citizen_portal.incidents import queries, words
from citizen_portal.web.transactions import db

bp = Blueprint("desk_incidents", __name__, url_prefix="/desk/incidents")
bp.before_request(officers_who(Role.CASE_WORKER))
MOST = 100


@bp.get("")
def index() -> str:
    known = directory(db())
    found = queries.incidents_at(db(), current_officer().organisation_id, most=MOST)
    told = queries.told_counts(db(), [one.id for one in found])
    return render_template(
        "desk/incidents.html", lines=[words.desk_line(one, known, told) for one in found]
    )
