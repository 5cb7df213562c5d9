"""The register as linked data: two other readers read it, and each DPV term in it exists."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask

from citizen_portal.agreements.queries import known_category
from citizen_portal.agreements.queries.categories import FOLDER
from citizen_portal.agreements.views.open_data.linked import RENAMED
from citizen_portal.demo import world
from tests.agreements import files

TERMS = json.loads((Path(__file__).parent / "dpv-terms.json").read_text())
DPV, PD = "https://w3id.org/dpv#", "https://w3id.org/dpv/pd#"
NAMESPACES = [name for name in TERMS if name.startswith("https://w3id.org/dpv")]
SITE = "http://127.0.0.1:8000"
A6_1_E = "https://w3id.org/dpv/legal/eu/gdpr#A6-1-e"
FULL = files.agreement(
    purpose={"en": "So that a bill is lower.", "cy": "Er mwyn gostwng bil."},
    purpose_iri=f"{DPV}ServiceProvision",
    lawful_basis=A6_1_E,
    article_9="https://w3id.org/dpv/legal/eu/gdpr#A9-2-h",
    powers=["dea-35"],
    categories=["Name", "CriminalOffense", "Shoe size"],
    subjects={"en": "People who pay"},
    processors=[{"name": "Machine works"}],
    retention="P2Y",
    ends="2026-12-31",
    areas=["Wales"],
    published="2026-01-01",
    source="Another register",
)
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")


@pytest.fixture
def told(app: Flask, tmp_path: Path) -> Any:
    """The catalogue of a register with one full agreement, and one of each other choice."""
    others = {"none": {}, "consent": {}, "opt_out": {"categories": None}, "not_stated": {}}
    more = [
        files.agreement(f"DSA-001{n}", choice=choice, **given)
        for n, (choice, given) in enumerate(others.items())
    ]
    files.bring_in(app, tmp_path, files.whole(agreements=[FULL, *more], rules=[]))
    response = app.test_client().get("/register.jsonld")
    assert response.content_type == "application/ld+json"
    return response.json


def graph(told: Any) -> Any:
    from rdflib import Graph

    return Graph().parse(data=json.dumps(told), format="json-ld")


def known(term: str) -> bool:
    """Whether a term is one of the vocabulary; true of what belongs to no part of it."""
    space, _, name = term.rpartition("#")
    return f"{space}#" not in NAMESPACES or name in TERMS[f"{space}#"]


def test_every_term_of_the_vocabulary_exists(told: Any) -> None:
    used = {str(node) for triple in graph(told) for node in triple}
    ours = {term for term in used if term.startswith("https://w3id.org/dpv")}
    assert len(ours) > 20
    assert [term for term in sorted(ours) if not known(term)] == []


def test_every_kind_of_data_with_words_is_in_the_vocabulary() -> None:
    names = yaml.safe_load((FOLDER / "categories.yaml").read_text())
    assert all(known_category(name) for name in names)
    assert [name for name in names if RENAMED.get(name, name) not in TERMS[PD]] == []


def test_every_term_of_the_demo_exists() -> None:
    used = set()
    for file in world.files():
        text = world.fill(file.read_text(), bodies="", today=date(2026, 1, 1))
        for said in yaml.safe_load(text).get("agreements", ()):
            used |= {said.get(name) for name in ("purpose_iri", "lawful_basis", "article_9")}
            used |= {PD + RENAMED.get(name, name) for name in said.get("categories", ())}
    assert len(used) > 30
    assert [term for term in sorted(filter(None, used)) if not known(term)] == []


def test_an_agreement_is_a_dataset_told_in_the_vocabulary(told: Any) -> None:
    from rdflib import Literal, Namespace, URIRef

    dpv, dct = Namespace(DPV), Namespace("http://purl.org/dc/terms/")
    found, about = graph(told), URIRef(f"{SITE}/register/DSA-0001")
    assert found.value(about, dct.identifier) == Literal("DSA-0001")
    assert str(found.value(about, dpv.hasDataController)) == f"{SITE}/bodies/giver"
    assert str(found.value(about, dpv.hasRecipient)) == f"{SITE}/bodies/taker"
    assert {str(basis) for basis in found.objects(about, dpv.hasLegalBasis)} == {
        A6_1_E,
        "https://w3id.org/dpv/legal/eu/gdpr#A9-2-h",
    }
    kinds = set(found.objects(about, dpv.hasPersonalData))
    assert {URIRef(f"{PD}Name"), URIRef(f"{PD}CriminalOffence")} < kinds
    assert len(kinds) == 3
    purpose = found.value(about, dpv.hasPurpose)
    assert {text.language for text in found.objects(purpose, dct.description)} == {"en", "cy"}
    involved = found.value(about, dpv.hasEntityInvolvement)
    assert (involved, None, dpv.ObjectingToProcess) in found
    catalogue = URIRef(f"{SITE}/register")
    dcat = Namespace("http://www.w3.org/ns/dcat#")
    assert len(list(found.objects(catalogue, dcat.dataset))) == 5


def test_nothing_has_to_be_fetched_to_read_it(told: Any) -> None:
    from pyld import jsonld

    def refuse(url: str, _: object) -> None:
        raise AssertionError(url)

    [catalogue] = jsonld.expand(told, {"documentLoader": refuse})
    assert catalogue["@type"] == ["http://www.w3.org/ns/dcat#Catalog"]
    lines = jsonld.normalize(
        told, {"format": "application/n-quads", "documentLoader": refuse}
    ).splitlines()
    assert len(lines) == len(graph(told))


def test_it_comes_page_by_page(app: Flask, told: Any) -> None:
    seen: list[str] = []
    path = "/register.jsonld?items=2"
    while path:
        response = app.test_client().get(path)
        seen += [one["dct:identifier"] for one in response.json["dcat:dataset"]]  # type: ignore[index]
        following = response.json.get("xhv:next", {}).get("@id", "")  # type: ignore[union-attr]
        assert (f'<{following}>; rel="next"' in response.headers.getlist("Link")) == bool(following)
        path = following.removeprefix(SITE)
    assert seen == sorted(seen)
    assert len(seen) == len(told["dcat:dataset"]) == 5
