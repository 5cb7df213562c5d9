"""The guard for machines: whose token is good, and for what."""

import time
from typing import Any

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from joserfc.jwk import KeySet, OKPKey
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from citizen_portal import signing
from citizen_portal.audit import AuditEntry
from citizen_portal.bodies.guards import current_client, machines_only, needs
from citizen_portal.bodies.models import Client, Scope
from tests.agreements.files import statements
from tests.bodies import systems
from tests.bodies.conftest import Connect
from tests.bodies.systems import ISSUER, System

CHALLENGE = 'Bearer realm="citizen-portal"'


@pytest.fixture
def app(app: Flask) -> Flask:
    """With one scratch route behind the guard, and one that forgot to name its scope."""
    bp = Blueprint("scratch_api", __name__, url_prefix="/api/scratch")
    bp.before_request(machines_only)

    @bp.get("/who")
    @needs(Scope.RULES)
    def who() -> dict[str, Any]:
        caller = current_client()
        return {"client": caller.client_id, "body": caller.body, "scopes": sorted(caller.scopes)}

    @bp.get("/forgot")
    def forgot() -> str:
        return "open"

    app.register_blueprint(bp)
    return app


def call(client: FlaskClient, token: str, scheme: str = "Bearer") -> TestResponse:
    return client.get("/api/scratch/who", headers={"Authorization": f"{scheme} {token}"})


def bare(headers: dict[str, str]) -> str:
    return headers["Authorization"].removeprefix("Bearer ")


@pytest.fixture
def good(system: System) -> dict[str, Any]:
    """What a good token says."""
    return {
        "iss": ISSUER,
        "aud": f"{ISSUER}/api",
        "sub": system.client_id,
        "client_id": system.client_id,
        "scope": "activity-rules:write",
    }


def test_a_good_token_says_who_calls_and_costs_one_statement(
    app: Flask, client: FlaskClient, system: System
) -> None:
    headers = system.headers(app, scope=Scope.RULES)
    with statements(app.extensions["sessions"].engine) as seen:
        response = client.get("/api/scratch/who", headers=headers)
    assert response.json == {
        "client": system.client_id,
        "body": system.client_id.rpartition("-")[0],
        "scopes": ["activity-rules:write"],
    }
    assert len(seen) == 1
    assert response.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in response.headers
    assert call(client, bare(headers), "bearer").status_code == 200


def refused(response: TestResponse, status: int = 401) -> str:
    said: Any = response.json
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    assert said["status"] == status
    assert said["detail"]
    assert response.headers["Cache-Control"] == "no-store"
    return response.headers["WWW-Authenticate"]


def test_who_brings_no_token_is_told_that_one_is_needed(client: FlaskClient) -> None:
    assert refused(client.get("/api/scratch/who")) == CHALLENGE
    assert refused(client.get("/api/scratch/who?access_token=x")) == CHALLENGE
    assert refused(call(client, "eDp5", "Basic")) == CHALLENGE


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://another.example"},
        {"aud": "some-body"},
        {"aud": [f"{ISSUER}/api"]},
        {"exp": 1},
        {"client_id": "nobody-1"},
        {"client_id": "\0"},
    ],
    ids=str,
)
def test_a_token_of_ours_that_says_otherwise_is_refused(
    app: Flask, client: FlaskClient, good: dict[str, Any], changed: dict[str, Any]
) -> None:
    signer = app.extensions["signer"]
    assert call(client, signer.token(good, kind="at+jwt")).status_code == 200
    token = signer.token(good | changed, kind="at+jwt")
    assert refused(call(client, token)) == f'{CHALLENGE}, error="invalid_token"'


def test_a_token_for_a_call_to_a_body_is_no_access_token(
    app: Flask, client: FlaskClient, good: dict[str, Any]
) -> None:
    assert "invalid_token" in refused(call(client, app.extensions["signer"].token(good)))


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "a" * 9_000, "\u0175.x.y", "a.b.c.d.e"])
def test_what_is_no_token_is_refused(client: FlaskClient, token: str) -> None:
    assert "invalid_token" in refused(call(client, token))


def test_a_token_of_another_issuer_is_refused(
    app: Flask, client: FlaskClient, system: System, good: dict[str, Any]
) -> None:
    named: Any = {"kid": app.extensions["signer"].current.kid}
    for key in (systems.ed25519(), OKPKey.generate_key("Ed25519", named)):
        foreign = signing.Signer(KeySet([key]))
        assert "invalid_token" in refused(call(client, foreign.token(good, kind="at+jwt")))
    own = system.assertion(header={"typ": "at+jwt"}, **good)
    assert "invalid_token" in refused(call(client, own))


def test_a_removed_system_is_refused_at_once(
    app: Flask, client: FlaskClient, system: System
) -> None:
    token = bare(system.headers(app))
    assert call(client, token).status_code == 200
    systems.disconnect(app, system)
    assert "invalid_token" in refused(call(client, token))


def test_a_scope_that_was_taken_away_is_gone_at_once(
    app: Flask, client: FlaskClient, system: System
) -> None:
    token = bare(system.headers(app))
    with app.extensions["sessions"].writing() as session:
        session.execute(update(Client).values(scopes=["agreements:write"]))
    assert "insufficient_scope" in refused(call(client, token), 403)


def test_a_missing_scope_is_named(app: Flask, client: FlaskClient, connect: Connect) -> None:
    system = connect(Scope.AGREEMENTS)
    said = refused(call(client, bare(system.headers(app))), 403)
    assert said == f'{CHALLENGE}, error="insufficient_scope", scope="activity-rules:write"'


def test_a_route_that_names_no_scope_answers_nobody(
    app: Flask, client: FlaskClient, system: System
) -> None:
    with pytest.raises(AttributeError):
        client.get("/api/scratch/forgot", headers=system.headers(app))


def test_a_token_lasts_five_minutes(app: Flask, client: FlaskClient, good: dict[str, Any]) -> None:
    now = int(time.time())
    for exp, status in ((now + 2, 200), (now - 1, 401)):
        token = app.extensions["signer"].token({**good, "exp": exp}, kind="at+jwt")
        assert call(client, token).status_code == status


def test_what_a_system_did_is_kept_for_its_body(app: Flask, system: System) -> None:
    systems.disconnect(app, system)
    with app.extensions["sessions"].reading() as session:
        rows = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        assert [row.tag for row in rows] == ["body:client-added", "body:client-removed"]
        assert {row.about["client"] for row in rows} == {system.client_id}
        assert all(row.organisation_id for row in rows)
