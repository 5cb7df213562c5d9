"""Hostile text in each field: refused by line and field, or shown unharmed and inert everywhere."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from pydantic import BaseModel
from sqlalchemy import func, select

from citizen_portal.agreements.models import Agreement
from citizen_portal.agreements.schemas import AgreementDocument, Bilingual
from citizen_portal.agreements.schemas.parts import Text
from citizen_portal.audit import AuditEntry
from tests.agreements import files, hostile
from tests.agreements.reading_cells import parted, unguarded

PLAIN = "Plain words"
TEXTS = {f"TXT-{n:04}": text for n, text in enumerate([PLAIN, *hostile.SHOWN.values()])}
PLAIN_ONE = "TXT-0000"


def test_there_are_more_than_fifty_texts() -> None:
    assert len(hostile.SHOWN) + len(hostile.REFUSED) > 80
    assert len(hostile.SHOWN) > 50


def test_each_field_that_takes_a_text_says_it() -> None:
    said = hostile.agreement("TXT-0001", PLAIN)
    missing = [path for path in texts_of(AgreementDocument) if not says(said, path.split("."))]
    assert missing == []


def texts_of(model: type[BaseModel], path: str = "") -> Iterator[str]:
    """Paths of the fields of a model that take texts for people."""
    for name, info in model.model_fields.items():
        parts = [info.annotation, *get_args(info.annotation)]
        parts += [inner for part in parts for inner in get_args(part)]
        models = [part for part in parts if isinstance(part, type) and issubclass(part, BaseModel)]
        if Bilingual in models or Text in parts or get_args(Text)[1:] == tuple(info.metadata):
            yield f"{path}{name}"
        for inner in models:
            if inner is not Bilingual:
                yield from texts_of(inner, f"{path}{name}.")


def says(value: Any, steps: list[str]) -> bool:
    if isinstance(value, list):
        return any(says(each, steps) for each in value)
    if isinstance(value, dict) and steps and steps[0] not in value and "value.benefits" in value:
        return says(value["value.benefits"], steps)
    if not steps:
        return bool(value)
    return isinstance(value, dict) and steps[0] in value and says(value[steps[0]], steps[1:])


@pytest.mark.parametrize("text", hostile.REFUSED.values(), ids=hostile.REFUSED.keys())
def test_a_text_that_cannot_be_shown_is_refused_by_line_and_field(
    app: Flask, tmp_path: Path, text: str
) -> None:
    said = hostile.agreement("TXT-0001", text)
    content = json.dumps({"agreements": [said]}, indent=1)
    file = files.write(tmp_path, content)
    result = files.run(app, "import", file)
    assert result.exit_code == 1
    *faults, last = result.stderr.splitlines()
    assert last.endswith("nothing was changed.")
    named = {fault.removeprefix(f"{file}:").split(": ")[1] for fault in faults}
    assert named == {f"agreements[0]{path}" for path in hostile.paths(said, text)}
    lines = content.splitlines()
    for fault in faults:
        line, field, _ = fault.removeprefix(f"{file}:").split(": ", 2)
        assert json.dumps(text) in lines[int(line) - 1], field
        assert not text or text not in fault
    with app.extensions["sessions"].reading() as session:
        for table in (Agreement, AuditEntry):
            assert session.scalar(select(func.count()).select_from(table)) == 0


@pytest.fixture(scope="module")
def filled(shared_app: Flask, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """A portal whose register says each text in each field, from one import."""
    content = files.whole(
        agreements=[hostile.agreement(*one) for one in TEXTS.items()],
        organisations=[organisation(*one) for one in TEXTS.items()],
        sources=[],
        rules=[],
    )
    files.bring_in(shared_app, tmp_path_factory.mktemp("hostile"), content)
    return shared_app


def organisation(reference: str, text: str) -> dict[str, Any]:
    said = files.organisation(reference.lower(), contact=text)
    return said | {name: hostile.words(text) for name in ("name", "official_name")}


def got(app: Flask, path: str) -> str:
    response = app.test_client().get(path)
    assert response.status_code == 200, path
    return response.text


def skeleton(soup: BeautifulSoup) -> list[tuple[str, ...]]:
    """The elements of a page with the names of their attributes."""
    return [(tag.name, *sorted(tag.attrs)) for tag in soup.find_all(True)]


def test_a_page_shows_it_and_makes_nothing_of_it(filled: Flask) -> None:
    known = {rule.rule for rule in filled.url_map.iter_rules()}
    kinds = ("/register/<reference>", "/register/<reference>/versions", "/bodies/<slug>")
    for kind in (kind for kind in kinds if kind in known):
        usual = skeleton(page(filled, kind, PLAIN_ONE))
        for reference, text in TEXTS.items():
            soup = page(filled, kind, reference)
            assert text in soup.get_text(), (kind, reference)
            assert skeleton(soup) == usual, (kind, reference)


def page(app: Flask, kind: str, reference: str) -> BeautifulSoup:
    path = kind.replace("<reference>", reference).replace("<slug>", reference.lower())
    return BeautifulSoup(got(app, path), "html.parser")


def test_the_list_shows_each_title(filled: Flask) -> None:
    shown: list[str] = []
    path: str | None = "/register"
    while path:
        soup = BeautifulSoup(got(filled, path), "html.parser")
        titles = soup.select("a[href^='/register/TXT-']")
        shown += [title.get_text() for title in titles]
        following = soup.select_one("a[rel~=next]")
        path = str(following["href"]) if following else None
        assert {script.get("src") for script in soup.select("main script")} == set()
    assert set(TEXTS.values()) <= set(shown)


def rows(app: Flask, name: str) -> list[dict[str, str]]:
    content = got(app, f"/register/data/{name}.csv")
    return list(csv.DictReader(io.StringIO(content, newline=""), strict=True))


def test_a_table_gives_it_back_and_holds_no_formula(filled: Flask) -> None:
    for row in rows(filled, "agreements"):
        text = TEXTS[row["reference"]]
        said = [name for name in row if name.endswith(("_en", "_cy"))]
        assert len(said) > 20
        for name in [*said, "contact", "source", "confidentiality_reference"]:
            assert unguarded(row[name]) == text, (row["reference"], name)
        for name in ("disclosers", "recipients", "processors", "areas", "categories"):
            assert parted(unguarded(row[name])) == [text], (row["reference"], name)
    for name in ("agreements", "parties", "answers", "questions", "measures", "outcomes"):
        found = rows(filled, name)
        assert {row["reference"] for row in found} == TEXTS.keys()
        runs = [cell for row in found for cell in row.values() if runs_in_a_spreadsheet(cell)]
        assert runs == []


def runs_in_a_spreadsheet(cell: str) -> bool:
    return cell.lstrip(" \"\t\r\n'")[:1] in set("=+-@＝＋－＠") and not cell.startswith("'")


def test_json_gives_it_back(filled: Flask) -> None:
    index = json.loads(got(filled, "/agreements.json?items=500"))
    names = {one["data"]["id"]: one["data"]["name"] for one in index["agreements"]}
    assert names == TEXTS
    for reference, text in TEXTS.items():
        said = json.loads(got(filled, f"/agreements/{reference}.json"))
        for field in ("name", "purpose", "benefits", "disclosed_information", "method", "notes"):
            assert said["data"][field] == text
        for role in ("controllers", "processors", "powers"):
            assert said[role] == [{"data": {"name": text}}]


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
def test_linked_data_gives_it_back(filled: Flask) -> None:
    from rdflib import Graph, Literal, URIRef

    graph = Graph().parse(data=got(filled, "/register.jsonld?items=500"), format="json-ld")
    title = URIRef("http://purl.org/dc/terms/title")
    for reference, text in TEXTS.items():
        about = URIRef(f"http://127.0.0.1:8000/register/{reference}")
        said = set(graph.objects(about, title))
        assert said == {Literal(text, lang="en"), Literal(text, lang="cy")}, reference


def test_the_feed_gives_it_back(filled: Flask) -> None:
    from xml.etree import ElementTree

    found: dict[str, str] = {}
    for number in (1, 2, 3):
        root = ElementTree.fromstring(got(filled, f"/register.atom?page={number}"))  # noqa: S314
        for entry in root.iter("{http://www.w3.org/2005/Atom}entry"):
            link = entry.find("{http://www.w3.org/2005/Atom}link")
            assert link is not None
            reference = link.attrib["href"].rpartition("/")[2]
            found[reference] = entry.findtext("{http://www.w3.org/2005/Atom}title") or ""
            summary = entry.findtext("{http://www.w3.org/2005/Atom}summary") or ""
            assert summary.endswith(TEXTS[reference])
            assert len(list(entry.iter())) == 7
    assert found == TEXTS


def test_a_calendar_gives_it_back(filled: Flask) -> None:
    from icalendar import Calendar

    content = got(filled, "/register/dates.ics")
    events = Calendar.from_ical(content).walk("VEVENT")
    assert content.count("BEGIN:VEVENT\r\n") == len(events) == 2 * len(TEXTS)
    for event in events:
        reference = str(event["URL"]).rpartition("/")[2]
        assert TEXTS[reference] in str(event["SUMMARY"]), reference


@pytest.mark.parametrize("form", ["json", "yaml"])
def test_an_export_gives_it_back(filled: Flask, tmp_path: Path, form: str) -> None:
    file = tmp_path / f"register.{form}"
    assert files.run(filled, "export", "-o", file, "--format", form).exit_code == 0
    again = files.run(filled, "import", file)
    assert f"agreements: 0 added, 0 changed, {len(TEXTS)} unchanged" in again.stdout
    assert f"organisations: 0 added, 0 changed, {len(TEXTS)} unchanged" in again.stdout
