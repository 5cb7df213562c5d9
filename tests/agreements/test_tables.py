"""The register as tables: frictionless finds no fault, and no field of a document is left out."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from citizen_portal.agreements.schemas import AgreementDocument
from citizen_portal.agreements.views.open_data.agreement_columns import AGREEMENT
from citizen_portal.agreements.views.open_data.package import TABLES
from citizen_portal.web import cells
from tests.agreements import files, hostile
from tests.agreements.reading_cells import parted, unguarded

ELSEWHERE = {"trust": "answers", "questions": "questions", "measures": "measures"}
"""Fields that hold lists of things, each with a table of its own."""
MEASURE = {
    "id": "homes",
    "what": {"en": "Homes", "cy": "Cartrefi"},
    "promised": {"en": "40,000 homes"},
    "target": -40000,
    "due": "2027-03-31",
    "found": [
        {"on": "2026-09-30", "value": 26500.5, "text": {"en": "=26,500"}},
        {"on": "2026-10-30", "text": {"en": "In words"}, "evidence": "https://e.example/ŵ"},
    ],
}
QUESTION = {"id": "own", "ask": {"en": "What else?"}, "answer": {"text": {"en": "Nothing."}}}
FULL = files.agreement(
    "DSA-0002",
    measures=[MEASURE],
    trust=files.answers("value.benefits", "control.choice"),
    questions=[QUESTION, {"id": "open", "ask": {"en": "And?"}}],
    powers=["dea-35"],
    research=True,
    retention="P2Y",
    disclosers=[{"organisation": "giver"}, {"name": "Ministry; of \\ 'texts'"}],
    areas=["Wales", "England"],
)


@pytest.fixture
def register(app: Flask, tmp_path: Path) -> Flask:
    content = files.whole(agreements=[files.agreement(), FULL, hostile.agreement("X1-0001", "=1")])
    files.bring_in(app, tmp_path, content)
    changed = files.agreement(title={"en": "Another title"})
    files.bring_in(app, tmp_path, {"agreements": [changed]})
    return app


def taken(app: Flask, folder: Path) -> Path:
    """The data package as somebody takes it away; returns its descriptor's file."""
    client = app.test_client()
    descriptor = client.get("/register/datapackage.json")
    file = folder / "datapackage.json"
    file.write_bytes(descriptor.get_data())
    (folder / "data").mkdir()
    for resource in json.loads(descriptor.text)["resources"]:
        response = client.get(f"/register/{resource['path']}")
        assert response.content_type == "text/csv; charset=utf-8"
        (folder / resource["path"]).write_bytes(response.get_data())
    return file


def faults(file: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    from frictionless import validate

    monkeypatch.chdir(file.parent)
    report = validate(file.name)
    assert report.stats["tasks"] == len(TABLES)
    return [f"{row[1]} {row[2]}" for row in report.flatten(["type", "name", "message"])]


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_frictionless_finds_no_fault(
    register: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "package"
    folder.mkdir()
    file = taken(register, folder)
    assert faults(file, monkeypatch) == []
    table = folder / "data" / "measures.csv"
    table.write_bytes(table.read_bytes().replace(b"2027-03-31", b"in the fall"))
    found = faults(file, monkeypatch)
    assert any("hash" in fault.lower() for fault in found)


def test_the_package_says_what_it_is(register: Flask) -> None:
    said: Any = register.test_client().get("/register/datapackage.json").json
    assert said["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert said["licenses"][0]["name"] == "OGL-UK-3.0"
    assert said["homepage"].endswith("/register/data")
    names = [resource["name"] for resource in said["resources"]]
    assert names[:2] == ["agreements", "parties"]
    assert {"answers", "measures", "outcomes", "versions", "organisations"} < set(names)
    for resource in said["resources"]:
        fields = {field["name"] for field in resource["schema"]["fields"]}
        assert set(resource["schema"]["primaryKey"]) <= fields
        assert all(field["description"] for field in resource["schema"]["fields"])
    assert said["version"] == "2"


def rows(app: Flask, name: str) -> list[dict[str, str]]:
    text = app.test_client().get(f"/register/data/{name}.csv").text
    assert "\r\n" in text
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def test_each_row_says_what_the_document_says(register: Flask) -> None:
    first, second, _ = rows(register, "agreements")
    assert register.test_client().get("/register.csv").text.count("\r\n") == 4
    assert (first["version"], first["title_en"], first["kind"]) == ("2", "Another title", "sharing")
    assert (second["powers"], second["research"], second["retention"]) == ("dea-35", "true", "P2Y")
    assert second["categories"] == "Name; HouseAddress"
    assert parted(second["disclosers"]) == ["Agency giver", "Ministry; of \\ 'texts'"]
    assert second["page"] == "http://127.0.0.1:8000/register/DSA-0002"
    [measure] = [row for row in rows(register, "measures") if row["reference"] == "DSA-0002"]
    assert (measure["measure"], measure["target"], measure["about"]) == (
        "homes",
        "-40000",
        "benefit",
    )
    outcomes = [row for row in rows(register, "outcomes") if row["reference"] == "DSA-0002"]
    assert [row["value"] for row in outcomes] == ["26500.5", ""]
    assert [row["text_en"] for row in outcomes] == ["'=26,500", "In words"]
    answers = [row["question"] for row in rows(register, "answers")]
    assert answers == ["control.choice", "value.benefits", "value.benefits"]
    states = [row["status"] for row in rows(register, "questions") if row["question"] != "q"]
    assert states == ["answered", "not_answered"]
    versions = [(row["reference"], row["number"]) for row in rows(register, "versions")]
    assert versions[:2] == [("DSA-0001", "1"), ("DSA-0001", "2")]
    assert rows(register, "versions")[1]["changed"] == "title"
    assert [row["slug"] for row in rows(register, "organisations")] == ["giver", "taker"]
    assert rows(register, "powers")[0]["name_en"] == "Act"


def test_every_field_of_a_document_has_a_place() -> None:
    columns = {column.name for column in AGREEMENT}
    for field in AgreementDocument.model_fields:
        here = any(name == field or name.startswith(f"{field}_") for name in columns)
        assert here != (field in ELSEWHERE), field
    tables = {table.name for table in TABLES}
    assert set(ELSEWHERE.values()) < tables


TEXTS = st.text() | st.sampled_from([*hostile.SHOWN.values(), *hostile.REFUSED.values()])


@given(TEXTS)
def test_a_cell_is_read_back_as_it_was_and_runs_nowhere(text: str) -> None:
    cell = cells.cell(text)
    assert unguarded(cell) == text
    assert cell.lstrip(" \"'\t\r\n")[:1] not in set("=+-@") or cell.startswith("'")
    if text[:1] not in set("='+-@\t\r\n \"") and not text[:1].isspace() and text.isascii():
        assert cell == text


@given(st.lists(st.text(min_size=1)))
def test_several_things_in_one_cell_are_read_back(items: list[str]) -> None:
    assert parted(cells.joined(items)) == items


@pytest.mark.parametrize(
    ("value", "cell"),
    [(None, ""), (True, "true"), (False, "false"), (-5, "-5"), (40000.0, "40000"), (0.1, "0.1")],
)
def test_numbers_and_words_are_written_plainly(value: object, cell: str) -> None:
    assert cells.cell(value) == cell
