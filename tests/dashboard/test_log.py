"""The list of accesses, narrowed and cut into pages: nothing is lost and nothing is added."""

from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from citizen_portal.access.queries import (
    AccessEvent,
    Actor,
    Explanation,
    WhyNot,
    newest_first,
)
from citizen_portal.dashboard.queries.log import (
    PERSONS,
    Kind,
    Wanted,
    sheet,
    singles,
    wanted_events,
)
from tests.access.register import GIVER, NOON, SOURCE, STRANGER, TAKER, terms, usage

EVENTS = st.lists(
    st.builds(
        lambda number, days, recipient, actor, explained, emergency: AccessEvent(
            id=f"{number:064x}",
            source_id=SOURCE,
            body_id=GIVER,
            recipient_id=recipient,
            usage=usage(occurred=NOON - timedelta(days=days), actor=actor, emergency=emergency),
            day=(NOON - timedelta(days=days)).date(),
            explanation=Explanation(terms()) if explained else Explanation(why_not=WhyNot.NO_RULE),
            proven=True,
        ),
        st.integers(0, 10**6),
        st.integers(0, 40),
        st.sampled_from([None, GIVER, TAKER]),
        st.sampled_from(Actor),
        st.booleans(),
        st.booleans(),
    ),
    max_size=30,
    unique_by=lambda event: event.id,
).map(newest_first)


@given(EVENTS, st.integers(1, 7))
def test_pages_put_together_are_the_list(events: list[AccessEvent], size: int) -> None:
    groups = singles(events)
    shown: list[AccessEvent] = []
    after: str | None = ""
    while after is not None:
        page = sheet(groups, after=after, size=size)
        assert len(page.rows) <= size
        shown += [group.newest for group in page.rows]
        after = page.after
    assert shown == events


@given(EVENTS)
def test_a_page_after_what_is_gone_begins_anew(events: list[AccessEvent]) -> None:
    groups = singles(events)
    assert sheet(groups, after="f" * 64, size=5) == sheet(groups, size=5)


@given(EVENTS, st.sampled_from([GIVER, TAKER, STRANGER]))
def test_a_body_is_met_as_discloser_or_as_recipient(events: list[AccessEvent], body: UUID) -> None:
    kept = wanted_events(events, Wanted(body=body))
    assert kept == [one for one in events if body == GIVER or body == one.recipient_id]


@given(EVENTS)
def test_a_period_holds_both_its_days(events: list[AccessEvent]) -> None:
    since, until = date(2026, 6, 1), date(2026, 6, 10)
    kept = wanted_events(events, Wanted(since=since, until=until))
    assert kept == [one for one in events if since <= one.day <= until]


@given(EVENTS)
def test_narrowing_adds_up(events: list[AccessEvent]) -> None:
    people = wanted_events(events, Wanted(who="person"))
    assert {one.usage.actor for one in people} <= PERSONS
    both = wanted_events(events, Wanted(who="person", kind=Kind.UNEXPLAINED))
    assert both == wanted_events(people, Wanted(kind=Kind.UNEXPLAINED))
    assert all(one.stands_out and not one.explained for one in both)
