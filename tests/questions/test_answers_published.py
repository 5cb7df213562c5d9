"""What is told of exact numbers: none below 10, and none that could be worked out."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date

import pytest

from citizen_portal.counts import bounds, rounded
from citizen_portal.questions.actions.counting import published, timely, within
from citizen_portal.questions.models.counts import (
    AnswerCount,
    following,
    preceding,
    quarter_of,
)
from citizen_portal.questions.queries.answers import Tally
from citizen_portal.questions.words.answers import share

MOST = 17
"""Up to it the numbers that are told as 10 and as 15 are met whole."""
World = tuple[int, int, int, int, int]
"""Three outcomes, those in time, those that were late."""
Told = tuple[int | None, ...]


def test_bounds_are_those_of_what_is_told() -> None:
    for count in range(300):
        low, high = bounds(rounded(count))
        assert low <= count <= high
    assert {rounded(count) for count in range(*bounds(15))} == {15}


@pytest.mark.parametrize(
    ("day", "first", "after", "before"),
    [
        (date(2026, 1, 1), date(2026, 1, 1), date(2026, 4, 1), date(2025, 10, 1)),
        (date(2026, 9, 30), date(2026, 7, 1), date(2026, 10, 1), date(2026, 4, 1)),
        (date(2027, 12, 31), date(2027, 10, 1), date(2028, 1, 1), date(2027, 7, 1)),
    ],
)
def test_quarters(day: date, first: date, after: date, before: date) -> None:
    assert quarter_of(day) == first
    assert (following(first), preceding(first)) == (after, before)


def test_days_within_which_so_many_were_answered() -> None:
    days = Counter({1: 5, 2: 1, 8: 3, 40: 1})
    assert (within(days, 50), within(days, 90), within(days, 100)) == (1, 8, 40)


def worlds(third: int) -> Iterator[World]:
    for one in range(MOST + 1):
        for two in range(one + 1):
            for three in range(third + 1):
                whole = one + two + three
                for in_time in range(whole + 1):
                    yield one, two, three, in_time, whole - in_time


@pytest.mark.parametrize("third", [0, 9], ids=["who knows of no third", "who knows nothing more"])
def test_no_small_number_is_pinned_by_what_is_told_beside_it(third: int) -> None:
    """Each exact table there can be, sorted by what is told of it: whoever reads that can tell
    those under it apart no further, and each number below 10 has more than one value there."""
    alike: dict[Told, list[World]] = defaultdict(list)
    for world in worlds(third):
        cells = [rounded(count) for count in world[:3]]
        enough = sum(world[:3]) >= 10
        alike[(*cells, *timely(world[:3], *world[3:]), enough)].append(world)
    for told, those in alike.items():
        for place in range(5):
            if told[place] is None and (place != 2 or third):
                assert len({world[place] for world in those}) > 1, (told, those)
    assert any(told[3] is None and told[0] == told[1] == 15 for told in alike)
    assert any(told[3] == 15 and told[4] is None for told in alike)


@pytest.mark.parametrize(
    ("in_time", "late", "expected"),
    [
        (None, None, None),
        (10, None, (50, 100)),
        (95, None, (90, 100)),
        (None, 20, (0, 35)),
        (30, 10, (75, 75)),
        (5000, 10, (95, 95)),
        (10, 5000, (5, 5)),
    ],
)
def test_a_share_is_told_from_rounded_numbers_alone(
    in_time: int | None, late: int | None, expected: tuple[int, int] | None
) -> None:
    nothing = published(Tally())
    row = AnswerCount(
        organisation_id=None,  # type: ignore[arg-type]
        quarter=date(2026, 7, 1),
        counted_on=date(2026, 10, 8),
        **nothing | {"in_time": in_time, "late": late},
    )
    assert share(row) == expected
    assert row.tells is (expected is not None)
    if in_time and not late and expected:
        assert all(
            100 * exact / (exact + other) >= expected[0]
            for exact in range(bounds(in_time)[0], in_time + 3)
            for other in range(10)
        )


def test_from_ten_answers_days_are_told() -> None:
    assert published(Tally(days=Counter({3: 9})))["median_days"] is None
    assert published(Tally(days=Counter({3: 9, 7: 1})))["p90_days"] == 3
