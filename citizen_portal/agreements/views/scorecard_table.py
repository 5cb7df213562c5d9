"""What scorecards show: facts as a label, a number and a bar; organisations in a sorted table."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext

from citizen_portal.agreements.queries.scorecard import Fact, Scorecard, Tally, facts
from citizen_portal.agreements.words import scorecards as words
from citizen_portal.bodies.queries import Body, Directory
from citizen_portal.paging import paged
from citizen_portal.web.pages import plain
from citizen_portal.web.paging import Turn, numbered, page_number

BAR = 100
PAGE = 25
ENOUGH = 10
"""A percentage is said only of so many or more."""
Said = Mapping[str, words.FactWords]
COLUMNS = ("answered", "evidence", "due", "reported", "met", "reviews", "look-backs")


@dataclass(frozen=True, slots=True)
class Shown:
    """One fact as it is shown: "12 of 18", a bar, and links to what is and is not counted."""

    fact: Fact
    words: words.FactWords
    href: str
    rest_href: str
    length: float
    """Of the bar, where the whole is ``BAR``."""
    share: str
    """As a percentage, where that tells more than the numbers do."""


@dataclass(frozen=True, slots=True)
class Line:
    body: Body
    agreements: int
    facts: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """A column by which the table can be sorted."""

    key: str
    label: str
    href: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Table:
    heads: tuple[Head, ...]
    lines: tuple[Line, ...]
    count: int
    pages: Turn | None


def shown(tally: Tally, slug: str) -> tuple[Shown, ...]:
    return _all_shown(tally, slug, words.facts())


def table(card: Scorecard, bodies: Directory, given: Mapping[str, str]) -> Table:
    """Organisations that take part in an agreement: by name, or by a column that was asked for."""
    sort = given.get("sort", "")
    sort = sort if sort in COLUMNS else "name"
    named = [bodies.bodies[key] for key in card.bodies if key in bodies.bodies]
    named.sort(key=lambda body: _rank(body, card.bodies[body.id], sort))
    page, pages, chosen = paged(len(named), page_number(given.get("page", "")), PAGE)
    said = words.facts()
    return Table(
        heads=tuple(_head(key, sort, said) for key in ("name", *COLUMNS)),
        lines=tuple(_line(body, card.bodies[body.id], said) for body in named[chosen]),
        count=len(named),
        pages=numbered(page, pages, lambda number: _page_url(sort, number)),
    )


def data(card: Scorecard, bodies: Iterable[Body]) -> dict[str, Any]:
    """The same numbers for programs."""
    return {
        "counted_on": card.day.isoformat(),
        "register": _data(card.whole),
        "organisations": [
            {"slug": body.slug, "name": body.official_name, "kind": body.kind.value}
            | _data(card.bodies[body.id])
            for body in bodies
            if body.id in card.bodies
        ],
    }


def _data(tally: Tally) -> dict[str, Any]:
    numbers = {fact.key: {"n": fact.n, "of": fact.of} for fact in facts(tally)}
    return {"agreements": tally.agreements, "counts": numbers}


def _all_shown(tally: Tally, slug: str, said: Said) -> tuple[Shown, ...]:
    base = url_for("scorecard.body", slug=slug)
    return tuple(_shown(fact, base, said[fact.key]) for fact in facts(tally))


def _shown(fact: Fact, base: str, said: words.FactWords) -> Shown:
    share = round(100 * fact.n / fact.of) if fact.of else 0
    return Shown(
        fact=fact,
        words=said,
        href=f"{base}/{fact.key}",
        rest_href=f"{base}/{fact.rest}",
        length=round(BAR * fact.n / fact.of, 1) if fact.of else 0,
        share=gettext("%(n)s in 100", n=share) if fact.of >= ENOUGH else "",
    )


def _rank(body: Body, tally: Tally, sort: str) -> tuple[bool, float, str, str]:
    """By share, most first; those of which nothing was asked come last, then by name."""
    name = plain(body.name).casefold()
    if sort == "name":
        return (False, 0, name, body.slug)
    fact = next(each for each in facts(tally) if each.key == sort)
    return (fact.of == 0, -fact.n / fact.of if fact.of else 0, name, body.slug)


def _line(body: Body, tally: Tally, said: Said) -> Line:
    return Line(body, tally.agreements, _all_shown(tally, body.slug, said))


def _head(key: str, sort: str, said: Said) -> Head:
    label = gettext("Organisation") if key == "name" else said[key].short
    href = url_for("scorecard.index", sort=None if key == "name" else key, _anchor="list")
    return Head(key, label, href, key == sort)


def _page_url(sort: str, page: int) -> str:
    kept = None if sort == "name" else sort
    return url_for("scorecard.index", sort=kept, page=page)
