"""How far each body can be seen into, as open data: what it holds, and what it must not."""

import csv
import io
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from citizen_portal.bodies import actions
from citizen_portal.bodies.models import Source
from citizen_portal.bodies.queries import Health
from citizen_portal.dashboard.views.open_coverage import COLUMNS
from tests.agreements import files

AT = datetime(2026, 11, 20, 23, 47, 31, tzinfo=UTC)
HOSTILE = "=cmd|' /C calc'!A0;<b>"
HIDDEN: list[dict[str, Any]] = [
    {"what": {"en": HOSTILE, "cy": "Cudd"}, "law": {"en": "An Act; section 2"}},
    {"what": {"en": "Other looks"}, "law": {"en": "-1"}, "url": "https://law.example/2"},
]


@pytest.fixture
def covered(app: Flask, tmp_path: Path) -> Flask:
    """A source that went quiet, one that is not connected, a body without one, and a firm."""
    bodies = [files.organisation("giver"), files.organisation("taker", kind="council")]
    off = files.source("off", "giver", protocol="none")
    del off["base_url"], off["connected_since"]
    content = files.whole(
        organisations=[*bodies, files.organisation("firm", kind="processor")],
        sources=[files.source("claims", "giver", not_reported=HIDDEN), off],
    )
    files.bring_in(app, tmp_path, content)
    stands(app, proves=False)
    return app


def stands(app: Flask, **given: Any) -> None:
    with app.extensions["sessions"].writing() as session:
        source_id = session.scalars(select(Source.id).where(Source.slug == "claims")).one()
        actions.note_answer(session, source_id, at=AT)
        actions.note_window(session, source_id, window_from=AT, window_to=None, told_at=AT)
        actions.note_events(session, source_id, day=date(2026, 11, 20), count=987)
        silent = AT.replace(day=28)
        usual: dict[str, Any] = {
            "reckoned_at": silent,
            "answer_ms": 310,
            "patience": AT - AT.replace(hour=1),
        }
        actions.keep_health(session, {source_id: Health(**usual | given)})


def document(app: Flask, query: str = "") -> dict[str, Any]:
    response = app.test_client().get(f"/coverage.json{query}")
    assert response.status_code == 200
    found: dict[str, Any] = response.get_json()
    return found


def test_the_document_says_how_each_source_stands(covered: Flask) -> None:
    found = document(covered)
    assert found["counts"] == {"known": 2, "connected": 1}
    assert "licence" in found
    giver, taker = found["bodies"]
    assert (taker["slug"], taker["sources"]) == ("taker", [])
    assert giver["url"] == "http://127.0.0.1:8000/bodies/giver"
    claims, off = giver["sources"]
    assert off["state"] == "not-connected"
    assert claims == {
        "source": "claims",
        "name": {"en": "Register claims"},
        "protocol": "findusage-2",
        "state": "gone-quiet",
        "connected_since": "2026-01-05",
        "window_from": "2026-11-20T23:47:31Z",
        "window_to": None,
        "proves_subject": False,
        "last_answer_at": "2026-11-20T23:40:00Z",
        "median_answer_ms": 310,
        "quiet_since": "2026-11-20",
        "not_reported": [{"url": None} | one for one in HIDDEN],
    }


def test_the_document_comes_in_pages(covered: Flask) -> None:
    slugs, address = [], "?items=1"
    while address:
        found = document(covered, address)
        slugs += [body["slug"] for body in found["bodies"]]
        following = found["links"].get("next", "")
        address = following.partition("/coverage.json")[2]
    assert slugs == ["giver", "taker"]


def test_the_table_has_a_row_for_each_source_and_runs_nothing(covered: Flask) -> None:
    response = covered.test_client().get("/coverage.csv")
    assert response.content_type == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(response.text, newline=""), strict=True))
    assert list(rows[0]) == [column.name for column in COLUMNS]
    assert [(row["body_slug"], row["source"], row["state"]) for row in rows] == [
        ("giver", "claims", "gone-quiet"),
        ("giver", "off", "not-connected"),
        ("taker", "", "no-source"),
    ]
    first = rows[0]
    assert first["not_reported_en"] == "'" + HOSTILE.replace(";", "\\;") + "; Other looks"
    assert first["not_reported_cy"] == "Cudd; Other looks"
    assert first["law"] == "An Act\\; section 2; -1"
    assert (first["proves_subject"], first["quiet_since"]) == ("false", "2026-11-20")


@pytest.mark.parametrize("path", ["/coverage.json", "/coverage.csv"])
def test_no_count_of_accesses_is_in_it(covered: Flask, path: str) -> None:
    assert "987" not in covered.test_client().get(path).text


@pytest.mark.parametrize("path", ["/coverage.json", "/coverage.csv"])
def test_it_is_new_once_a_source_stands_otherwise(covered: Flask, path: str) -> None:
    client = covered.test_client()
    before = client.get(path)
    stands(covered, proves=True)
    after = client.get(path, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert after.headers["ETag"] != before.headers["ETag"]
    assert after.text != before.text
