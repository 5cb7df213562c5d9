"""How far each public body can be seen into, to take away: page by page, or as one table.

Counts of accesses are not in it; whether a source went quiet, and since when, is.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response

from citizen_portal.bodies.queries import (
    REGISTER,
    SOURCES,
    Body,
    Directory,
    Reach,
    SourceFacts,
    directory,
    revisions,
)
from citizen_portal.db import Words
from citizen_portal.region import Licence
from citizen_portal.web import cells, parts
from citizen_portal.web.columns import Column, flat, listed, table, text, words
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

bp = Blueprint("open_coverage", __name__)
bp.after_request(open_to_all)
USUAL_ITEMS, MOST_ITEMS = 100, 500
COLUMNS = flat(
    (
        text("body.slug", "The body's name in addresses", needed=True),
        words("body.official_name", "Its name as in law", needed=True),
        text("state", "connected, gone-quiet, not-connected or no-source", needed=True),
        text("source", "The source's name in addresses; empty if the body named none"),
        words("name", "What the source is called"),
        text("protocol", "How it tells of accesses: findusage-2, push or none"),
        text("connected_since", "First day on which it could be asked", kind="date"),
        text("window_from", "From when it keeps accesses, in UTC", kind="datetime"),
        text("window_to", "Until when; empty means now", kind="datetime"),
        Column("not_reported_en", listed("left_out.en"), "Kinds of access it does not report"),
        Column("not_reported_cy", listed("left_out.cy"), "The same, in Welsh"),
        Column("law", listed("left_out.law"), "The law for each of these, in their order"),
        text("proves_subject", "Whether its answers say whom they are about", kind="boolean"),
        text("last_answer_at", "Its last answer, to ten minutes, in UTC", kind="datetime"),
        text("median_answer_ms", "Middle of its answer times in 30 days", kind="integer"),
        text("quiet_since", "Day of its last sign, if it has gone quiet", kind="date"),
    )
)


@bp.get("/coverage.json")
@cookieless
def pages() -> Response:
    items, page = number("items", USUAL_ITEMS, MOST_ITEMS), number("page", 1, MOST_PAGES)

    def make() -> Content:
        told = _told()
        links = around("/coverage.json", page, len(told.bodies) > page * items, items=items)
        said = _document(told, page=page, items=items, licence=parts.region().open_licence)
        named = tuple((address, relation) for relation, address in links.items())
        return Content(written(said | {"links": links}), "application/json", links=named)

    return _answer(make)


@bp.get("/coverage.csv")
@cookieless
def whole() -> Response:
    return _answer(lambda: Content(table(COLUMNS, _rows(_told())), "text/csv"))


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of public bodies: where, and in which zone a day is a day."""

    directory: Directory
    site: str
    zone: ZoneInfo

    @property
    def bodies(self) -> list[Body]:
        return [body for body in self.directory.by_name if body.kind.is_public]


def _told() -> Told:
    return Told(directory(db()), parts.settings().public_url, parts.region().zone)


def _answer(make: Callable[[], Content]) -> Response:
    """Anew when what is imported has changed, or what sources told of themselves."""
    numbers = revisions(db())
    return answer_by((numbers.get(REGISTER, 0), numbers.get(SOURCES, 0)), make)


def _document(told: Told, *, page: int, items: int, licence: Licence) -> dict[str, Any]:
    """One page of the list."""
    bodies = told.bodies
    connected = told.directory.connected & told.directory.public
    return {
        "licence": licence.url,
        "counts": {"known": len(bodies), "connected": len(connected)},
        "page": page,
        "items": items,
        "bodies": [_body(told, body) for body in bodies[(page - 1) * items : page * items]],
    }


def _body(told: Told, body: Body) -> dict[str, Any]:
    return {
        "slug": body.slug,
        "name": dict(body.name),
        "official_name": dict(body.official_name),
        "kind": body.kind.value,
        "url": f"{told.site}/bodies/{body.slug}",
        "sources": [
            _json(_source(told, source)) | {"not_reported": _left_out(source)}
            for source in told.directory.sources_of(body.id)
        ],
    }


def _rows(told: Told) -> Iterator[Mapping[str, Any]]:
    """One row for each source, and one for each body that named none."""
    for body in told.bodies:
        of_body = {"body": {"slug": body.slug, "official_name": body.official_name}}
        sources = told.directory.sources_of(body.id)
        if not sources:
            yield of_body | {"state": Reach.NO_SOURCE.value}
        for source in sources:
            said = source.not_reported
            left_out = {
                "en": _texts(one.what for one in said),
                "cy": _texts((one.what for one in said), "cy"),
                "law": _texts(one.law for one in said),
            }
            yield of_body | _source(told, source) | {"left_out": left_out}


def _source(told: Told, source: SourceFacts) -> dict[str, Any]:
    return {
        "source": source.slug,
        "name": dict(source.name),
        "protocol": source.protocol.value,
        "state": source.reach.value,
        "connected_since": source.connected_since,
        "window_from": source.window_from,
        "window_to": source.window_to,
        "proves_subject": source.health.proves,
        "last_answer_at": source.answered_about,
        "median_answer_ms": source.health.answer_ms,
        "quiet_since": source.quiet_since(told.zone),
    }


def _left_out(source: SourceFacts) -> list[dict[str, Any]]:
    return [
        {"what": dict(one.what), "law": dict(one.law), "url": one.url}
        for one in source.not_reported
    ]


def _texts(said: Iterable[Words], language: str = "en") -> list[str]:
    """In this language, else in English, so that lists of one row keep step."""
    return [one.get(language) or one["en"] for one in said]


def _json(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Days and moments as ISO 8601 has them, moments in UTC."""
    return {
        name: cells.cell(value) if isinstance(value, date) else value
        for name, value in facts.items()
    }
