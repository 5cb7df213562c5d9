"""How long the portal keeps what a source sends: durations counted by the calendar."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from citizen_portal.agreements.schemas.entries import SourceEntry
from citizen_portal.bodies.models.retention import before, length


@pytest.mark.parametrize(
    ("duration", "day", "earlier"),
    [
        ("P3Y", date(2026, 11, 25), date(2023, 11, 25)),
        ("P3Y", date(2028, 2, 29), date(2025, 2, 28)),
        ("P3Y", date(2027, 2, 28), date(2024, 2, 28)),
        ("P1M", date(2026, 3, 31), date(2026, 2, 28)),
        ("P13M", date(2026, 1, 31), date(2024, 12, 31)),
        ("P1Y2M1W3D", date(2026, 11, 25), date(2025, 9, 15)),
        ("P1999Y", date(2026, 11, 25), date(1900, 1, 1)),
        ("P99999999D", date(2026, 11, 25), date(1900, 1, 1)),
        ("P999Y9999M9999W99999D", date(2026, 11, 25), date(1900, 1, 1)),
        ("P0D", date(2026, 11, 25), date(2026, 11, 25)),
    ],
)
def test_durations_are_counted_by_the_calendar(duration: str, day: date, earlier: date) -> None:
    assert before(duration, day) == earlier


def test_a_class_of_its_own_goes_before_the_others() -> None:
    said = {"default": "P1Y", "machine": "P3M"}
    assert [length(said, actor) for actor in ("machine", "person", "default")] == [
        "P3M",
        "P1Y",
        "P1Y",
    ]
    assert length({}) == length({"bulk": "P1D"}, "person") == "P3Y"


@pytest.mark.parametrize("duration", ["P101Y", "P1201M", "P9999W", "P99999D", "P99Y99M"])
def test_what_is_longer_than_a_hundred_years_is_refused_at_entry(duration: str) -> None:
    said: dict[str, Any] = {
        "slug": "log",
        "organisation": "clinic",
        "name": {"en": "Log"},
        "description": {"en": "Log"},
        "protocol": "push",
    }
    SourceEntry.model_validate({**said, "retention": {"default": "P100Y", "bulk": "P1200M"}})
    with pytest.raises(ValidationError, match="must not be longer than P100Y"):
        SourceEntry.model_validate({**said, "retention": {"bulk": duration}})


def test_what_is_no_duration_is_refused() -> None:
    with pytest.raises(ValueError, match="not a duration"):
        before("three years", date(2026, 1, 1))
