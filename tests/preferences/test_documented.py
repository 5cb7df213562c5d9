"""What is written down about choices for bodies is what they get."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from flask import Flask, request
from joserfc import jwt
from joserfc.jwk import OKPKey

from citizen_portal.bodies import actions as bodies
from citizen_portal.bodies.models import MessageKind
from citizen_portal.demo.answering import may_be_given
from citizen_portal.demo.body import Choices, System, keys_given
from citizen_portal.records.remote.trying import SAMPLE
from citizen_portal.records.remote.trying_hooks import AGREEMENT
from tests.bodies.told import run_waiting
from tests.fakes.receiver import receiving
from tests.fakes.serving import served
from tests.preferences.town import Town, about

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "connect.md").read_text()


def told_of_a_choice(app: Flask) -> tuple[str, dict[str, str], bytes]:
    """The secret of the council, and what it is sent."""
    town = Town(app)
    with receiving() as receiver:
        with town.sessions.writing() as session:
            council, sealer = town.bodies["council"], app.extensions["sealer"]
            secret = bodies.set_webhook(session, sealer, council, receiver.url)
        town.choose(town.person(), about("DSA-0001"))
        town.work("preferences.send")
        run_waiting(app)
    (got,) = (each for each in receiver.got if b'"preference.changed"' in each.body)
    return secret, got.headers, got.body


def test_a_message_is_as_it_is_described_and_the_model_body_takes_it(
    app: Flask, tmp_path: Path
) -> None:
    secret, headers, raw = told_of_a_choice(app)
    described = yaml.safe_load((DOCS / "body-openapi.yaml").read_text())
    schema = {"$ref": "#/components/schemas/PreferenceChanged"} | {
        "components": described["components"]
    }
    keys = keys_given(app.extensions["signer"].public())
    choices = Choices(tmp_path / "held.db", slug="council", secrets=[secret], keys=keys)

    jsonschema_rs.validate(schema, json.loads(raw), validate_formats=True)
    assert json.loads(raw)["type"] == MessageKind.PREFERENCE_CHANGED
    assert choices.receive(headers, raw) == 204
    (change,) = choices.unanswered()
    said = json.loads(raw)["data"]
    assert (change.id, change.subject, change.version) == tuple(
        said[name] for name in ("id", "subject", "version")
    )


def test_each_part_of_a_statement_is_explained(app: Flask) -> None:
    _, _, raw = told_of_a_choice(app)
    statement = json.loads(raw)["data"]["statement"]

    token = jwt.decode(statement, app.extensions["signer"].keys, algorithms=["Ed25519"])
    table = PAGE.split("### A statement")[1].split("### ")[0]
    for name in (*token.claims, *token.header):
        assert f"`{name}`" in table, name


def test_the_sample_person_and_agreement_are_written_down() -> None:
    assert f"`{SAMPLE[:8]}…` ({len(SAMPLE)} characters)" in PAGE
    assert f"`{AGREEMENT}`" in PAGE


@pytest.fixture
def portal() -> Callable[[str], Flask]:
    """As much of the portal as a check needs, as docs/checks.md has it."""

    def make(_: str) -> Flask:
        app = Flask("portal")

        @app.post("/api/oauth/token")
        def token() -> dict[str, Any]:
            return {"access_token": "t", "expires_in": 300}

        @app.post("/api/v1/preference-checks")
        def checks() -> dict[str, Any]:
            given = request.get_json()
            assert given["agreement"] == "DSA-0013"
            return {"agreement": given["agreement"], "allowed": given["ids"][1:]}

        return app

    return make


def test_before_a_body_gives_data_away_it_asks_of_whom_it_may(
    portal: Callable[[str], Flask],
) -> None:
    with served(portal) as address:
        system = System(address, "client", OKPKey.generate_key("Ed25519"))

        assert may_be_given("benefits-office", system, {"b", "a", "c"}) == ["b", "c"]
        assert may_be_given("benefits-office", system, {}) == []
        assert may_be_given("passport-office", system, {"a"}) == []
