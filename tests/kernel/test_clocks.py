"""The clocks that the law gives, held against an oracle that walks day by day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citizen_portal import region
from citizen_portal.region import Clock

UK = region.load("uk")
ONE = timedelta(days=1)
DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))
RUNNING = st.builds(
    lambda count, unit: Clock(period=f"P{count}{unit}", source="-"),
    st.integers(1, 40),
    st.sampled_from("MWD"),
)
WORKING = st.builds(
    lambda count: Clock(period=f"P{count}D", working=True, source="-"), st.integers(1, 40)
)
EITHER = st.one_of(RUNNING, WORKING)


def walked(running: Clock, start: date) -> date:
    """Day by day, as one crosses them off on a wall."""
    day, count = start, int(running.period[1:-1])
    if running.period.endswith("M"):
        for _ in range(count):
            day = next_of(day.replace(day=1))
        while day.day < start.day and (day + ONE).month == day.month:
            day += ONE
    else:
        left = count * (7 if running.period.endswith("W") else 1)
        while left:
            day += ONE
            left -= not running.working or works(day)
    while not works(day):
        day += ONE
    return day


def stood(running: Clock, last: date, since: date, until: date) -> date:
    """The days still to be used are counted, and used from the day of the answer on."""
    left, day = 0, since
    while day <= last:
        left += not running.working or works(day)
        day += ONE
    day = until - ONE
    while left:
        day += ONE
        left -= not running.working or works(day)
    while not works(day):
        day += ONE
    return day


def next_of(first: date) -> date:
    day = first
    while day.month == first.month:
        day += ONE
    return day


def works(day: date) -> bool:
    holidays = {one for one in UK.calendar.listed if one.year == day.year}
    return day.strftime("%a") not in ("Sat", "Sun") and day not in (
        holidays or UK.calendar.by_rule(day.year)
    )


@given(EITHER, DAYS, st.lists(st.tuples(st.integers(0, 30), st.integers(0, 40)), max_size=3))
def test_a_last_day_is_that_of_the_oracle(
    running: Clock, start: date, stops: list[tuple[int, int]]
) -> None:
    """Each stop: so many days after the one before it, and for so many days."""
    last, expected, day = UK.last_day(running, start), walked(running, start), start
    assert last == expected
    for before, long in stops:
        since = min(day + before * ONE, last)
        day = since + long * ONE
        last = UK.resumed(running, last, since, day)
        expected = stood(running, expected, since, day)
        assert last == expected
        assert last >= day


@given(EITHER, DAYS, st.integers(0, 60))
def test_nothing_ends_on_a_day_off_nor_before_it_began(
    running: Clock, start: date, stopped: int
) -> None:
    last = UK.last_day(running, start, stopped=stopped)
    assert UK.working(last)
    assert last > start
    assert last >= UK.last_day(running, start)
    assert UK.last_day(running, start + ONE, stopped=stopped) >= last


@pytest.mark.parametrize(
    ("zone", "moment", "day"),
    [
        ("Europe/London", datetime(2026, 1, 31, 23, 59, tzinfo=UTC), date(2026, 1, 31)),
        ("Europe/London", datetime(2026, 3, 29, 0, 59, tzinfo=UTC), date(2026, 3, 29)),
        ("Europe/London", datetime(2026, 7, 31, 23, 0, tzinfo=UTC), date(2026, 8, 1)),
        ("Europe/London", datetime(2026, 10, 25, 22, 59, tzinfo=UTC), date(2026, 10, 25)),
        ("Pacific/Auckland", datetime(2026, 1, 31, 11, 0, tzinfo=UTC), date(2026, 2, 1)),
        ("America/St_Johns", datetime(2026, 1, 1, 3, 29, tzinfo=UTC), date(2025, 12, 31)),
    ],
)
def test_the_day_of_receipt_is_that_on_the_wall(zone: str, moment: datetime, day: date) -> None:
    there = region.load("uk").model_copy(update={"timezone": zone})
    there.__dict__.pop("zone", None)
    assert there.day(moment) == day


@pytest.mark.parametrize(
    ("name", "start", "last"),
    [
        # As the Information Commissioner's guidance counts.
        ("rights_request", date(2025, 9, 3), date(2025, 10, 3)),
        ("rights_request", date(2025, 3, 31), date(2025, 4, 30)),
        ("rights_request", date(2024, 1, 31), date(2024, 2, 29)),
        ("rights_request", date(2025, 1, 31), date(2025, 2, 28)),
        ("rights_request", date(2025, 11, 25), date(2025, 12, 29)),  # Christmas to Sunday
        ("rights_request", date(2023, 4, 8), date(2023, 5, 9)),  # the Coronation
        ("rights_request", date(2029, 11, 25), date(2029, 12, 27)),  # by rule: not listed
        ("rights_extended", date(2025, 11, 30), date(2026, 3, 2)),
        ("complaint_acknowledged", date(2026, 6, 19), date(2026, 7, 20)),
        ("complaint_acknowledged", date(2026, 7, 2), date(2026, 8, 3)),
        ("question_why", date(2026, 3, 30), date(2026, 4, 29)),
        ("question_why", date(2026, 3, 28), date(2026, 4, 28)),
    ],
)
def test_days_of_the_law(name: str, start: date, last: date) -> None:
    assert UK.last_day(getattr(UK.clocks, name), start) == last


@pytest.mark.parametrize("year", sorted({day.year for day in UK.calendar.listed}))
def test_the_rules_give_the_list_but_for_days_proclaimed_once(year: int) -> None:
    proclaimed = {date(2023, 5, 8)}
    listed = {day for day in UK.calendar.listed if day.year == year}
    assert listed - proclaimed == UK.calendar.by_rule(year)


@pytest.mark.parametrize(
    ("year", "days"),
    [
        (2011, {date(2011, 1, 3), date(2011, 12, 26), date(2011, 12, 27)}),
        (2021, {date(2021, 1, 1), date(2021, 12, 27), date(2021, 12, 28)}),
        (2022, {date(2022, 1, 3), date(2022, 4, 15), date(2022, 12, 26), date(2022, 12, 27)}),
        (2038, {date(2038, 4, 23), date(2038, 4, 26), date(2038, 12, 27), date(2038, 12, 28)}),
    ],
)
def test_days_that_fall_on_a_weekend_are_kept_after_it(year: int, days: set[date]) -> None:
    assert days <= UK.calendar.holidays(year)
    assert len(UK.calendar.holidays(year)) == 8


def test_each_clock_names_where_it_comes_from() -> None:
    for name, running in UK.clocks:
        assert running.source, name
        assert not running.working or running.period.endswith("D"), name
