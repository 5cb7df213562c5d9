"""Pages of what bodies sent: beside what they told, in windows, in numbers, and by itself."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from citizen_portal.access.queries.stored import MOST_LIFTED, WINDOW
from citizen_portal.identity.models import Citizen
from tests.access.pushing import NOW, Pushing, row, stamp
from tests.access.test_reviewing import work
from tests.agreements.files import statements
from tests.pages import Page, turned

Browsers = Callable[[Citizen], FlaskClient]


class Sent:
    """One citizen, whose clinic sends."""

    def __init__(self, app: Flask, signed_in: Browsers) -> None:
        self.app, self.pushing = app, Pushing(app, "clinic", "council")
        self.me, ids = self.pushing.person()
        self.subject = ids["clinic"]
        self.browser = signed_in(self.me)

    def send(self, count: int = 1, *, every: float = 1.0, **given: Any) -> None:
        events = [
            row(
                self.subject,
                uuid4().hex,
                occurred=stamp(NOW - timedelta(hours=2, days=n * every)),
                **given,
            )
            for n in range(count)
        ]
        assert self.pushing.send(*events).status_code == 200
        work(self.app, "access.review")

    def page(self, address: str = "/my/access", status: int = 200) -> Page:
        return Page.get(self.browser, address, status=status)


@pytest.fixture
def sent(app: Flask, signed_in: Browsers) -> Sent:
    return Sent(app, signed_in)


def test_what_was_sent_is_on_each_page_at_once(sent: Sent) -> None:
    event = row(sent.subject, categories=["Name"], actor_kind="person", agreement="DSA-0042")
    assert sent.pushing.send(event).status_code == 200

    address = next(one for one in sent.page().links("list") if one.startswith("/my/access/"))
    entry = sent.page(address)

    assert len(address) == len("/my/access/") + 32
    assert "It cites DSA-0042, which is not on the register." in entry.main
    assert "We keep this for you" in entry.main
    work(sent.app, "access.review")
    assert "We know of 1 look" in sent.page().main
    assert "1 look is not explained" in sent.page("/my").main


def test_nobody_else_sees_it_and_no_other_id_leads_to_it(sent: Sent, signed_in: Browsers) -> None:
    sent.send()
    (event,) = sent.pushing.kept(sent.me)
    other, _ = sent.pushing.person()
    browser = signed_in(other)

    assert sent.page(f"/my/access/{event.id.hex}").response.status_code == 200
    assert Page.get(browser, f"/my/access/{event.id.hex}", status=404)
    assert event.action not in Page.get(browser, "/my/access").main
    assert sent.page(f"/my/access/{'0' * 32}", status=404)


def test_a_long_history_is_read_window_by_window(sent: Sent) -> None:
    count = WINDOW * 2 + 7
    sent.send(count, every=0.01)

    forth = list(turned(sent.browser, "/my/access", "next"))
    back = list(turned(sent.browser, forth[-1].address, "prev"))

    seen = [one for page in forth for one in page.entries]
    assert len(seen) == len(set(seen)) == count
    assert [page.entries for page in back] == [page.entries for page in reversed(forth)]
    assert f"We know of {count} looks" in sent.page().main


def test_what_is_not_explained_is_counted_beyond_what_is_listed(sent: Sent) -> None:
    sent.send(MOST_LIFTED + 10, every=0.01)
    page = sent.page("/my")
    assert f"{MOST_LIFTED + 10} looks are not explained" in page.main


def test_the_calendar_counts_more_than_one_window(sent: Sent) -> None:
    sent.send(WINDOW + 50, every=0.05)
    table = sent.page().table("year")
    assert sum(int(cells[1]) for cells in table if cells[1] != "?") == WINDOW + 50
    assert sent.page().soup.find(string="The same days, body by body") is None


def test_of_several_bodies_the_table_has_the_days_of_each(sent: Sent) -> None:
    sent.send(3)
    council = sent.pushing.pairwise(sent.me.id, "council")
    sent.pushing.send(*(row(council, str(n), source="council-log") for n in range(2)), by="council")
    work(sent.app, "access.review")

    (table,) = (
        one
        for one in sent.page().section("year").select("table")
        if one.caption and one.caption.text == "Looks by body and month"
    )
    counts = [int(cells.select("td")[1].text) for cells in table.select("tbody tr")]
    assert sum(counts) == 5
    assert len({cells.select("th")[0].text for cells in table.select("tbody tr")}) == 2


def test_a_rare_kind_is_looked_for_further_and_further_back(sent: Sent) -> None:
    sent.send(1200, every=0.1, actor_kind="machine")
    rare = row(sent.subject, "rare", occurred=stamp(NOW - timedelta(days=300)), actor_kind="bulk")
    sent.pushing.send(rare)

    first = sent.page("/my/access?who=file")
    assert "Among these days we were told of no look like that." in first.main
    following = first.soup.select_one("a[rel=next]")
    assert following is not None
    assert following.text == "Look further back"
    second = sent.page(str(following["href"]))
    assert len([one for one in second.links("list") if one.startswith("/my/access/")]) == 1


def test_of_a_matter_of_somebody_elses_only_bodies_and_power_are_shown(sent: Sent) -> None:
    sent.send(role="parent", legal_power="An Act, section 7", categories=["Income"])
    (event,) = sent.pushing.kept(sent.me)
    entry = sent.page(f"/my/access/{event.id.hex}")

    assert "You are a parent in it" in entry.main
    assert "An Act, section 7" in entry.main
    for hidden in ("Looked at the record before a visit", "Front desk", "Income"):
        assert hidden not in entry.response.text
        assert hidden not in sent.page().response.text
        assert hidden not in sent.browser.get("/my/access.csv").text


def test_subscriptions_and_files_are_things_of_their_own(sent: Sent) -> None:
    sent.send(5, actor_kind="subscription", receiver_name="Registry of homes")
    sent.send(2, actor_kind="bulk", receiver_code="B9", receiver_name="Statistics office")
    sent.send(3, actor_kind="machine", receiver_code="B7", receiver_name="Other office")

    rows = sent.page("/my").rows("ongoing")
    assert len(rows) == 2
    assert "Registry of homes" in rows[0]
    assert "Gets each change" in rows[0]
    assert "5 times" in rows[0]
    assert "Gets a file about many people" in rows[1]


def test_the_shown_list_can_be_taken_as_a_table(sent: Sent) -> None:
    sent.send(3, action="=HYPERLINK(1)")
    sent.send(2, actor_kind="bulk", receiver_code="B9")
    response = sent.browser.get("/my/access.csv?who=file")
    whole = sent.browser.get("/my/access.csv")

    rows = list(csv.DictReader(io.StringIO(whole.text, newline="")))
    assert len(rows) == 5
    assert [one["action"] for one in rows].count("'=HYPERLINK(1)") == 3
    assert len(list(csv.DictReader(io.StringIO(response.text, newline="")))) == 2
    assert response.headers["Content-Disposition"] == 'attachment; filename="list.csv"'
    assert response.headers["Cache-Control"] == "no-store"


def test_no_query_is_made_for_each_row(sent: Sent) -> None:
    engine = sent.app.extensions["sessions"].engine
    sent.page("/my")
    counts = []
    for _ in range(2):
        with statements(engine) as seen:
            sent.page("/my")
            sent.page("/my/access")
        counts.append(len(seen))
        sent.send(150, every=0.1)
    assert counts[0] == counts[1]
    with statements(engine) as seen:
        sent.page("/my")
    assert len(seen) <= 12, seen


def test_what_stands_out_says_why(sent: Sent) -> None:
    sent.send(1, receiver_code="OLD")
    old = row(sent.subject, "old", occurred=stamp(NOW - timedelta(days=60)), receiver_code="OLD")
    sent.pushing.send(old)
    sent.send(3, receiver_code="OLD", actor_kind="person", actor_handle="u-7")
    (newest, *_) = sorted(sent.pushing.kept(sent.me), key=lambda one: one.occurred_at)[::-1]
    entry = sent.page(f"/my/access/{newest.id.hex}")
    assert "Not explained" in entry.main
    assert sent.page("/my").rows("attention")
