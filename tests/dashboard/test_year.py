"""The calendar: what was seen, what cannot be seen, and what stands out."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citizen_portal.dashboard.queries.year import (
    NARROW,
    WIDE,
    Day,
    Dot,
    Format,
    Steps,
    draw,
    months,
    steps,
)

TODAY = date(2026, 11, 17)
DATES = st.dates(date(2024, 1, 1), date(2030, 12, 31))
DAYS = st.dictionaries(DATES, st.builds(Day, st.integers(1, 500), st.integers(0, 1)), max_size=60)


def test_the_year_is_the_twelve_months_that_end_with_this_one() -> None:
    shown = months({}, seen_from=None, today=TODAY)
    assert [month.first for month in shown][:2] == [date(2025, 12, 1), date(2026, 1, 1)]
    assert shown[-1].first == date(2026, 11, 1)
    assert len(shown) == 12


@pytest.mark.parametrize(
    ("seen_from", "expected"),
    [
        (None, [None, None, None]),
        (date(2026, 10, 12), [None, 12, 1]),
        (date(2020, 1, 1), [1, 1, 1]),
        (date(2026, 11, 30), [None, None, None]),
    ],
)
def test_days_before_each_list_begins_cannot_be_seen(
    seen_from: date | None, expected: list[int | None]
) -> None:
    shown = months({}, seen_from=seen_from, today=TODAY)
    assert [month.seen_from for month in shown[-3:]] == expected


def test_a_month_counts_its_looks() -> None:
    days = {date(2026, 3, 9): Day(2), date(2026, 3, 10): Day(3, 1), date(2020, 3, 10): Day(9)}
    march = months(days, seen_from=None, today=TODAY)[3]
    assert (march.times, march.lifted, list(march.days)) == (5, 1, [9, 10])


@pytest.mark.parametrize(
    ("busiest", "expected"),
    [(30, Steps(1, 3, 10)), (31, Steps(10, 30, 100)), (301, Steps(100, 300, 1000))],
)
def test_dots_get_coarser_when_a_day_is_busy(busiest: int, expected: Steps) -> None:
    shown = months({TODAY: Day(busiest)}, seen_from=TODAY, today=TODAY)
    assert steps(shown) == expected


def test_a_dot_has_four_sizes() -> None:
    scale = Steps(10, 30, 100)
    assert [scale.dot(n) for n in (9, 10, 30, 100)] == [Dot.TINY, Dot.SMALL, Dot.MIDDLE, Dot.FULL]


@pytest.mark.parametrize("form", [WIDE, NARROW])
@given(days=DAYS, seen_from=st.none() | DATES, today=DATES)
def test_each_day_is_drawn_once_and_none_after_today(
    form: Format, days: dict[date, Day], seen_from: date | None, today: date
) -> None:
    shown = months(days, seen_from=seen_from, today=today)
    picture = draw(shown, today=today, form=form)

    squares = sum((block.seen + block.unseen).count("M") for block in picture.blocks)
    assert squares == (today - shown[0].first).days + 1
    known = [(first.first.replace(day=n), day) for first in shown for n, day in first.days.items()]
    assert all(found <= today for found, _ in known)
    dots = [points for block in picture.blocks for _, points in block.dots]
    assert "".join(dots).count("h0") == sum(not day.lifted for _, day in known)
    assert sum(block.gems.count("M") for block in picture.blocks) == sum(
        bool(d.lifted) for _, d in known
    )
    assert [block.today is not None for block in picture.blocks].count(True) == 1


@pytest.mark.parametrize("form", [WIDE, NARROW])
def test_drawings_stay_inside_and_small(form: Format) -> None:
    days = {TODAY - timedelta(days=n): Day(n % 40 + 1, n % 50 == 0) for n in range(360)}
    picture = draw(months(days, seen_from=date(2026, 1, 12), today=TODAY), today=TODAY, form=form)
    text = repr(picture)
    assert len(text) < 40_000
    for block in picture.blocks:
        assert 0 <= block.x < block.right <= form.width + 0.1
        assert block.y < picture.height
