"""``/answers``: how bodies answered what people asked, quarter by quarter; for anybody."""

import re
from collections.abc import Sequence
from datetime import date

from flask import Blueprint, render_template, request, url_for

from citizen_portal.bodies.queries import directory
from citizen_portal.errors import NotFound
from citizen_portal.paging import paged
from citizen_portal.questions.models.counts import AnswerCount
from citizen_portal.questions.queries import answers
from citizen_portal.questions.words.answers import Shown, quarter, shown
from citizen_portal.web.pages import plain, say
from citizen_portal.web.paging import numbered, page_number
from citizen_portal.web.transactions import db

bp = Blueprint("answers", __name__)
PAGE = 20
MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")


@bp.get("/answers")
def page() -> str:
    counted = answers.quarters(db())
    asked = _first_day(request.args.get("quarter", ""))
    when = asked if asked in counted else next(iter(counted), None)
    found = _named(answers.counted(db(), when)) if when else []
    telling = [one for one in found if one.rows]
    at, pages, rows = paged(len(telling), page_number(request.args.get("page", "")), PAGE)
    month = f"{when:%Y-%m}" if when else None
    return render_template(
        "questions/answers.html",
        quarter=quarter(when) if when else "",
        quarters=[
            (quarter(each), url_for(".page", quarter=f"{each:%Y-%m}"), each == when)
            for each in counted
        ],
        bodies=telling[rows],
        quiet=[one for one in found if not one.rows],
        pages=numbered(at, pages, lambda number: url_for(".page", quarter=month, page=number)),
    )


@bp.get("/answers/<slug>")
def of_body(slug: str) -> str:
    """One body through the quarters."""
    body = directory(db()).body_by_slug(slug)
    if body is None or not body.kind.is_public:
        raise NotFound("There is no such public body on our list.")
    return render_template(
        "questions/answers_body.html",
        title=plain(body.name),
        name=say(body.name),
        official=say(body.official_name),
        slug=slug,
        quarters=[shown(row, body) for row in answers.of_body(db(), body.id)],
    )


def _named(rows: Sequence[AnswerCount]) -> list[Shown]:
    """By the official name of the body."""
    by_body = {row.organisation_id: row for row in rows}
    return [shown(by_body[one.id], one) for one in directory(db()).by_name if one.id in by_body]


def _first_day(text: str) -> date | None:
    try:
        return date.fromisoformat(f"{text}-01") if MONTH.fullmatch(text) else None
    except ValueError:
        return None
