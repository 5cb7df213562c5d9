"""Each day that is over gets one signed root over each event's hash; anybody can fetch it."""

import json
import tracemalloc
from datetime import UTC, date, datetime, timedelta
from secrets import token_bytes
from typing import Any

import pytest
from flask import Flask
from joserfc import jws
from joserfc.jwk import KeySet
from sqlalchemy import event as events
from sqlalchemy import select

from citizen_portal import bulk, clock
from citizen_portal.access.actions.receiving import RECEIVED
from citizen_portal.access.models import Digest, DigestPart, Received
from citizen_portal.bodies.models import Source
from tests.access.pushing import Pushing, row
from tests.access.test_push import said
from tests.access.test_trees import mth
from tests.access.withholding import Withholding


@pytest.fixture
def clinic(app: Flask) -> Withholding:
    return Withholding(Pushing(app, "clinic", "council"))


class Night:
    """The time after a day, as the worker meets it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at = datetime.now(UTC)
        monkeypatch.setattr(clock, "now", lambda: self.at)

    def after(self, day: date, *, days: int = 1, minutes: int = 15) -> None:
        midnight = datetime.combine(day, datetime.min.time(), UTC)
        self.at = midnight + timedelta(days=days, minutes=minutes)


@pytest.fixture
def night(monkeypatch: pytest.MonkeyPatch) -> Night:
    return Night(monkeypatch)


def rows(app: Flask) -> list[Digest]:
    with app.extensions["sessions"].reading() as session:
        return list(session.scalars(select(Digest).order_by(Digest.day)))


def payload(app: Flask, signed: Any) -> dict[str, Any]:
    keys = KeySet.import_key_set(app.extensions["signer"].public())
    opened = jws.deserialize_json(signed, keys, algorithms=["Ed25519"])
    assert opened.headers()["typ"] == "access-digest+json"
    return dict(json.loads(opened.payload))


def expected_root(leaves: list[bytes]) -> str:
    parts = [mth(sorted(one for one in leaves if one[0] == part)) for part in range(256)]
    return mth(parts).hex()


def test_held_or_not_each_event_is_in_the_digest_of_its_day(
    clinic: Withholding, night: Night
) -> None:
    pushing, app = clinic.pushing, clinic.pushing.app
    _, mine = pushing.person()
    open_ = [row(mine["clinic"], f"o-{n}") for n in range(20)]
    held = [clinic.row(mine["clinic"], f"h-{n}") for n in range(5)]
    dropped = [row("0" * 64, f"d-{n}") for n in range(5)]
    said(pushing.send(*open_, *held, *dropped))
    today = night.at.date()

    night.after(today, minutes=14)
    clinic.work("access.digest")
    assert [one.day for one in rows(app)] == [today - timedelta(days=1)]
    night.after(today)
    clinic.work("access.digest")
    clinic.work("access.digest")

    before, digest = rows(app)
    with app.extensions["sessions"].reading() as session:
        leaves = list(session.scalars(select(Received.leaf)))
    assert len(leaves) == 30
    assert digest.root == expected_root(leaves)
    assert payload(app, digest.signed) == {
        "day": today.isoformat(),
        "root": digest.root,
        "previous": before.root,
    }


def test_days_without_events_and_days_missed_are_made_good_in_order(
    clinic: Withholding, night: Night
) -> None:
    pushing, app = clinic.pushing, clinic.pushing.app
    said(pushing.send(row("0" * 64)))
    first = night.at.date()
    night.after(first, days=4)
    clinic.work("access.digest")

    found = rows(app)
    assert [one.day for one in found] == [first + timedelta(days=n) for n in range(4)]
    assert {one.root for one in found[1:]} == {expected_root([])}
    said_before = [payload(app, one.signed)["previous"] for one in found]
    assert said_before == [None, *(one.root for one in found[:-1])]
    night.after(first, days=5)
    clinic.work("access.digest")
    assert len(rows(app)) == 5


def test_a_portal_without_any_event_begins_with_yesterday(
    clinic: Withholding, night: Night
) -> None:
    night.after(night.at.date(), minutes=30)
    clinic.work("access.digest")

    assert [one.day for one in rows(clinic.pushing.app)] == [night.at.date() - timedelta(days=1)]


class Killed(BaseException):
    """The worker dies here."""


@pytest.mark.parametrize("statement", ["INSERT INTO digest_part", "INSERT INTO digest "])
def test_a_worker_killed_anywhere_begins_the_day_anew(
    clinic: Withholding, night: Night, statement: str
) -> None:
    app = clinic.pushing.app
    said(clinic.pushing.send(*[row("0" * 64, f"r-{n}") for n in range(40)]))
    night.after(night.at.date())
    engine, met = app.extensions["sessions"].engine, 0

    def die(*given: Any) -> None:
        nonlocal met
        met += str(given[2]).startswith(statement)
        if met == (5 if "part" in statement else 1):
            met += 1
            raise Killed

    events.listen(engine, "before_cursor_execute", die)
    with pytest.raises(Killed):
        clinic.work("access.digest")
    events.remove(engine, "before_cursor_execute", die)
    assert rows(app) == []
    clinic.work("access.digest")

    with app.extensions["sessions"].reading() as session:
        leaves = list(session.scalars(select(Received.leaf)))
        kept = b"".join(session.scalars(select(DigestPart.leaves).order_by(DigestPart.part)))
    assert rows(app)[0].root == expected_root(leaves)
    assert kept == b"".join(sorted(leaves))


def test_a_large_day_needs_the_memory_of_a_part(clinic: Withholding, night: Night) -> None:
    app, count = clinic.pushing.app, 100_000
    today = night.at.date()
    with app.extensions["sessions"].writing() as session:
        source_id = session.scalars(select(Source.id)).first()
        made = [
            (source_id, f"r-{n:07}", token_bytes(16), token_bytes(32), False, today, today)
            for n in range(count)
        ]
        bulk.insert_new(session, Received, RECEIVED, made)
    del made
    night.after(today)
    tracemalloc.start()
    clinic.work("access.digest")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert len(rows(app)) == 1
    assert peak < 8_000_000, "32 bytes an event would be 3 MB, and rows as objects 20 MB"


def test_anybody_fetches_digests_and_learns_no_count(clinic: Withholding, night: Night) -> None:
    app = clinic.pushing.app
    said(clinic.pushing.send(*[row("0" * 64, f"r-{n}") for n in range(40)]))
    first = night.at.date()
    night.after(first, days=3)
    client = app.test_client(use_cookies=False)
    empty = client.get("/digests.json")
    assert empty.json is not None
    assert empty.json["digests"] == []
    clinic.work("access.digest")

    page = client.get("/digests.json?items=2", headers={"If-None-Match": empty.headers["ETag"]})
    assert page.json is not None
    assert page.headers["Access-Control-Allow-Origin"] == "*"
    assert [one["day"] for one in page.json["digests"]] == [
        (first + timedelta(days=n)).isoformat() for n in (2, 1)
    ]
    assert set(page.json["digests"][0]) == {"day", "root", "url"}
    following = client.get(page.json["next"].removeprefix("http://127.0.0.1:8000"))
    assert following.json is not None
    assert [one["day"] for one in following.json["digests"]] == [first.isoformat()]
    assert following.json["next"] is None

    one = client.get(f"/digests/{first.isoformat()}.json")
    assert one.status_code == 200
    assert payload(app, one.json)["root"] == rows(app)[0].root
    same = client.get(
        f"/digests/{first.isoformat()}.json", headers={"If-None-Match": one.headers["ETag"]}
    )
    assert same.status_code == 304
    for other in ("2020-01-01", "20260101", "today", "2026-02-30"):
        missing = client.get(f"/digests/{other}.json")
        assert (missing.status_code, missing.mimetype) == (404, "application/problem+json")
