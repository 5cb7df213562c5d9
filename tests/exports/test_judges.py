"""What others say of a copy: frictionless, the official profile, csvw, readers of JSON-LD."""

import json
from pathlib import Path
from typing import Any

import csvw  # type: ignore[import-untyped]
import dplib
import jsonschema  # type: ignore[import-untyped]
import pytest
from hypothesis import HealthCheck, given, settings

from tests.exports import copies, reading
from tests.exports.test_package import COLUMNS, ROWS
from tests.thorough import times

SIGNER = copies.signer()
TERMS = json.loads((Path(__file__).parents[1] / "agreements" / "dpv-terms.json").read_text())
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


def hostile() -> bytes:
    rows = [copies.look(n, held_by=text) for n, text in enumerate(copies.HOSTILE)]
    tables = [copies.table(rows), copies.table([], "none", title="Nothing")]
    return copies.written(copies.contents(*tables), SIGNER)[0]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = reading.unpacked(hostile(), tmp_path / "copy")
    monkeypatch.chdir(folder)
    return folder


def faults(descriptor: str = "datapackage.json") -> list[str]:
    """What frictionless finds in the folder that we are in."""
    from frictionless import validate

    report = validate(descriptor, type="package")
    return [f"{row[0]} {row[1]}" for row in report.flatten(["type", "message"])]


def taken_by_csvw(metadata: Path) -> bool:
    return bool(csvw.CSVW(str(metadata), validate=True).is_valid)


def test_frictionless_finds_no_fault(folder: Path) -> None:
    assert faults() == []
    table = folder / "data" / "looks.csv"
    table.write_bytes(table.read_bytes().replace(b"2026-01-01", b"in the fall"))
    assert {fault.split()[0] for fault in faults()} >= {"hash-count", "type-error"}


def test_frictionless_reads_the_json_lines_too(folder: Path) -> None:
    assert faults("datapackage-lines.json") == []


@settings(
    max_examples=times(10, 25),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(ROWS)
def test_both_take_whatever_stands_in_a_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: list[tuple[Any, ...]]
) -> None:
    table = copies.table(rows, columns=COLUMNS, key=())
    raw, _ = copies.written(copies.contents(table), SIGNER)
    monkeypatch.chdir(reading.unpacked(raw, tmp_path))
    assert faults() == []
    assert taken_by_csvw(Path("data/looks.csv-metadata.json"))


@pytest.mark.parametrize("name", ["datapackage.json", "datapackage-lines.json"])
def test_the_descriptors_keep_to_the_official_profile(folder: Path, name: str) -> None:
    profiles = Path(dplib.__file__).parent / "profiles" / "2.0"
    said = json.loads((folder / name).read_text())
    profile = json.loads((profiles / "datapackage.json").read_text())
    validator = jsonschema.Draft7Validator(profile)
    assert [error.message for error in validator.iter_errors(said)] == []
    schema = jsonschema.Draft7Validator(json.loads((profiles / "tableschema.json").read_text()))
    for resource in said["resources"]:
        if "schema" in resource:
            assert [error.message for error in schema.iter_errors(resource["schema"])] == []
    del said["resources"][0]["path"]
    assert list(validator.iter_errors(said))


def test_csvw_takes_each_table(folder: Path) -> None:
    assert all(map(taken_by_csvw, folder.glob("data/*-metadata.json")))
    [looks] = csvw.CSVW(str(folder / "data/looks.csv-metadata.json")).tables
    texts = [row["held_by"] for row in looks.iterdicts(strict=True)]
    assert [text.removeprefix("'") for text in texts] == list(copies.HOSTILE)
    table = folder / "data" / "looks.csv"
    table.write_bytes(table.read_bytes().replace(b"2026-01-01", b"in the fall"))
    with pytest.raises(UserWarning, match="in the fall"):
        taken_by_csvw(folder / "data" / "looks.csv-metadata.json")


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
def test_readers_of_linked_data_take_it_without_fetching(folder: Path) -> None:
    from pyld import jsonld
    from rdflib import Graph, Literal, Namespace, URIRef

    def refuse(url: str, _: object) -> None:
        raise AssertionError(url)

    said = json.loads((folder / "copy.jsonld").read_text())
    quads = jsonld.normalize(
        said, {"format": "application/n-quads", "documentLoader": refuse}
    ).splitlines()
    graph = Graph().parse(data=json.dumps(said), format="json-ld")
    assert len(quads) == len(graph) > 20
    dct, dcat = Namespace("http://purl.org/dc/terms/"), Namespace("http://www.w3.org/ns/dcat#")
    copy = URIRef(f"urn:uuid:{copies.contents().id}")
    assert graph.value(copy, dct.publisher) == URIRef("http://127.0.0.1:8000")
    names = {graph.value(one, dct.identifier) for one in graph.objects(copy, dcat.dataset)}
    assert names == {Literal("looks"), Literal("none")}
    used = {str(node) for triple in graph for node in triple}
    terms = {term.partition("#")[2] for term in used if term.startswith("https://w3id.org/dpv#")}
    ours = terms - {column.iri.partition("#")[2] for column in copies.LOOKS}
    assert ours <= {*TERMS["https://w3id.org/dpv#"]}
    assert len(ours) >= 4
