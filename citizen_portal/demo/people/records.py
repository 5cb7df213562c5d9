"""What the demo's bodies hold on each person, value by value: the same for the same seed and day.

``records.yaml`` has for each dataset its fields, on which days rows were written, and for each
field what may stand in it. Each row draws from that by a seed of its own.
"""

import random
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

from citizen_portal.demo.body import Records
from citizen_portal.demo.people.citizens import Citizen, Part, datasets, read
from citizen_portal.demo.people.histories import OFFICE_HOURS, ZONE

STEP = timedelta(days=30)


class Dataset(Part):
    """One dataset of a source, as it is written down for everybody whom the body knows."""

    fields: tuple[dict[str, Any], ...]
    times: int = 0
    """So many rows, one every thirty days."""
    days_ago: tuple[int, ...] = ()
    """Or rows from so many days ago."""
    values: dict[str, Any]
    """For each field what stands in it, or a list of what may."""


@cache
def _datasets() -> Mapping[str, Mapping[str, Dataset]]:
    return {
        source: {name: Dataset.model_validate(entry) for name, entry in entries.items()}
        for source, entries in read("records").items()
    }


def records(citizen: Citizen, source: str, *, seed: int, today: date) -> dict[str, Records]:
    """By dataset, newest row first; only of what the source says that it holds on them."""
    held = {one.dataset for one in datasets().get(source, ()) if one.held_on(citizen)}
    return {
        name: Records(
            entry.fields,
            [_row(entry, citizen, name, seed=seed, day=day) for day in _days(entry, today)],
        )
        for name, entry in _datasets().get(source, {}).items()
        if name in held
    }


def _days(entry: Dataset, today: date) -> Iterator[date]:
    yield from (today - timedelta(days=ago) for ago in entry.days_ago)
    yield from (today - timedelta(days=9) - n * STEP for n in range(entry.times))


def _row(entry: Dataset, citizen: Citizen, name: str, *, seed: int, day: date) -> dict[str, Any]:
    draw = random.Random(f"{seed}:{citizen.name}:{name}:{day}")  # noqa: S311  (invented, no secret)
    at = datetime.combine(day, time(draw.choice(OFFICE_HOURS), draw.randint(0, 59)), tzinfo=ZONE)
    facts = {
        "day": day.isoformat(),
        "moment": at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "month": f"{day:%m/%Y}",
        "branch": citizen.branch,
        "born": citizen.born.isoformat(),
        "number": f"{draw.randint(0, 9999):04}",
    }
    drawn = {
        field: draw.choice(told) if isinstance(told, list) else told
        for field, told in entry.values.items()
    }
    return {
        field: told.format(**facts) if isinstance(told, str) else told
        for field, told in drawn.items()
    }
