"""``/digests.json``: one signed hash for each day, over what happened on it, withheld or not.

It says nothing of how many accesses there were.
"""

from datetime import date

from flask import Blueprint, Response

from citizen_portal.access.queries import digests as queries
from citizen_portal.web import parts
from citizen_portal.web.cookieless import cookieless
from citizen_portal.web.open_data import (
    MOST_PAGES,
    Content,
    answer_by,
    missing,
    number,
    open_to_all,
    written,
)
from citizen_portal.web.transactions import db

bp = Blueprint("digests", __name__)
bp.after_request(open_to_all)
USUAL_ITEMS, MOST_ITEMS = 100, 1_000


@bp.get("/digests.json")
@cookieless
def index() -> Response:
    items = number("items", USUAL_ITEMS, MOST_ITEMS)
    page = number("page", 1, MOST_PAGES)
    site = parts.settings().public_url

    def make() -> Content:
        found = queries.digests(db(), first=(page - 1) * items, count=items + 1)
        more = len(found) > items
        following = f"{site}/digests.json?page={page + 1}&items={items}" if more else None
        said = {
            "digests": [
                {
                    "day": one.day.isoformat(),
                    "root": one.root,
                    "url": f"{site}/digests/{one.day.isoformat()}.json",
                }
                for one in found[:items]
            ],
            "keys": f"{site}/.well-known/jwks.json",
            "next": following,
        }
        links = ((following, "next"),) if following else ()
        return Content(written(said), "application/json", links=links)

    return answer_by((queries.newest_day(db()),), make)


@bp.get("/digests/<day>.json")
@cookieless
def one(day: str) -> Response:
    """The digest of one day: a flattened JWS (RFC 7515 §7.2.2) with day, root, and root before."""
    found = queries.digest_of(db(), asked) if (asked := _day(day)) else None
    if found is None:
        return missing()
    signed = written(found.signed)
    return answer_by((found.root,), lambda: Content(signed, "application/jose+json"))


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if found.isoformat() == text else None
