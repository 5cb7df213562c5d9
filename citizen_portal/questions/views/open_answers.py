"""How bodies answered, to take away: page by page, or as one table."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response

from citizen_portal.bodies.queries import REGISTER, Directory, directory, revisions
from citizen_portal.counts import SMALLEST, STEP
from citizen_portal.questions.models.counts import CELLS, AnswerCount, following, key
from citizen_portal.questions.queries import answers
from citizen_portal.questions.words.answers import share
from citizen_portal.web import parts
from citizen_portal.web.columns import Column, flat, table, text, words
from citizen_portal.web.cookieless import cookieless
from citizen_portal.web.open_data import (
    MOST_PAGES,
    Content,
    answer_by,
    around,
    number,
    open_to_all,
    written,
)
from citizen_portal.web.transactions import db

bp = Blueprint("open_answers", __name__)
bp.after_request(open_to_all)
USUAL_ITEMS, MOST_ITEMS = 100, 500
MOST_ROWS = 50_000
"""Rows of the table, the newest quarters first."""
FEW = "empty for fewer than 10"


def _count(path: str, about: str) -> Column:
    return text(path, f"{about}, rounded to 5; {FEW}", kind="integer")


COLUMNS = flat(
    (
        text("body", "The body's name in addresses", needed=True),
        words("official_name", "Its name as in law", needed=True),
        text("first_day", "First day of the quarter", kind="date", needed=True),
        text("last_day", "Last day of the quarter", kind="date", needed=True),
        text("counted_on", "When it was counted", kind="date", needed=True),
        text("median_days", "Days from question to answer: half took no longer", kind="integer"),
        text("p90_days", "The same for nine in ten", kind="integer"),
        _count("answered.in_time", "Answered in time"),
        _count("answered.late", "Answered late"),
        text("share_in_time.least", "Percent in time: at least", kind="integer"),
        text("share_in_time.most", "Percent in time: at most", kind="integer"),
        *(
            _count(f"outcomes.{kind.value}.{outcome.value}", f"Kind {kind}, outcome {outcome}")
            for kind, outcome in CELLS
        ),
        _count("objections.granted", "Objections granted"),
        _count("objections.refused", "Objections refused"),
        _count("corrections.acknowledged", "Recipients told who said what they did"),
        _count("corrections.told", "Recipients told who have said nothing yet"),
        _count("corrections.not_told", "Recipients not told yet"),
        text("sources", "Registers it has named", kind="integer", needed=True),
        text("connected", "Of them connected", kind="integer", needed=True),
    )
)


@bp.get("/answers.json")
@cookieless
def pages() -> Response:
    items, page = number("items", USUAL_ITEMS, MOST_ITEMS), number("page", 1, MOST_PAGES)

    def make() -> Content:
        found = _rows(slice((page - 1) * items, page * items + 1))
        links = around("/answers.json", page, len(found) > items, items=items)
        said = {
            "licence": parts.region().open_licence.url,
            "rounded_to": STEP,
            "told_from": SMALLEST,
            "page": page,
            "items": items,
            "answers": found[:items],
            "links": links,
        }
        named = tuple((address, relation) for relation, address in links.items())
        return Content(written(said), "application/json", links=named)

    return _answer(make)


@bp.get("/answers.csv")
@cookieless
def whole() -> Response:
    return _answer(lambda: Content(table(COLUMNS, _rows(slice(0, MOST_ROWS))), "text/csv"))


def _answer(make: Callable[[], Content]) -> Response:
    """Anew when something was counted, or bodies have other names."""
    numbers = revisions(db())
    return answer_by((numbers.get(REGISTER, 0), numbers.get(answers.ANSWERS, 0)), make)


def _rows(rows: "slice[int, int, None]") -> list[dict[str, Any]]:
    known = directory(db())
    return [_row(one, known) for one in answers.published(db(), rows)]


def _row(one: AnswerCount, known: Directory) -> dict[str, Any]:
    body, found = known.bodies[one.organisation_id], share(one)
    outcomes: dict[str, dict[str, int | None]] = {}
    for kind, outcome in CELLS:
        outcomes.setdefault(kind.value, {})[outcome.value] = one.outcomes.get(key((kind, outcome)))
    return {
        "body": body.slug,
        "official_name": dict(body.official_name),
        "first_day": one.quarter.isoformat(),
        "last_day": (following(one.quarter) - timedelta(days=1)).isoformat(),
        "counted_on": one.counted_on.isoformat(),
        "median_days": one.median_days,
        "p90_days": one.p90_days,
        "answered": {"in_time": one.in_time, "late": one.late},
        "share_in_time": {"least": found[0], "most": found[1]} if found else None,
        "outcomes": outcomes,
        "objections": {"granted": one.granted, "refused": one.refused},
        "corrections": {
            "acknowledged": one.acknowledged,
            "told": one.told,
            "not_told": one.untold,
        },
        "sources": one.sources,
        "connected": one.connected,
    }
