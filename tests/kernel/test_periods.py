"""A period that is chosen is the same for citizens and for officers."""

from datetime import date, timedelta

import pytest

from citizen_portal.periods import SPANS, Period, period

TODAY = date(2026, 11, 25)


def test_thirty_days_are_thirty_days_and_end_today() -> None:
    assert period("30-days", today=TODAY) == Period(date(2026, 10, 27), TODAY)
    for when, days in SPANS.items():
        chosen = period(when, today=TODAY)
        assert chosen.first is not None
        assert TODAY - chosen.first == timedelta(days=days - 1)


@pytest.mark.parametrize(
    ("when", "first", "last"),
    [
        ("2026-11", date(2026, 11, 1), date(2026, 11, 30)),
        ("2025-12", date(2025, 12, 1), date(2025, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
    ],
)
def test_a_month_has_its_first_and_its_last_day(when: str, first: date, last: date) -> None:
    assert period(when, today=TODAY) == Period(first, last)


@pytest.mark.parametrize(
    "when", ["", "2026", "2026-13", "9999-12", "30 days", "2026-11-01", "٢٠٢٦-11"]
)
def test_what_is_no_period_has_no_ends(when: str) -> None:
    assert period(when, today=TODAY) == Period()
