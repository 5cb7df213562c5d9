"""Scorecards of the register and of organisations, the rows behind each number, and the data."""

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from citizen_portal.agreements.queries.counted import LISTERS, counted, counted_page
from citizen_portal.agreements.queries.scorecard import Scorecard, Tally, facts, scorecard
from citizen_portal.agreements.views import scorecard_table as tables
from citizen_portal.agreements.words import scorecards as words
from citizen_portal.bodies.queries import Body, directory
from citizen_portal.errors import NotFound
from citizen_portal.web import parts
from citizen_portal.web.cookieless import cookieless
from citizen_portal.web.headers import OPEN
from citizen_portal.web.pages import plain
from citizen_portal.web.paging import numbered, page_number
from citizen_portal.web.transactions import db

bp = Blueprint("scorecard", __name__, url_prefix="/register")
WHOLE = "-"
"""Stands for the whole register where an address names an organisation; it can be no slug."""


@bp.get("/scorecard")
def index() -> str:
    card = _card()
    table = tables.table(card, directory(db()), request.args)
    facts_of = tables.shown(card.whole, WHOLE)
    return render_template("agreements/scorecard.html", card=card, facts=facts_of, table=table)


@bp.get("/scorecard.json")
@cookieless
def data() -> ResponseReturnValue:
    bodies = directory(db()).bodies.values()
    response = jsonify(tables.data(_card(), sorted(bodies, key=lambda body: body.slug)))
    return _open(response)


@bp.get("/scorecard/<slug>")
def body(slug: str) -> str:
    card, found = _card(), _body(slug)
    tally = card.bodies.get(found.id, Tally())
    return render_template(
        "agreements/scorecard_body.html",
        title=plain(found.official_name),
        body=found,
        tally=tally,
        facts=tables.shown(tally, slug),
    )


@bp.get("/scorecard/<slug>/<what>")
def rows(slug: str, what: str) -> str:
    if what not in LISTERS:
        raise NotFound("There is no such number on a scorecard.")
    card, found = _card(), None if slug == WHOLE else _body(slug)
    terms = card.terms_of(found.id if found else None)
    count = _count(card.bodies.get(found.id, Tally()) if found else card.whole, what)
    page = counted_page(
        counted(what, terms, today=card.day), count, page_number(request.args.get("page", ""))
    )
    return render_template(
        "agreements/scorecard_rows.html",
        heading=words.heading(what),
        body=found,
        count=count,
        rows=[(row, words.why(row)) for row in page.rows],
        back=url_for("scorecard.body", slug=slug) if found else url_for("scorecard.index"),
        pages=numbered(page.page, page.pages, _page_url),
    )


def _card() -> Scorecard:
    return scorecard(db(), today=parts.region().today())


def _body(slug: str) -> Body:
    found = directory(db()).body_by_slug(slug)
    if found is None:
        raise NotFound("There is no organisation with this name on the register.")
    return found


def _count(tally: Tally, what: str) -> int:
    """How many rows there are to page through, without listing them."""
    numbers = {"agreements": tally.agreements}
    for fact in facts(tally):
        numbers |= {fact.key: fact.n, fact.rest: fact.of - fact.n}
    return numbers[what]


def _page_url(page: int) -> str:
    return url_for("scorecard.rows", **(request.view_args or {}), page=page)


def _open(response: Response) -> ResponseReturnValue:
    """For anybody's page or program to read, and to ask for again only when it has changed."""
    response.headers.update(OPEN)
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    return response.make_conditional(request)
