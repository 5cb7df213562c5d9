"""``/my/choices/checks``: which bodies asked whether they may use the citizen's data."""

from flask import Blueprint, render_template, request, url_for

from citizen_portal.agreements.queries import register_terms
from citizen_portal.bodies.models.retention import DEFAULT
from citizen_portal.bodies.queries import directory
from citizen_portal.identity.guards import citizens_only, current
from citizen_portal.paging import paged
from citizen_portal.preferences.queries import checks as queries
from citizen_portal.preferences.words import checks as words
from citizen_portal.web.pages import duration
from citizen_portal.web.paging import numbered, page_number
from citizen_portal.web.transactions import db

bp = Blueprint("choice_checks", __name__, url_prefix="/my/choices/checks")
bp.before_request(citizens_only)
PAGE = 50


@bp.get("")
def index() -> str:
    mine, known, register = current().citizen_id, directory(db()), register_terms(db())
    asked = page_number(request.args.get("page", ""))
    page, pages, rows = paged(queries.count_of(db(), mine), asked, PAGE)
    return render_template(
        "preferences/checks.html",
        lines=[words.line(one, known, register) for one in queries.checks_of(db(), mine, rows)],
        kept=duration(DEFAULT),
        pages=numbered(page, pages, lambda number: url_for(".index", page=number)),
    )
