"""The register in the shape of the UK register: its fields, and what our own import reads back."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from citizen_portal import clock
from citizen_portal.agreements.queries import published
from tests.agreements import files

REFERENCE = json.loads(files.DEA.read_text())
FIELDS = [
    "id",
    "name",
    "purpose",
    "benefits",
    "information_sharing_benefits",
    "disclosed_information",
    "method",
    "information_sharing_method",
    "contact",
    "start_date",
    "end_date",
    "review_date",
    "retention_period",
    "isa_status",
    "notes",
]
SITE = "http://127.0.0.1:8000"


def got(app: Flask, path: str) -> Any:
    response = app.test_client().get(path)
    assert response.status_code == 200
    return response.json


def test_an_entry_has_exactly_the_fields_of_that_register(app: Flask, tmp_path: Path) -> None:
    files.bring_in(app, tmp_path)
    entry = got(app, "/agreements/DSA-0001.json")
    assert list(entry) == ["data", "links", "controllers", "powers", "processors"]
    assert list(entry["data"]) == FIELDS
    assert all(isinstance(value, str) for value in entry["data"].values())
    assert entry["links"] == {"index": f"{SITE}/agreements.json"}
    assert entry["controllers"] == [{"data": {"name": "Agency giver"}}]
    assert entry["processors"] == [{"data": {"name": "Agency taker"}}]
    for known in REFERENCE["agreements"]:
        assert set(known["data"]) <= set(entry["data"])
        for role in ("controllers", "processors", "powers"):
            assert all(set(one) == {"data"} and set(one["data"]) == {"name"} for one in known[role])


def test_entries_of_that_register_come_back_as_they_were(app: Flask) -> None:
    assert files.run(app, "import", files.DEA).exit_code == 0
    for known in REFERENCE["agreements"]:
        entry = got(app, f"/agreements/{known['data']['id']}.json")
        for field, value in known["data"].items():
            assert " ".join(entry["data"][field].split()) == " ".join(value.split()), field
        for role in ("controllers", "processors", "powers"):
            assert entry[role] == known[role]


def document(app: Flask) -> dict[str, Any]:
    with app.extensions["sessions"].reading() as session:
        [one] = published.newest(session, first=0, count=2)
        return one.document


def test_what_our_import_reads_comes_back(app: Flask, tmp_path: Path) -> None:
    said = files.agreement(
        title={"en": "A title"},
        what={"en": "A title"},
        disclosed={"en": "Name; address"},
        method={"en": "By post"},
        benefits={"en": "A lower bill"},
        retention="P2Y",
        ends="2026-12-31",
        review="2026-06-30",
        contact="data@giver.example",
        notes={"en": "More"},
        disclosers=[{"organisation": "giver"}, {"name": "Outside"}],
        stage="not_stated",
        choice="not_stated",
        categories=None,
        source="Their register",
    )
    files.bring_in_agreements(app, tmp_path, said)
    before = document(app)
    entry = got(app, "/agreements/DSA-0001.json") | {"source": "Their register"}
    files.bring_in(app, tmp_path, entry)
    assert document(app) == before
    assert got(app, "/agreements/DSA-0001.json") == {
        name: value for name, value in entry.items() if name != "source"
    }


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"ends": "2026-06-30"}, "Active"),
        ({"ends": "2026-06-29"}, "Complete"),
        ({}, "Active"),
        ({"withdrawn": {"on": "2026-03-01", "reason": {"en": "Why"}}}, "Complete"),
    ],
)
def test_the_status_is_that_of_the_day(
    app: Flask,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    given: dict[str, Any],
    status: str,
) -> None:
    files.bring_in_agreements(app, tmp_path, files.agreement(**given))
    monkeypatch.setattr(clock, "today", lambda _: date(2026, 6, 30))
    assert got(app, "/agreements/DSA-0001.json")["data"]["isa_status"] == status
    [line] = got(app, "/agreements.json")["agreements"]
    assert line["data"]["isa_status"] == status


def test_where_there_are_measures_their_promises_are_the_benefits(
    app: Flask, tmp_path: Path
) -> None:
    kinds = (("homes", "benefit"), ("wrong", "harm"), ("days", "benefit"))
    measures = [
        {"id": id, "about": about, "what": {"en": f"Count {id}"}, "promised": {"en": f"{id} less."}}
        for id, about in kinds
    ]
    files.bring_in_agreements(app, tmp_path, files.agreement(measures=measures))
    said = got(app, "/agreements/DSA-0001.json")["data"]
    assert said["benefits"] == "Count homes: homes less. Count days: days less."


def test_the_list_comes_page_by_page(app: Flask, tmp_path: Path) -> None:
    many = [files.agreement(f"DSA-{n:04}") for n in range(1, 8)]
    files.bring_in_agreements(app, tmp_path, *many)
    seen, path = [], "/agreements.json?items=3"
    while path:
        page = got(app, path)
        assert list(page) == ["agreements", "links"]
        for one in page["agreements"]:
            assert list(one) == ["data", "link"]
            assert list(one["data"]) == ["id", "name", "isa_status"]
            entry = got(app, one["link"].removeprefix(SITE))
            assert entry["data"]["id"] == one["data"]["id"]
            seen.append(one["data"]["id"])
        assert page["links"]["page_size"] == 3
        path = page["links"].get("next", "").removeprefix(SITE)
    assert seen == [f"DSA-{n:04}" for n in range(1, 8)]
    middle = got(app, "/agreements.json?page=2&items=3")["links"]
    assert middle == {
        "page_size": 3,
        "current_page": 2,
        "next": f"{SITE}/agreements.json?page=3&items=3",
        "previous": f"{SITE}/agreements.json?page=1&items=3",
    }
    whole = got(app, "/agreements.json")["links"]
    assert whole == {"page_size": 50, "current_page": 1}


def test_a_page_of_the_list_can_be_imported_elsewhere(app: Flask, tmp_path: Path) -> None:
    files.bring_in(app, tmp_path)
    page = got(app, "/agreements.json")
    entries = [got(app, one["link"].removeprefix(SITE)) for one in page["agreements"]]
    result = files.run(app, "validate", files.write(tmp_path, {"agreements": entries}))
    assert result.stdout == "No faults in 1 entries.\n", result.output
