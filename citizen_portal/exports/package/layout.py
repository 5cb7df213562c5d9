"""How a table lies on the page for people: what they ask for first, the rest in a fold of each row.

Times are told in the portal's zone and codes in words. The files for programs know nothing of it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from functools import cached_property
from typing import Any, Self
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import get_timezone_name

from citizen_portal.exports import words
from citizen_portal.exports.package.columns import Row
from citizen_portal.exports.package.contents import Column, Contents
from citizen_portal.exports.package.tables import Written
from citizen_portal.web import cells


@dataclass(frozen=True, slots=True)
class Place:
    """A column, its head, where its values stand in a row, and words for those that are codes."""

    column: Column
    at: int
    words: Mapping[str, str]
    title: str


@dataclass(frozen=True, slots=True)
class Layout:
    first: tuple[Place, ...]
    more: tuple[Place, ...]
    """What lies in the fold of each row."""
    newest: Place | None
    """Of this the newest row comes first, as far as the page can see to it."""

    @classmethod
    def of(cls, written: Written, language: str, lasting: Callable[[str], str]) -> Self:
        """``lasting`` tells a length of time in words."""
        table, said = written.table, words.page(written.table.name)
        left = {}
        for at, column in enumerate(table.columns):
            codes, title = words.values(table.name, column.name, language), column.title
            if head := said.get("lengths", {}).get(column.name):
                codes = {row[at]: lasting(row[at]) for row in written.first if row[at]}
                title = words.in_language(head, language)
            left[column.name] = Place(column, at, codes, title)
        newest = left.get(said.get("newest", ""))
        first = _taken(left, said.get("first", tuple(left)))
        last = _taken(left, said.get("last", ()))
        return cls(first, (*left.values(), *last), newest)

    def rows(self, written: Written) -> Sequence[Row]:
        """The rows that the page holds itself; if those are all, the newest first."""
        at = self.newest.at if self.newest else None
        if at is None or len(written.first) < written.rows:
            return written.first
        return sorted(written.first, key=lambda row: row[at], reverse=True)


@dataclass(frozen=True)
class Telling:
    """Values as people read them; ``index.js`` tells them in the same way."""

    language: str
    zone: tzinfo

    @classmethod
    def of(cls, contents: Contents) -> Self:
        """In a zone that has no name a browser cannot tell times."""
        zone = contents.zone if isinstance(contents.zone, ZoneInfo) else UTC
        return cls(contents.language, zone)

    @property
    def zone_key(self) -> str:
        return str(getattr(self.zone, "key", "UTC"))

    @property
    def zone_name(self) -> str:
        """Such as "United Kingdom Time"."""
        if self.zone_key == "UTC":
            return "UTC"
        return str(get_timezone_name(self.zone, locale=self.language))

    @cached_property
    def months(self) -> tuple[str, ...]:
        names = Locale.parse(self.language).months["format"]["abbreviated"]
        return tuple(names[number] for number in range(1, 13))

    def head(self, place: Place) -> str:
        timed = place.column.type == "datetime"
        return f"{place.title} ({self.zone_name})" if timed else place.title

    def shown(self, place: Place, value: Any) -> str:
        """Any value but a yes or no."""
        if value is None:
            return ""
        if isinstance(value, datetime):
            return self._moment(value)
        if isinstance(value, date):
            return self.day(value)
        if isinstance(value, float):
            return cells.cell(value)
        if place.words:
            each = str(value).split(cells.SEPARATOR)
            return cells.SEPARATOR.join(place.words.get(code, code) for code in each)
        return str(value)

    def day(self, value: date) -> str:
        return f"{value.day} {self.months[value.month - 1]} {value.year}"

    def _moment(self, value: datetime) -> str:
        try:
            local = value.astimezone(self.zone)
        except OverflowError:  # at the very ends of what a moment can be
            local = value
        return f"{self.day(local)}, {local:%H:%M}"


def _taken(left: dict[str, Place], names: Sequence[str]) -> tuple[Place, ...]:
    return tuple(left.pop(name) for name in names if name in left)
