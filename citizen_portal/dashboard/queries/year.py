"""Geometry of the picture "your year": twelve small months, a day as a square, looks as dots."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

MONTHS = 12


class Day(NamedTuple):
    """Looks that happened on one day, and how many of them stand out."""

    times: int = 0
    lifted: int = 0


@dataclass(frozen=True, slots=True)
class Month:
    """One month with what is known of its days, by the day's number."""

    first: date
    days: Mapping[int, Day]
    seen_from: int | None
    """The first day of the month that some body's list holds; none: no day of it."""

    @property
    def times(self) -> int:
        return sum(day.times for day in self.days.values())

    @property
    def lifted(self) -> int:
        return sum(day.lifted for day in self.days.values())


class Dot(StrEnum):
    TINY = "tiny"
    SMALL = "small"
    MIDDLE = "middle"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Steps:
    """From how many looks a dot is small, middle and full; fewer looks are a tiny dot."""

    small: int
    middle: int
    full: int

    def dot(self, times: int) -> Dot:
        if times >= self.full:
            return Dot.FULL
        if times >= self.middle:
            return Dot.MIDDLE
        return Dot.SMALL if times >= self.small else Dot.TINY


@dataclass(frozen=True, slots=True)
class Format:
    """One of the two drawings."""

    width: float
    across: int
    """Months in one row."""
    cell: float
    gap: float
    head: float
    """Height of a month's name."""
    under: float
    """Room under a month."""
    size: int


WIDE = Format(width=960, across=6, cell=17.4, gap=2, head=26, under=14, size=15)
NARROW = Format(width=340, across=3, cell=13.2, gap=1.6, head=22, under=14, size=13)
RADIUS = {Dot.TINY: 0.14, Dot.SMALL: 0.24, Dot.MIDDLE: 0.36, Dot.FULL: 0.5}
"""Radius of a dot as a share of the cell."""


@dataclass(frozen=True, slots=True)
class Block:
    """One drawn month: paths for its pale and hatched days, dots, diamonds, today's outline.

    Dots are paths of points, one for each width of the stroke that makes them round: a long year
    has some hundred, and as elements of their own they would be half of the page.
    """

    first: date
    x: float
    right: float
    y: float
    seen: str
    unseen: str
    dots: tuple[tuple[float, str], ...]
    gems: str
    today: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Drawing:
    width: float
    height: float
    cell: float
    size: int
    light: bool
    """Routine dots are drawn lighter, so that diamonds stay seen."""
    blocks: tuple[Block, ...]


def months(days: Mapping[date, Day], *, seen_from: date | None, today: date) -> tuple[Month, ...]:
    """The twelve months that end with this one, the oldest first.

    ``seen_from`` is the first day that some body's list holds; none: no list is known.
    """
    of_month: dict[tuple[int, int], dict[int, Day]] = {}
    for day, found in sorted(days.items()):
        if day <= today:
            of_month.setdefault((day.year, day.month), {})[day.day] = found
    return tuple(
        Month(
            first=first,
            days=of_month.get((first.year, first.month), {}),
            seen_from=_seen_from(first, seen_from, today),
        )
        for first in _firsts(today)
    )


def begins(today: date) -> date:
    """The first day that is drawn."""
    return _firsts(today)[0]


def _firsts(today: date) -> list[date]:
    number = today.year * 12 + today.month - 1
    return [date(n // 12, n % 12 + 1, 1) for n in range(number - MONTHS + 1, number + 1)]


def _seen_from(first: date, seen_from: date | None, today: date) -> int | None:
    if seen_from is None or seen_from > min(today, _last(first)):
        return None
    return max(seen_from, first).day


def _last(first: date) -> date:
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return following - timedelta(days=1)


def steps(shown: tuple[Month, ...]) -> Steps:
    """1, 3, 10; coarser where one day has more than 30 looks, and again above 300."""
    busiest = max((day.times for month in shown for day in month.days.values()), default=0)
    if busiest > 300:
        return Steps(100, 300, 1000)
    return Steps(10, 30, 100) if busiest > 30 else Steps(1, 3, 10)


def draw(shown: tuple[Month, ...], *, today: date, form: Format) -> Drawing:
    wide = 7 * form.cell + 6 * form.gap
    space = (form.width - form.across * wide) / (form.across - 1)
    scale = steps(shown)
    blocks = []
    y = 0.0
    for start in range(0, len(shown), form.across):
        row = shown[start : start + form.across]
        for n, month in enumerate(row):
            x = n * (wide + space)
            blocks.append(_block(month, x=x, y=y, today=today, scale=scale, form=form))
        weeks = max(_weeks(month.first) for month in row)
        y += form.head + weeks * (form.cell + form.gap) + form.under
    return Drawing(
        width=form.width,
        height=round(y - form.under + 2, 1),
        cell=form.cell,
        size=form.size,
        light=sum(month.times for month in shown) > 1000,
        blocks=tuple(blocks),
    )


def _weeks(first: date) -> int:
    return (first.weekday() + _last(first).day - 1) // 7 + 1


def _block(month: Month, *, x: float, y: float, today: date, scale: Steps, form: Format) -> Block:
    """Monday first. Later days than today are not drawn."""
    seen: list[str] = []
    unseen: list[str] = []
    dots: dict[Dot, list[str]] = {}
    gems: list[str] = []
    outline = None
    shown = min(_last(month.first), today).day if _begun(month, today) else 0
    places = _places(month.first.weekday(), x, y, form)
    for number, place in enumerate(places[:shown], start=1):
        known = month.days.get(number)
        hidden = month.seen_from is None or number < month.seen_from
        (unseen if hidden and known is None else seen).append(place.square)
        if known is None:
            continue
        if known.lifted:
            gems.append(place.gem)
        else:
            dots.setdefault(scale.dot(known.times), []).append(place.dot)
    if (month.first.year, month.first.month) == (today.year, today.month):
        outline = places[today.day - 1].corner
    right = x + 7 * form.cell + 6 * form.gap
    corner = (round(x, 1), round(right, 1), round(y + form.head - 11, 1))
    drawn = tuple(
        (round(2 * RADIUS[dot] * form.cell, 1), "".join(points)) for dot, points in dots.items()
    )
    return Block(
        month.first, *corner, "".join(seen), "".join(unseen), drawn, "".join(gems), outline
    )


def _begun(month: Month, today: date) -> bool:
    return month.first <= today


class Place(NamedTuple):
    """One square of a month, as the paths that may be drawn there."""

    corner: tuple[float, float]
    square: str
    dot: str
    gem: str


@lru_cache(maxsize=256)
def _places(weekday: int, x: float, y: float, form: Format) -> tuple[Place, ...]:
    """Those of 31 days that begin on this day of the week. Drawn once for each position: a long
    year would else have some hundred to reckon anew for each page."""
    step = form.cell + form.gap
    return tuple(
        _place(x + at % 7 * step, y + form.head + at // 7 * step, form.cell)
        for at in range(weekday, weekday + 31)
    )


def _place(left: float, top: float, cell: float) -> Place:
    cx, cy = round(left + cell / 2, 1), round(top + cell / 2, 1)
    half = f"{cell / 2 + 0.3:.1f}"
    return Place(
        corner=(round(left, 1), round(top, 1)),
        square=f"M{left:.1f} {top:.1f}h{cell:g}v{cell:g}h-{cell:g}z",
        dot=f"M{cx:g} {cy:g}h0",
        gem=f"M{cx:.1f} {top - 0.3:.1f}l{half} {half}-{half} {half}-{half}-{half}z",
    )
