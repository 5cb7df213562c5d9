"""What lifts an access out of the routine, and why. The rules are data: ``data/attention.yaml``.

Pure: the same accesses and the same history give the same reasons, in whatever parts they come.
"""

from bisect import bisect_left, bisect_right, insort
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID

import yaml
from pydantic import BaseModel, ConfigDict, Field

from citizen_portal.access.models import Actor
from citizen_portal.access.queries.facts import AccessEvent, Pattern

FILE = Path(__file__).parents[2] / "data" / "attention.yaml"


class Rule(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Always(Rule):
    """Holds for each access of its kind, however old."""


class NewBody(Rule):
    seen_for_days: int = Field(ge=0)
    for_days: int = Field(gt=0)


class NewCategory(Rule):
    earlier_looks: int = Field(ge=1)
    for_days: int = Field(gt=0)


class Burst(Rule):
    times: int = Field(ge=2)
    factor: int = Field(ge=1)
    for_days: int = Field(gt=0)


class RepeatedActor(Rule):
    times: int = Field(ge=2)
    within_days: int = Field(gt=0)
    for_days: int = Field(gt=0)


class Rules(Rule):
    unexplained: Always
    emergency: Always
    new_body: NewBody
    new_category: NewCategory
    burst: Burst
    repeated_actor: RepeatedActor

    def still(self, pattern: Pattern, day: date, today: date) -> bool:
        """Whether an access of that day still stands out by this pattern."""
        span = timedelta(days=getattr(self, pattern.value).for_days)
        return day > today - span


@cache
def rules() -> Rules:
    return Rules.model_validate(yaml.safe_load(FILE.read_text("utf-8")))


@dataclass(slots=True)
class Receiver:
    """What is known of the accesses of one receiver at one source."""

    first: date
    times: int = 0
    kinds: set[str] = field(default_factory=set)
    """Which categories it got by now."""
    days: Counter[date] = field(default_factory=Counter)

    def add(self, day: date, categories: Iterable[str], times: int) -> None:
        self.first = min(day, self.first)
        self.times += times
        self.kinds.update(categories)
        self.days[day] += times


@dataclass(slots=True)
class Told:
    """What is known of the accesses of one source."""

    begins: date | None = None
    """Its first day."""
    receivers: dict[str, Receiver] = field(default_factory=dict)
    """By their codes."""
    people: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    """When each person looked, in order: by actor handle."""

    def add(self, code: str, day: date, categories: Iterable[str], times: int = 1) -> None:
        if self.begins is None or day < self.begins:
            self.begins = day
        receiver = self.receivers.get(code)
        if receiver is None:
            receiver = self.receivers[code] = Receiver(day)
        receiver.add(day, categories, times)


class History(defaultdict[UUID, Told]):
    """What is known of a citizen's accesses before the ones that are looked at, by source."""

    def __init__(self) -> None:
        super().__init__(Told)


def review(
    events: Iterable[AccessEvent], history: History, *, today: date, given: Rules | None = None
) -> Mapping[str, frozenset[Pattern]]:
    """The patterns of each access that has any, by its id. Adds the accesses to the history."""
    asked = given or rules()
    found: dict[str, frozenset[Pattern]] = {}
    for event in sorted(events, key=lambda one: (one.usage.occurred, one.id)):
        told, usage = history[event.source_id], event.usage
        receiver = told.receivers.get(usage.receiver_code)
        patterns = [
            pattern
            for pattern, holds in HOLDS.items()
            if holds(event, told, receiver, asked) and asked.still(pattern, event.day, today)
        ]
        if patterns:
            found[event.id] = frozenset(patterns)
        told.add(usage.receiver_code, event.day, usage.categories)
        if usage.actor_handle and usage.actor is Actor.PERSON:
            insort(told.people[usage.actor_handle], usage.occurred)
    return found


def _new_body(event: AccessEvent, told: Told, receiver: Receiver | None, asked: Rules) -> bool:
    if told.begins is None or event.own_use:
        return False
    seen_long = (event.day - told.begins).days >= asked.new_body.seen_for_days
    return seen_long and (receiver is None or receiver.first > event.day)


def _new_category(event: AccessEvent, _: Told, receiver: Receiver | None, asked: Rules) -> bool:
    if receiver is None or receiver.times < asked.new_category.earlier_looks:
        return False
    return bool(receiver.kinds) and not receiver.kinds.issuperset(event.usage.categories)


def _burst(event: AccessEvent, _: Told, receiver: Receiver | None, asked: Rules) -> bool:
    """The one that makes it so many, and those after it on the same day; not on the first day."""
    if receiver is None:
        return False
    today = receiver.days[event.day] + 1
    if today < asked.burst.times:
        return False
    busiest = max((times for day, times in receiver.days.items() if day < event.day), default=0)
    return bool(busiest) and today >= busiest * asked.burst.factor


def _repeated_actor(event: AccessEvent, told: Told, _: Receiver | None, asked: Rules) -> bool:
    handle = event.usage.actor_handle
    if handle is None or event.usage.actor is not Actor.PERSON:
        return False
    since = event.usage.occurred - timedelta(days=asked.repeated_actor.within_days)
    looks = told.people.get(handle, ())
    earlier = bisect_right(looks, event.usage.occurred) - bisect_left(looks, since)
    return earlier + 1 >= asked.repeated_actor.times


HOLDS = {
    Pattern.NEW_BODY: _new_body,
    Pattern.NEW_CATEGORY: _new_category,
    Pattern.BURST: _burst,
    Pattern.REPEATED_ACTOR: _repeated_actor,
}


BITS: Mapping[Pattern, int] = {pattern: 4 << at for at, pattern in enumerate(Pattern)}
UNEXPLAINED, EMERGENCY = 1, 2


def bits(event: AccessEvent, patterns: Iterable[Pattern]) -> int:
    """Why an access stands out, as one number to keep; 0 for the routine."""
    own = UNEXPLAINED * (not event.explained) + EMERGENCY * event.usage.emergency
    return own + sum(BITS[pattern] for pattern in patterns)


def patterns_of(kept: int | None, *, day: date, today: date) -> frozenset[Pattern]:
    """The patterns in such a number that still lift an access of that day."""
    return frozenset(
        pattern
        for pattern, bit in BITS.items()
        if (kept or 0) & bit and rules().still(pattern, day, today)
    )
