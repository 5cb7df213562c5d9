"""What lifts an access out of the routine: each rule by itself, and in whatever parts they come."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from citizen_portal.access.queries import AccessEvent, Actor, Explanation, Pattern, Usage
from citizen_portal.access.queries.attention import (
    BITS,
    EMERGENCY,
    UNEXPLAINED,
    History,
    bits,
    patterns_of,
    review,
    rules,
)
from citizen_portal.dashboard.views.wording import FACTS, REASONS

ZONE = ZoneInfo("Europe/London")
NOON = datetime(2026, 6, 30, 12, tzinfo=ZONE)
TODAY = NOON.date()
SOURCE, BODY = uuid4(), uuid4()


def event(days_ago: float, by: str = "R1", name: str | None = None, **given: Any) -> AccessEvent:
    own = given.pop("own", False)
    usage = Usage(
        occurred=NOON - timedelta(days=days_ago),
        action="look",
        receiver_code=by,
        receiver_name=None,
        system="core",
        **given,
    )
    recipient: UUID | None = BODY if own else None
    day = usage.occurred.astimezone(ZONE).date()
    name = name or f"{days_ago}-{by}"
    return AccessEvent(name, SOURCE, BODY, recipient, usage, day, Explanation(), proven=True)


def found(events: Sequence[AccessEvent], today: date = TODAY) -> dict[str, set[str]]:
    said = review(events, History(), today=today)
    return {name: {pattern.value for pattern in patterns} for name, patterns in said.items()}


def test_a_body_that_gets_data_for_the_first_time() -> None:
    routine = [event(n) for n in (80, 60, 40, 20)]
    assert found([*routine, event(5, "NEW"), event(4, "NEW")]) == {"5-NEW": {"new_body"}}


def test_nothing_is_new_before_a_source_was_seen_for_a_month() -> None:
    assert found([event(29), event(5, "NEW")]) == {}
    assert found([event(36), event(5, "NEW")]) == {"5-NEW": {"new_body"}}


def test_a_look_into_its_own_records_is_no_new_body() -> None:
    assert found([event(60), event(5, "OWN", own=True)]) == {}


def test_what_was_new_long_ago_is_so_no_more() -> None:
    events = [event(200), event(89, "A"), event(91, "B")]
    assert found(events) == {"89-A": {"new_body"}}


def test_a_kind_of_data_for_the_first_time() -> None:
    usual = [event(n, categories=("Name",)) for n in (20, 15, 10)]
    new = event(5, categories=("Name", "Income"))
    assert found([*usual, new]) == {"5-R1": {"new_category"}}
    assert found([*usual[:2], new]) == {}
    assert (
        found([*(one._replace(usage=one.usage._replace(categories=())) for one in usual), new])
        == {}
    )


def test_far_more_in_one_day_than_on_other_days() -> None:
    usual = [event(n + 0.01 * m, name=f"{n}-{m}") for n in range(20, 10, -1) for m in range(3)]
    many = [event(1 - 0.01 * m, name=f"many-{m}") for m in range(12)]
    assert set(found([*usual, *many])) == {"many-9", "many-10", "many-11"}
    busy = [event(n + 0.01 * m, name=f"{n}-{m}") for n in (20, 19) for m in range(5)]
    assert found([*busy, *many]) == {}


def test_one_person_who_looks_again_and_again() -> None:
    person = {"actor": Actor.PERSON, "actor_handle": "u-1"}
    looks = [event(n, name=f"p{n}", **person) for n in (50, 19, 10, 1)]
    assert found(looks) == {"p1": {"repeated_actor"}}
    machine = [event(n, actor=Actor.MACHINE, actor_handle="m-1") for n in (3, 2, 1)]
    assert found(machine) == {}
    several = [event(n, actor=Actor.PERSON, actor_handle=f"u-{n}") for n in (3, 2, 1)]
    assert found(several) == {}


def test_the_order_in_which_they_are_given_changes_nothing() -> None:
    events = [event(n, by) for n in (80, 60, 40, 20, 5, 4, 3) for by in ("R1", "R2")]
    events.append(event(2, "NEW"))
    assert found(events) == found(events[::-1]) == {"2-NEW": {"new_body"}}


@given(cut=st.integers(0, 30), ago=st.lists(st.integers(1, 120), max_size=30, unique=True))
def test_reviewed_in_two_parts_they_stand_out_alike(cut: int, ago: list[int]) -> None:
    events = [
        event(n, f"R{n % 4}", actor=Actor.PERSON, actor_handle=f"u{n % 3}")
        for n in sorted(ago, reverse=True)
    ]
    history = History()
    parts = {
        **review(events[:cut], history, today=TODAY),
        **review(events[cut:], history, today=TODAY),
    }
    assert parts == review(events, History(), today=TODAY)


def test_why_is_kept_as_one_number_and_read_back() -> None:
    one = event(5, emergency=True)
    kept = bits(one, [Pattern.BURST, Pattern.NEW_BODY])
    assert kept & UNEXPLAINED
    assert kept & EMERGENCY
    assert patterns_of(kept, day=TODAY, today=TODAY) == {Pattern.BURST, Pattern.NEW_BODY}
    assert patterns_of(kept, day=TODAY - timedelta(days=400), today=TODAY) == frozenset()
    assert len({UNEXPLAINED, EMERGENCY, *BITS.values()}) == 2 + len(Pattern)


def test_each_pattern_has_a_rule_and_words_for_it(app: Flask) -> None:
    assert set(FACTS) == set(REASONS) == set(Pattern)
    for pattern in Pattern:
        assert getattr(rules(), pattern.value).for_days > 0
    with app.test_request_context():
        assert all(words() for said in (FACTS, REASONS) for words in said.values())
