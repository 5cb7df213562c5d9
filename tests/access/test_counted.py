"""What is counted of one citizen is bounded, however many kinds of accesses bodies make up."""

from collections.abc import Callable
from datetime import UTC, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from citizen_portal.access.actions import reviewing
from citizen_portal.access.queries import counted, stored
from citizen_portal.access.queries.matching import Explainer
from citizen_portal.agreements.queries import register_terms
from citizen_portal.bodies.queries import directory
from citizen_portal.identity.models import Citizen
from tests.access.pushing import NOW, Pushing, row, stamp
from tests.access.test_reviewing import work
from tests.agreements.files import statements
from tests.pages import Page

MOST = 5
KINDS = 23


@pytest.fixture
def pushing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Pushing:
    monkeypatch.setattr(counted, "MOST_KINDS", MOST)
    return Pushing(app, "clinic", "council")


def send(pushing: Pushing, subject: str, codes: range, times: int = 1) -> None:
    rows = [
        row(
            subject,
            f"{code}-{n}",
            receiver_code=f"C{code}",
            occurred=stamp(NOW - timedelta(days=1 + code)),
        )
        for code in codes
        for n in range(times)
    ]
    assert pushing.send(*rows).status_code == 200
    work(pushing.app, "access.review")


@pytest.mark.both
def test_the_page_tells_some_apart_and_counts_all(
    app: Flask, pushing: Pushing, signed_in: Callable[[Citizen], FlaskClient]
) -> None:
    me, mine = pushing.person()
    send(pushing, mine["clinic"], range(2), times=3)
    send(pushing, mine["clinic"], range(2, KINDS))
    browser = signed_in(me)

    page = Page.get(browser, "/my")

    looks = KINDS + 4
    assert f"It happened {looks} times." in page.main
    assert f"{looks} times are not explained." in page.main
    assert f"We know of {looks} looks." in page.main
    assert f"by 1, to {KINDS}" in page.main
    assert f"The table leaves out {KINDS - MOST} rows with few times." in page.main
    assert [int(cells[-1]) for cells in page.table("shared")] == [3, 3, 1, 1, 1]
    engine = app.extensions["sessions"].engine
    counts = []
    for more in (range(100, 101), range(200, 240)):
        send(pushing, mine["clinic"], more)
        with statements(engine) as seen:
            Page.get(browser, "/my")
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 13


def test_a_review_looks_back_on_those_alone_whom_it_is_about(
    pushing: Pushing, monkeypatch: pytest.MonkeyPatch
) -> None:
    me, mine = pushing.person()
    send(pushing, mine["clinic"], range(KINDS), times=2)
    again = row(mine["clinic"], "again", receiver_code="C3")
    assert pushing.send(again, row(mine["clinic"], "new", receiver_code="D")).status_code == 200
    with pushing.app.extensions["sessions"].reading() as session:
        explainer = Explainer(directory(session), register_terms(session), UTC)
        events = stored.unreviewed(
            session, me.id, explainer=explainer, today=NOW.date(), most=reviewing.AT_ONCE
        )
        known = counted.history(session, me.id, events, days=30)
        monkeypatch.setattr(counted, "MOST_KNOWN", 0)
        bounded = counted.history(session, me.id, events, days=30)

    ((source_id, told),) = known.items()
    assert told.begins == bounded[source_id].begins == (NOW - timedelta(days=KINDS)).date()
    assert {code: one.times for code, one in told.receivers.items()} == {"C3": 2}
    assert not bounded[source_id].receivers
