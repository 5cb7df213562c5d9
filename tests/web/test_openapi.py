"""The published description of the API: exactly the routes that are there, and they keep to it."""

import contextlib
import re
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from jsonschema_rs import Draft202012Validator
from schemathesis.generation import GenerationMode

from citizen_portal.agreements.schemas import AgreementDocument
from citizen_portal.web.openapi import describe
from tests.agreements import files
from tests.agreements.calling import Calling
from tests.thorough import times


@pytest.fixture
def said(app: Flask) -> dict[str, Any]:
    response = app.test_client().get("/api/openapi.json")
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    return dict(response.json or {})


def test_it_holds_the_routes_that_are_there_and_no_other(app: Flask, said: dict[str, Any]) -> None:
    there = {
        (re.sub(r"<(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/")
    }
    described = {(path, method) for path, of in said["paths"].items() for method in of}
    assert described == there
    assert len(there) >= 5


def test_a_route_that_is_not_described_is_noticed(app: Flask) -> None:
    app.add_url_rule("/api/v1/forgotten", "forgotten", lambda: "")
    with app.test_request_context(), pytest.raises(AttributeError):
        describe(app)


def test_every_reference_in_it_leads_somewhere(said: dict[str, Any]) -> None:
    references = set(re.findall(r"'\$ref': '#/components/schemas/(\w+)'", str(said)))
    assert references
    assert references <= said["components"]["schemas"].keys()
    scopes = said["components"]["securitySchemes"]["client"]["flows"]["clientCredentials"]["scopes"]
    used = {
        scope
        for of in said["paths"].values()
        for operation in of.values()
        for need in operation.get("security", ())
        for scope in need["client"]
    }
    assert used == set(scopes)
    ids = [operation["operationId"] for of in said["paths"].values() for operation in of.values()]
    assert len(ids) == len(set(ids))


def test_its_schemas_say_what_is_taken(said: dict[str, Any]) -> None:
    schemas = {"components": said["components"]}
    agreement = {**schemas, "$ref": "#/components/schemas/AgreementDocument"}
    judge = Draft202012Validator(agreement)
    good = files.agreement(trust=files.answers("value.benefits"), retention="P2Y")
    assert judge.is_valid(good)
    assert AgreementDocument.model_validate(good)
    for bad in ({**good, "colour": "blue"}, {**good, "what": 7}, {"reference": "DSA-0001"}):
        assert not judge.is_valid(bad)


def test_it_is_sent_again_only_when_it_changed(app: Flask) -> None:
    client = app.test_client()
    tag = client.get("/api/openapi.json").headers["ETag"]
    again = client.get("/api/openapi.json", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")


EXPECTED = {
    "positive_data_acceptance": {"expected-statuses": [200, 201, 400, 403, 404, 409, 412, 422]},
    "negative_data_rejection": {"expected-statuses": [400, 404, 412, 413, 415, 422]},
}
"""More is asked of what is sent than a schema can say: that a body is known, that a tag is new."""


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_what_is_sent_at_random_is_answered_as_described(
    app: Flask, tmp_path: Path, said: dict[str, Any], mode: GenerationMode
) -> None:
    calls = Calling(app, tmp_path)
    rules = schemathesis.Config.from_dict({"checks": EXPECTED})
    description = schemathesis.openapi.from_wsgi("/api/openapi.json", app, config=rules)
    description.validate()
    met: set[int] = set()
    for path, of in said["paths"].items():
        headers = calls.headers["giver"] if path.startswith("/api/v1/") else {}
        for method in of:
            met |= statuses(description[path][method.upper()], mode, headers)
    assert met >= ({200, 404, 422} if mode is GenerationMode.POSITIVE else {400, 404, 422})


def statuses(operation: Any, mode: GenerationMode, headers: dict[str, str]) -> set[int]:
    """What is answered to calls made at random; each must be as described."""
    met: set[int] = set()

    @settings(max_examples=times(12, 30), suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def conforms(case: schemathesis.Case[Any]) -> None:
        met.add(case.call_and_validate(headers=headers).status_code)

    with contextlib.suppress(Unsatisfiable):  # where nothing wrong can be sent
        conforms()
    return met
