"""What is new as a feed, and days to keep in mind as a calendar, read by readers of their own."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from citizen_portal import clock
from citizen_portal.agreements.queries import register_terms
from citizen_portal.agreements.queries.days import days_of
from citizen_portal.bodies.queries import directory
from tests.agreements import files

SITE = "http://127.0.0.1:8000"
TODAY = date(2026, 6, 30)


def feed(app: Flask, path: str) -> Any:
    import feedparser

    response = app.test_client().get(path)
    assert response.content_type == "application/atom+xml; charset=utf-8"
    parsed = feedparser.parse(response.get_data())
    assert not parsed.bozo, parsed.get("bozo_exception")
    assert parsed.version == "atom10"
    return parsed


def links(parsed: Any) -> dict[str, str]:
    return {link.rel: link.href.removeprefix(SITE) for link in parsed.feed.links}


def test_publications_come_newest_first_with_what_changed(app: Flask, tmp_path: Path) -> None:
    files.bring_in(app, tmp_path)
    before = feed(app, "/register.atom").entries[0].id
    changed = files.agreement(
        title={"en": "Another title"},
        ends="2026-12-31",
        recipients=[{"name": "Another"}],
        trust=files.answers("value.benefits"),
    )
    files.bring_in(app, tmp_path, {"agreements": [changed]})
    parsed = feed(app, "/register.atom")
    newest, oldest = parsed.entries
    assert newest.summary.startswith(
        "DSA-0001, version 2. Changed: its words, law, who takes part, dates, answers to the trust"
    )
    assert oldest.summary.startswith("DSA-0001, version 1. First published.")
    assert (newest.title, oldest.title) == ("Another title", "Title of DSA-0001")
    assert (oldest.id, oldest.id[:9]) == (before, "urn:uuid:")
    assert newest.id != oldest.id
    assert newest.updated_parsed >= oldest.updated_parsed
    assert parsed.feed.updated == newest.updated
    assert newest.link == f"{SITE}/register/DSA-0001"
    assert "Open Government Licence" in parsed.feed.rights


def test_the_feed_comes_page_by_page_in_both_languages(app: Flask, tmp_path: Path) -> None:
    many = [files.agreement(f"DSA-{n:04}") for n in range(1, 121)]
    files.bring_in_agreements(app, tmp_path, *many)
    seen: list[str] = []
    path: str | None = "/register.atom?lang=cy"
    before = None
    while path:
        parsed = feed(app, path)
        around = links(parsed)
        assert around.get("previous") == before
        assert around["first"] == "/register.atom?page=1&lang=cy"
        seen += [entry.title for entry in parsed.entries]
        before, path = around["self"], around.get("next")
    assert len(seen) == len(set(seen)) == 120
    assert all(title.startswith("Teitl DSA-") for title in seen)


def test_an_empty_register_has_a_feed_and_a_calendar(app: Flask) -> None:
    parsed = feed(app, "/register.atom")
    assert (parsed.entries, parsed.feed.updated) == ([], "1970-01-01T00:00:00Z")
    assert events(app, "/register/dates.ics") == {}


def events(app: Flask, path: str) -> dict[str, Any]:
    """The events of a calendar by their id."""
    from icalendar import Calendar

    response = app.test_client().get(path)
    assert response.status_code == 200
    assert response.content_type == "text/calendar; charset=utf-8"
    lines = response.get_data().split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert b"\n" not in response.get_data().replace(b"\r\n", b"")
    calendar = Calendar.from_ical(response.get_data())
    assert calendar.errors == []
    found = {str(event["UID"]): event for event in calendar.walk("VEVENT")}
    assert len(found) == len(calendar.walk("VEVENT"))
    return found


MEASURES = [
    {
        "id": "due",
        "what": {"en": "Homes, helped; all"},
        "promised": {"en": "x"},
        "due": "2026-09-01",
    },
    {
        "id": "told",
        "what": {"en": "Told"},
        "promised": {"en": "x"},
        "due": "2026-02-01",
        "found": [{"on": "2026-02-02", "text": {"en": "Found"}}],
    },
    {
        "id": "early",
        "what": {"en": "Early"},
        "promised": {"en": "x"},
        "due": "2026-09-02",
        "found": [{"on": "2026-03-02", "text": {"en": "Found before it was due"}}],
    },
    {"id": "none", "what": {"en": "None"}, "promised": {"en": "x"}},
]
EMERGENCY = {"reasons": {"en": "No time"}, "review_due": "2026-08-15"}


@pytest.fixture
def register(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Flask:
    monkeypatch.setattr(clock, "today", lambda _: TODAY)
    said = [
        files.agreement(review="2026-10-01", ends="2027-01-31", measures=MEASURES),
        files.agreement(
            "DSA-0002",
            ends="2026-06-01",
            review="2026-05-01",
            emergency=EMERGENCY,
            recipients=[{"name": "Another"}],
            processors=[{"organisation": "taker"}],
        ),
        files.agreement("DSA-0003", starts="2020-01-01", ends="2021-01-01"),
    ]
    files.bring_in(app, tmp_path, files.whole(agreements=said, rules=[]))
    return app


def test_each_day_to_keep_in_mind_is_an_event_with_an_alarm(register: Flask) -> None:
    found = events(register, "/register/dates.ics")
    assert {uid.partition("@")[0]: event["DTSTART"].dt for uid, event in found.items()} == {
        "DSA-0001-review": date(2026, 10, 1),
        "DSA-0001-end": date(2027, 1, 31),
        "DSA-0001-due-due": date(2026, 9, 1),
        "DSA-0002-end": date(2026, 6, 1),
        "DSA-0002-look-back": date(2026, 8, 15),
    }
    for event in found.values():
        [alarm] = event.walk("VALARM")
        assert alarm["TRIGGER"].dt == timedelta(days=-30)
        assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(days=1)
        assert str(event["URL"]).startswith(f"{SITE}/register/DSA-000")
    due = found["DSA-0001-due-due@127.0.0.1:8000"]
    assert str(due["SUMMARY"]) == "A result is due: DSA-0001 Title of DSA-0001: Homes, helped; all"


def test_no_review_is_promised_for_a_day_after_the_last(app: Flask, tmp_path: Path) -> None:
    said = files.agreement(ends="2099-01-31", review="2099-02-01")
    files.bring_in(app, tmp_path, files.whole(agreements=[said], rules=[]))
    kept = [uid.partition("@")[0] for uid in events(app, "/register/dates.ics")]
    assert kept == ["DSA-0001-end"]
    assert "To be looked at again" not in files.page(app, "/register/DSA-0001").text


def test_texts_are_written_as_the_standard_has_it(register: Flask) -> None:
    text = register.test_client().get("/register/dates.ics").text.replace("\r\n ", "")
    assert "Homes\\, helped\\; all\r\n" in text


def test_a_body_has_the_days_of_its_own_agreements(register: Flask) -> None:
    assert len(events(register, "/bodies/giver/dates.ics")) == 5
    mine = events(register, "/bodies/taker/dates.ics")
    assert {uid[:8] for uid in mine} == {"DSA-0001"}
    welsh = register.test_client().get("/bodies/taker/dates.ics?lang=cy").text
    assert "Teitl DSA-0001" in welsh


def test_the_desk_keeps_the_days_that_the_calendar_of_its_body_has(register: Flask) -> None:
    with register.extensions["sessions"].reading() as session:
        giver = directory(session).body_by_slug("giver")
        assert giver is not None
        days = days_of(register_terms(session), giver.id, today=date(2026, 12, 15))
    at_the_desk = {("-".join(filter(None, (d.reference, d.kind, d.measure)))) for d in days}
    in_calendar = {uid.partition("@")[0] for uid in events(register, "/bodies/giver/dates.ics")}
    assert at_the_desk == in_calendar - {"DSA-0002-end"}, "whose end is past"
