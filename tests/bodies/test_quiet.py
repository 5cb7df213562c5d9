"""When a source counts as gone quiet: by its own past only."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from citizen_portal.bodies.models import Protocol
from citizen_portal.bodies.queries.quiet import patience, quiet_rule

PUSHED, PULLED = quiet_rule(Protocol.PUSH), quiet_rule(Protocol.FINDUSAGE_2)
FIRST = date(2026, 10, 1)
BEGIN = datetime(2026, 10, 1, tzinfo=UTC)


def weekdays(weeks: int) -> list[date]:
    return [FIRST + timedelta(days=7 * week + day) for week in range(weeks) for day in range(5)]


def round_the_clock(days: int) -> list[datetime]:
    return [BEGIN + timedelta(minutes=10 * n) for n in range(144 * days)]


@given(
    some.lists(some.integers(1, 4), min_size=1, max_size=3),
    some.integers(0, 40),
    some.integers(30, 70),
)
def test_a_sender_that_keeps_its_rhythm_is_never_quiet(
    rhythm: list[int], start: int, span: int
) -> None:
    day, days = FIRST + timedelta(days=start), []
    while (day - FIRST).days < start + span:
        for gap in rhythm:
            days.append(day)
            day += timedelta(days=gap)
    for count in range(1, len(days)):
        allowed = patience(days[:count], PUSHED)
        assert allowed is None or days[count] - days[count - 1] <= allowed


@given(
    some.lists(some.integers(10, 18 * 60), min_size=1, max_size=6),
    some.integers(12, 20),
)
def test_an_answerer_that_keeps_its_rhythm_is_never_quiet(rhythm: list[int], times: int) -> None:
    moments = [BEGIN]
    for gap in rhythm * times:
        moments.append(moments[-1] + timedelta(minutes=gap))
    allowed = patience(moments, PULLED)
    if allowed is not None:
        assert timedelta(minutes=max(rhythm)) <= allowed


@given(some.sets(some.dates(FIRST, FIRST + timedelta(days=90)), max_size=PUSHED.signs - 1))
def test_a_source_without_enough_of_a_past_is_never_quiet(days: set[date]) -> None:
    assert patience(days, PUSHED) is None
    assert patience([datetime.combine(day, BEGIN.time(), UTC) for day in days], PULLED) is None


@pytest.mark.parametrize(
    ("days", "allowed"),
    [
        (weekdays(4), 6),
        ([FIRST + timedelta(days=n) for n in range(28)], 3),
        ([FIRST + timedelta(days=2 * n) for n in range(14)], 4),
        ([FIRST + timedelta(days=n) for n in (*range(5), *range(19, 28))], 3),
    ],
    ids=["weekdays", "each day", "every other day", "once away for two weeks"],
)
def test_a_sender_may_be_silent_for_twice_its_longest_usual_gap(
    days: list[date], allowed: int
) -> None:
    assert patience(days, PUSHED) == timedelta(days=allowed)


def test_one_that_always_answers_may_be_silent_for_some_hours() -> None:
    assert patience(round_the_clock(3), PULLED) == timedelta(hours=6)


def test_one_that_rests_at_night_may_rest_at_night() -> None:
    by_day = [moment for moment in round_the_clock(10) if 8 <= moment.hour < 18]
    assert patience(by_day, PULLED) == 3 * timedelta(hours=14, minutes=10)


def test_what_lies_long_before_the_newest_sign_does_not_count() -> None:
    before = [FIRST - timedelta(days=40 + n) for n in range(20)]
    assert patience([*before, FIRST], PUSHED) is None
