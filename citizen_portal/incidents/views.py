"""``/my/incidents``: what went wrong with the citizen's data, as bodies say. No title or address
names a body."""

from flask import Blueprint, render_template, request, url_for

from citizen_portal.bodies.queries import directory
from citizen_portal.errors import NotFound
from citizen_portal.identity.guards import citizens_only, current
from citizen_portal.incidents import queries, words
from citizen_portal.paging import paged
from citizen_portal.web import parts
from citizen_portal.web.asked import identified
from citizen_portal.web.pages import say
from citizen_portal.web.paging import numbered, page_number
from citizen_portal.web.transactions import db

bp = Blueprint("incidents", __name__, url_prefix="/my/incidents")
bp.before_request(citizens_only)
PAGE = 25


@bp.get("")
def index() -> str:
    mine, known = current().citizen_id, directory(db())
    asked = page_number(request.args.get("page", ""))
    page, pages, rows = paged(queries.count_of(db(), mine), asked, PAGE)
    found = queries.incidents_of(db(), mine, rows)
    return render_template(
        "incidents/list.html",
        lines=[words.line(one, known) for one in found],
        pages=numbered(page, pages, lambda number: url_for(".index", page=number)),
    )


@bp.get("/<name>")
def one(name: str) -> str:
    unknown = NotFound("There is no such incident that we were told about you.")
    found = queries.incident_of(db(), current().citizen_id, identified(name, unknown))
    known = directory(db())
    return render_template(
        "incidents/incident.html",
        line=words.line(found, known),
        facts=words.facts(found),
        advice=say(found.advice),
        contact=say(found.contact),
        body=known.bodies[found.organisation_id],
        region=parts.region(),
    )
