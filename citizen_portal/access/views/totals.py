"""``/bodies/<slug>/totals.json`` and ``.csv``: how often a body says that it makes each kind of
access, in the numbers that it publishes."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, Response

from citizen_portal.access.queries.totals import Total, published_at, totals_of
from citizen_portal.bodies.queries import REGISTER, Directory, directory, revisions
from citizen_portal.counts import SMALLEST, STEP
from citizen_portal.web import parts
from citizen_portal.web.columns import Column, flat, table, text, words
from citizen_portal.web.cookieless import cookieless
from citizen_portal.web.open_data import (
    MOST_PAGES,
    Content,
    answer_by,
    around,
    missing,
    number,
    open_to_all,
    written,
)
from citizen_portal.web.transactions import db

bp = Blueprint("totals", __name__, url_prefix="/bodies")
bp.after_request(open_to_all)
USUAL_ITEMS, MOST_ITEMS = 100, 500
MOST_ROWS = 50_000
"""Rows of the table, the newest periods first."""
COLUMNS: tuple[Column, ...] = flat(
    (
        text("first_month", "First month of the period", needed=True),
        text("last_month", "Last month of the period", needed=True),
        text("source", "The source's name in addresses", needed=True),
        text("agreement", "Reference of the agreement", needed=True),
        text("receiver_code", "Who got the data, by code", needed=True),
        text("system", "The system that was used; empty for any"),
        text("action", "What was done; empty for any"),
        text("accesses", "Accesses, rounded to 5; empty for fewer than 10", kind="integer"),
        text("people", "People, rounded to 5; empty for fewer than 10", kind="integer"),
        words("triggered_by", "What usually sets it off"),
        words("figures_from", "How the body counted", needed=True),
    )
)


@bp.get("/<slug>/totals.json")
@cookieless
def pages(slug: str) -> Response:
    items, page = number("items", USUAL_ITEMS, MOST_ITEMS), number("page", 1, MOST_PAGES)

    def make(known: Directory, body_id: UUID) -> Content:
        found = totals_of(db(), body_id, first=(page - 1) * items, count=items + 1)
        more = len(found) > items
        links = around(f"/bodies/{slug}/totals.json", page, more, items=items)
        said = {
            "body": slug,
            "licence": parts.region().open_licence.url,
            "rounded_to": STEP,
            "told_from": SMALLEST,
            "totals": [_row(one, known) for one in found[:items]],
            "links": links,
        }
        named = tuple((address, relation) for relation, address in links.items())
        return Content(written(said), "application/json", links=named)

    return _answer(slug, make)


@bp.get("/<slug>/totals.csv")
@cookieless
def whole(slug: str) -> Response:
    def make(known: Directory, body_id: UUID) -> Content:
        found = totals_of(db(), body_id, first=0, count=MOST_ROWS)
        return Content(table(COLUMNS, (_row(one, known) for one in found)), "text/csv")

    return _answer(slug, make)


def _answer(slug: str, make: Callable[[Directory, UUID], Content]) -> Response:
    known = directory(db())
    body = known.body_by_slug(slug)
    if body is None:
        return missing()
    made_of = (*published_at(db(), body.id), revisions(db()).get(REGISTER, 0))
    return answer_by(made_of, lambda: make(known, body.id))


def _row(one: Total, known: Directory) -> dict[str, Any]:
    return {
        "first_month": one.first_month.strftime("%Y-%m"),
        "last_month": one.last_month.strftime("%Y-%m"),
        "source": known.sources[one.source_id].slug,
        "agreement": one.agreement,
        "receiver_code": one.receiver_code,
        "system": one.system or None,
        "action": one.action or None,
        "accesses": one.accesses,
        "people": one.people,
        "triggered_by": one.triggered_by,
        "figures_from": one.figures_from,
    }
