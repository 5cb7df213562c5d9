"""The published GovStack description judges what is served of it, over real HTTP."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
import yaml
from flask import Flask
from hypothesis import HealthCheck, settings
from schemathesis.generation import GenerationMode

from citizen_portal.preferences.api.govstack import BASE, INDIVIDUAL
from tests.fakes.serving import served
from tests.preferences.reading_govstack import Asking
from tests.preferences.town import Town, about
from tests.thorough import times

FILE = Path(__file__).parent / "govstack-consent-openapi-1.1.0-rc1.yaml"
CHECKS = {
    "positive_data_acceptance": {"expected-statuses": [200, 400]},
    "negative_data_rejection": {"expected-statuses": [400, 404]},
}
"""An id that is nobody's, or below 0, is all right by the description alone."""
SERVED = {
    "/audit/consent-record/{}/",
    "/audit/consent-records/",
    "/audit/data-agreement/{}/",
    "/audit/data-agreements/",
    "/config/data-agreement/{}/",
    "/config/data-agreements/",
    "/config/policies/",
    "/config/policy/{}/",
    "/config/policy/{}/revisions/",
    "/service/data-agreement/{}/",
    "/service/individual/record/consent-record/",
    "/service/individual/record/data-agreement/{}/",
    "/service/individual/record/data-agreement/{}/all/",
    "/service/individual/{}/",
    "/service/individuals/",
    "/service/policy/{}/",
    "/service/verification/consent-record/{}/",
    "/service/verification/consent-records/",
    "/service/verification/data-agreements/",
}
"""Each by GET, and no other method."""


def shape(path: str) -> str:
    return re.sub(r"[<{]\w+[>}]", "{}", path)


def described() -> dict[str, Any]:
    """The published description without the operations that are left out."""
    said: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    kept = {path: {"get": of["get"]} for path, of in said["paths"].items() if shape(path) in SERVED}
    return said | {"paths": kept}


schema = schemathesis.openapi.from_dict(
    described(), config=schemathesis.Config.from_dict({"checks": CHECKS})
)


class Served:
    """A town whose clinic asks, and what it can ask of."""

    def __init__(self, app: Flask, address: str) -> None:
        self.url = f"{address}{BASE}"
        town = Town(app)
        me = town.person()
        for reference in ("DSA-0001", "DSA-0002"):
            town.choose(me, about(reference))
        self.asking = Asking(town, "clinic")
        self.person = town.known_as(me, "clinic")
        self.known = {
            "policyId": "DSA-0001",
            "dataAgreementId": "DSA-0001",
            "individualId": self.person,
            "consentRecordId": f"{self.person}.DSA-0001",
        }
        self.headers = {**self.asking.headers, INDIVIDUAL: self.person}

    def named_in(self, path: str) -> dict[str, str]:
        return {name: id_ for name, id_ in self.known.items() if f"{{{name}}}" in path}


@pytest.fixture(scope="module")
def there(shared_app: Flask) -> Iterator[Served]:
    with served(lambda _: shared_app) as address:
        yield Served(shared_app, address)


def test_what_is_served_is_all_there_is(app: Flask) -> None:
    there = {
        (shape(rule.rule.removeprefix(BASE)), method)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(BASE)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert there == {(path, "GET") for path in SERVED}
    assert {shape(path) for path in described()["paths"]} == SERVED


@pytest.fixture(scope="module")
def calls() -> Iterator[Counter[tuple[str, GenerationMode]]]:
    """How many were made of each operation in each mode: there must be right and wrong ones."""
    made: Counter[tuple[str, GenerationMode]] = Counter()
    yield made
    missing = {(path, mode) for path, _ in made for mode in GenerationMode} - made.keys()
    assert missing == set()


@schema.parametrize()
@settings(max_examples=times(10, 20), suppress_health_check=list(HealthCheck))
def test_it_conforms(
    case: schemathesis.Case[Any], there: Served, calls: Counter[tuple[str, GenerationMode]]
) -> None:
    """Every other right call is about something that is there."""
    assert case.meta is not None
    call = case.operation.path, case.meta.generation.mode
    calls[call] += 1
    if call[1] is GenerationMode.POSITIVE and calls[call] % 2:
        case.path_parameters.update(there.named_in(case.operation.path))
        case.query.pop("revisionId", None)
    case.call_and_validate(base_url=there.url, headers=there.headers)


def test_each_operation_answers_about_what_is_there(there: Served) -> None:
    for path in described()["paths"]:
        operation = schema[path]["GET"]
        case = operation.Case(path_parameters=there.named_in(operation.path))
        answer = case.call_and_validate(base_url=there.url, headers=there.headers)
        assert answer.status_code == 200, operation.path
        assert answer.json(), operation.path


@pytest.mark.parametrize("bad", ["invalid_id", "123!%40%23"])
def test_the_facts_of_the_published_behaviour_hold(there: Served, bad: str) -> None:
    def get(path: str) -> requests.Response:
        return requests.get(f"{there.url}{path}", headers=there.headers, timeout=5)

    assert get(f"/config/data-agreement/{bad}/").status_code == 400
    agreement = get("/config/data-agreement/DSA-0001/").json()
    assert agreement["dataAgreement"]["id"] == "DSA-0001"
    policy = get("/service/policy/DSA-0001/").json()
    assert isinstance(policy["policy"], dict)
    assert isinstance(policy["revision"], dict)
