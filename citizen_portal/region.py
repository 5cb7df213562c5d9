"""The regional profile: law, clocks and authorities as data, each with its source."""

from calendar import monthrange
from datetime import date, datetime, timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel, ConfigDict, StringConstraints

from citizen_portal import clock
from citizen_portal.working_days import Calendar

FOLDER = Path(__file__).parent / "data" / "regions"
Words = dict[Literal["en", "cy"], str]


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Authority(Part):
    """Who watches over data protection, and how people reach it."""

    name: Words
    short_name: Words
    plain: Words
    website: str
    telephone: str
    source: str


class Right(Part):
    """One right, in a sentence that can be read aloud."""

    text: Words
    source: str
    url: str


class Rights(Part):
    ask: Right
    correct: Right
    object: Right
    withdraw: Right
    """Where somebody consented."""
    restrict: Right
    """What holds while a body weighs an objection."""
    complain: Right


class Accessibility(Part):
    """Whom people turn to when a public site cannot be used, and nothing is done about it."""

    text: Words
    name: Words
    url: str
    source: str


class Licence(Part):
    """Under which terms public bodies of the region let their open data be used."""

    id: str
    """As the SPDX list has it."""
    name: Words
    url: str
    attribution: dict[str, str]
    """What the licence asks those to say who use the data."""


class HoldBasis(Part):
    """A law by which a body may keep an access from being shown for a time."""

    code: str
    law: Words
    protects: tuple[Literal["inquiry", "person"], ...]
    """Whom or what it may serve to protect."""
    longest: Annotated[str, StringConstraints(pattern=r"^P\d+[YMWD]$")]
    """How far ahead its end may lie, and be moved again: an ISO 8601 duration."""
    source: str


class Exemption(Part):
    """A law by which an access need never be shown."""

    code: str
    law: Words
    source: str


class Clock(Part):
    """How long a body has, by law or by the promise of this service."""

    period: Annotated[str, StringConstraints(pattern=r"^P\d+[MWD]$")]
    """An ISO 8601 duration in months, weeks or days."""
    working: bool = False
    """Whether only days count on which bodies work: then the period is one in days."""
    source: str

    def ends(self, day: date) -> date:
        """The last day, counted from this day on: for months the day of the same number, or the
        last of its month."""
        count, unit = int(self.period[1:-1]), self.period[-1]
        if unit != "M":
            return day + timedelta(days=count * (7 if unit == "W" else 1))
        months = day.year * 12 + day.month - 1 + count
        year, month = months // 12, months % 12 + 1
        return date(year, month, min(day.day, monthrange(year, month)[1]))


class Clocks(Part):
    objection: Clock
    objection_extended: Clock
    """How long at most, where the body said in time that it needs longer, and why."""
    choice: Clock
    question_why: Clock
    """What a body aims at that named no target of its own."""
    complaint_acknowledged: Clock
    complaint_answered: Clock
    """A promise: no law names a last day."""
    rights_request: Clock
    rights_extended: Clock
    """How long at most in all, where the body said in the first month that it needs longer."""


class Scheme(Part):
    """A choice for a whole country that people make elsewhere: told, and never made here."""

    name: Words
    what: Words
    url: str
    source: str


class Region(Part):
    adult_age: int
    """Years from which a person may use the service for themselves."""
    adult_age_source: str
    timezone: str
    jurisdiction: str
    """Its IRI in the Data Privacy Vocabulary's list of places (https://w3id.org/dpv/loc)."""
    authority: Authority
    accessibility: Accessibility
    rights: Rights
    offline: Words
    open_licence: Licence
    clocks: Clocks
    calendar: Calendar
    schemes: tuple[Scheme, ...]
    holds: tuple[HoldBasis, ...]
    exemptions: tuple[Exemption, ...]

    @cached_property
    def zone(self) -> ZoneInfo:
        """By the days of its calendar agreements begin and end, and people remember."""
        return ZoneInfo(self.timezone)

    def today(self) -> date:
        return clock.today(self.timezone)

    def day(self, moment: datetime) -> date:
        """The day of its calendar on which something arrived."""
        return moment.astimezone(self.zone).date()

    def working(self, day: date) -> bool:
        return self.calendar.working(day)

    def last_day(self, running: Clock, start: date, *, stopped: int = 0) -> date:
        """Until when a body has that was asked on the day ``start``.

        The clock begins on the day of receipt, whether bodies work on it or not; it ends on the
        day of the same number, or the last of its month; and where bodies do not work then, on the
        next day on which they do. ``stopped`` are the days on which it stood still.
        """
        if running.working:
            return self.calendar.after(start, int(running.period[1:-1]) + stopped)
        return self.calendar.next_working(running.ends(start) + timedelta(days=stopped))

    def stopped_days(self, running: Clock, since: date, until: date) -> int:
        """For how many of its days a clock stood still, while the body waited for what it needs to
        know: from the day of asking to the day of the answer, which counts again."""
        if running.working:
            return self.calendar.between(since, until)
        return (until - since).days

    def resumed(self, running: Clock, last: date, since: date, until: date) -> date:
        """The last day of a clock that stood still: as many days are left as there were."""
        stopped = self.stopped_days(running, since, until)
        if running.working:
            return self.calendar.after(last, stopped)
        return self.calendar.next_working(last + timedelta(days=stopped))

    def hold_basis(self, code: str) -> HoldBasis | None:
        return next((one for one in self.holds if one.code == code), None)

    def exemption(self, code: str) -> Exemption | None:
        return next((one for one in self.exemptions if one.code == code), None)


@cache
def load(name: str) -> Region:
    """The profile of this name; raises ``FileNotFoundError`` when there is none."""
    return Region.model_validate(yaml.safe_load((FOLDER / f"{name}.yaml").read_text()))
