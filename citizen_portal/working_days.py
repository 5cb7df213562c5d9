"""On which days public bodies work: the weekend, and the holidays of one country."""

from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

ONE = timedelta(days=1)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class OnDay(_Part):
    """A day of the year. On a weekend, or on another holiday, it is kept on the next day that is
    neither."""

    month: int
    day: int


class OnWeekday(_Part):
    """Such as the first Monday of a month."""

    month: int
    weekday: Annotated[int, Field(ge=1, le=7)]
    """Monday is 1."""
    nth: int
    """-1 is the last."""


class FromEaster(_Part):
    easter: int
    """So many days after Easter Sunday, or before it."""


Rule = OnDay | OnWeekday | FromEaster


class Calendar(_Part):
    """Days that were proclaimed hold for their years; rules hold for years that are not listed."""

    country: str
    weekend: tuple[int, ...]
    """Monday is 1."""
    listed: tuple[date, ...]
    rules: tuple[Rule, ...]
    source: str
    rules_source: str

    def working(self, day: date) -> bool:
        return not self._weekend(day) and day not in self.holidays(day.year)

    def next_working(self, day: date) -> date:
        """This day, or the first one after it on which bodies work."""
        while not self.working(day):
            day += ONE
        return day

    def after(self, day: date, count: int) -> date:
        """The so manieth day after this one on which bodies work."""
        for _ in range(count):
            day = self.next_working(day + ONE)
        return day

    def between(self, since: date, until: date) -> int:
        """Days on which bodies work, from the first day on and before the last."""
        days = (since + timedelta(days=n) for n in range((until - since).days))
        return sum(self.working(day) for day in days)

    def holidays(self, year: int) -> frozenset[date]:
        return self._listed.get(year) or self.by_rule(year)

    def by_rule(self, year: int) -> frozenset[date]:
        """Where a year is not listed, or to hold a list against."""
        return _by_rule(self.rules, self.weekend, year)

    @cached_property
    def _listed(self) -> dict[int, frozenset[date]]:
        years = {day.year for day in self.listed}
        return {year: frozenset(day for day in self.listed if day.year == year) for year in years}

    def _weekend(self, day: date) -> bool:
        return day.isoweekday() in self.weekend


@lru_cache
def _by_rule(rules: tuple[Rule, ...], weekend: tuple[int, ...], year: int) -> frozenset[date]:
    found: set[date] = set()
    for rule in rules:
        day = _falls(rule, year)
        while isinstance(rule, OnDay) and (day.isoweekday() in weekend or day in found):
            day += ONE
        found.add(day)
    return frozenset(found)


def _falls(rule: Rule, year: int) -> date:
    match rule:
        case OnDay():
            return date(year, rule.month, rule.day)
        case FromEaster():
            return easter(year) + timedelta(days=rule.easter)
        case OnWeekday():
            first = date(year, rule.month, 1)
            month = [first + timedelta(days=n) for n in range(31)]
            right = [d for d in month if d.month == rule.month and d.isoweekday() == rule.weekday]
            return right[rule.nth if rule.nth < 0 else rule.nth - 1]


def easter(year: int) -> date:
    """Easter Sunday by the Gregorian reckoning (the algorithm of Meeus, Jones and Butcher)."""
    golden, century, rest = year % 19, year // 100, year % 100
    correction = (century - (century + 8) // 25 + 1) // 3
    moon = (19 * golden + century - century // 4 - correction + 15) % 30
    week = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (golden + 11 * moon + 22 * week) // 451
    month, day = divmod(moon + week - 7 * late + 114, 31)
    return date(year, month, day + 1)
