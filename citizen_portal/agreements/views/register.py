"""The register as a list, and one agreement of it."""

from flask import render_template

from citizen_portal.agreements import queries
from citizen_portal.agreements.queries import register_terms
from citizen_portal.agreements.views import lines, searching
from citizen_portal.agreements.views.blueprint import bp
from citizen_portal.agreements.words import page
from citizen_portal.bodies.queries import directory
from citizen_portal.web import parts
from citizen_portal.web.paging import numbered
from citizen_portal.web.transactions import db


@bp.get("", strict_slashes=False)
def index() -> str:
    bodies, today = directory(db()), parts.region().today()
    body = searching.body_asked(bodies)
    wanted = searching.wanted(body)
    filters = searching.filters(wanted, register_terms(db()))
    found = queries.listing(db(), wanted, today=today)
    words = lines.sayings()
    return render_template(
        "agreements/register.html",
        asked=len(queries.question_ids()),
        wanted=wanted,
        body=body,
        bodies=searching.bodies_to_choose(body),
        filters=filters,
        order=searching.orders(wanted),
        chosen=searching.chosen(filters, body, emergency=wanted.emergency),
        found=found,
        narrowed=searching.narrowed(),
        lines=[lines.line(line, bodies, today, words) for line in found.lines],
        pages=numbered(found.page, found.pages, searching.page_address),
    )


@bp.get("/<reference>")
def entry(reference: str) -> str:
    found = queries.entry(db(), reference)
    return render_template("agreements/agreement.html", **page.values(found), old=False)
