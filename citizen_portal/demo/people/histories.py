"""A believable year of looks at each person's data: the same for the same seed and day.

Each look is drawn by a seed of its own (person, activity, month), so that what has happened
stays as it was when the demo is started again on a later day.
"""

import calendar
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from citizen_portal.demo.people import citizens
from citizen_portal.demo.people.citizens import Activity, Citizen, Habit

ZONE = ZoneInfo("Europe/London")
YEAR = 365
OFFICE_HOURS = range(9, 17)
NIGHT = range(1, 5)


@dataclass(frozen=True, slots=True)
class Look:
    """One look at one person's data."""

    at: datetime
    activity: Activity


def year_of(citizen: Citizen, *, seed: int, now: datetime) -> list[Look]:
    """What bodies did with a person's data in the year before ``now``, newest first."""
    since = now - timedelta(days=YEAR)
    looks = [look for habit in citizen.habits for look in _of_habit(citizen, habit, seed, now)]
    kept = [look for look in looks if since <= look.at <= now]
    return sorted(kept, key=lambda look: (look.at, look.activity.id), reverse=True)


def rows(
    looks: Iterable[Look], citizen: Citizen, *, codes: dict[str, str], names: dict[str, str]
) -> list[dict[str, Any]]:
    """The looks as a body's answer has them (docs/connect.md)."""
    return [_row(look, citizen, codes, names) for look in looks]


def holdings(citizen: Citizen, source: str, *, seed: int, today: date) -> list[dict[str, Any]]:
    """What a source says that it holds on a person; no values."""
    return [
        {
            "dataset": held.dataset,
            "name": held.name.words(),
            "categories": list(held.categories),
            "since": _since(citizen, source, held, seed, today).isoformat(),
            "retention": held.retention,
            "controller": held.controller,
            "processor": held.processor,
            "obtained_from": held.obtained_from.words() if held.obtained_from else None,
        }
        for held in citizens.datasets().get(source, ())
        if held.held_on(citizen)
    ]


def _of_habit(citizen: Citizen, habit: Habit, seed: int, now: datetime) -> Iterator[Look]:
    activity = citizens.activities()[habit.activity]
    for day, times in _days(citizen, habit, seed, now.astimezone(ZONE).date()):
        draw = _draw(seed, citizen.name, activity.id, day.isoformat())
        for _ in range(times):
            yield Look(_moment(day, activity, habit, draw), activity)


def _days(citizen: Citizen, habit: Habit, seed: int, today: date) -> Iterator[tuple[date, int]]:
    """The days on which it happened, and how many times."""
    for ago in habit.days_ago:
        yield today - timedelta(days=ago), 1
    for first in _months(today):
        last = calendar.monthrange(first.year, first.month)[1]
        if habit.monthly:
            yield first.replace(day=min(habit.monthly, last)), 1
        draw = _draw(seed, citizen.name, habit.activity, f"{first:%Y-%m}")
        for _ in range(int(habit.often + draw.random()) if habit.often else 0):
            yield first.replace(day=draw.randint(1, last)), 1
        if habit.working_days:
            days = (first.replace(day=each) for each in range(1, last + 1))
            yield from ((day, habit.working_days) for day in days if day.weekday() < 5)


def _months(today: date) -> Iterator[date]:
    """The first day of each month that the last year touches."""
    month = today.replace(day=1)
    for _ in range(13):
        yield month
        month = (month - timedelta(days=1)).replace(day=1)


def _moment(day: date, activity: Activity, habit: Habit, draw: random.Random) -> datetime:
    """People look by day, machines by night, unless the activity has an hour of its own."""
    usual = OFFICE_HOURS if activity.actor == "person" else NIGHT
    hour = habit.hour or activity.hour or draw.choice(usual)
    at = time(hour, draw.randint(0, 59), draw.randint(0, 59))
    return datetime.combine(day, at, tzinfo=ZONE).astimezone(UTC)


def _row(
    look: Look, citizen: Citizen, codes: dict[str, str], names: dict[str, str]
) -> dict[str, Any]:
    activity = look.activity
    row: dict[str, Any] = {
        "logtime": look.at.isoformat().replace("+00:00", "Z"),
        "action": activity.action,
        "receiverCode": codes[activity.receiver],
        "receiverName": f"{names[activity.receiver]}, {citizen.branch}",
        "receiverSystem": activity.system,
        "categories": list(activity.categories),
        "actorKind": activity.actor,
        "trigger": activity.trigger,
        "outcome": activity.outcome,
        "emergency": activity.emergency,
    }
    if activity.cites is True:
        row["agreement"] = activity.agreement
    if activity.processor:
        row["processorName"] = names[activity.processor]
    return row


def _since(citizen: Citizen, source: str, held: citizens.Dataset, seed: int, today: date) -> date:
    draw = _draw(seed, citizen.name, source, held.dataset)
    grown_up = citizen.born + timedelta(days=round(18 * 365.25))
    earliest = max(grown_up, today - timedelta(days=held.years * 365))
    days = max((today - earliest).days // 2, 1)
    return earliest + timedelta(days=draw.randrange(days))


def _draw(seed: int, *parts: str) -> random.Random:
    return random.Random(f"{seed}:{':'.join(parts)}")  # noqa: S311  (an invented history, not a secret)
