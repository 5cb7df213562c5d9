"""Getting a token: who gets one, what it says, and that a proof is good once."""

import threading
import time
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import KeySet
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from citizen_portal import clock, jobs
from citizen_portal.app import create_app
from citizen_portal.bodies.models import Scope, UsedAssertion
from citizen_portal.jobs import HANDLERS
from citizen_portal.settings import Settings
from tests.bodies import systems
from tests.bodies.conftest import Connect
from tests.bodies.systems import ENDPOINT, ISSUER, PATH, System


@pytest.mark.parametrize("make", [systems.es256, systems.ed25519, systems.ps256])
def test_a_system_gets_a_token_that_others_can_check(
    client: FlaskClient, connect: Connect, make: Any
) -> None:
    system = connect(key=make())
    before = int(time.time())

    response = system.ask(client)

    said: Any = response.json
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert (said["token_type"], said["expires_in"]) == ("Bearer", 300)
    assert said["scope"] == " ".join(sorted(Scope))
    published = client.get("/.well-known/jwks.json").json
    token = jwt.decode(said["access_token"], KeySet.import_key_set(published), ["Ed25519"])  # type: ignore[arg-type]
    assert token.header["typ"] == "at+jwt"
    assert set(token.claims) == {"iss", "exp", "aud", "sub", "client_id", "iat", "jti", "scope"}
    assert token.claims["iss"] == ISSUER
    assert token.claims["aud"] == f"{ISSUER}/api"
    assert token.claims["sub"] == token.claims["client_id"] == system.client_id
    assert before <= token.claims["iat"] <= time.time()
    assert token.claims["exp"] == token.claims["iat"] + 300


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
@pytest.mark.parametrize("name", ["EdDSA", "Ed25519"])
def test_both_names_of_ed25519_are_taken(client: FlaskClient, connect: Connect, name: str) -> None:
    system = connect(key=systems.ed25519())
    assert system.ask(client, system.assertion(header={"alg": name})).status_code == 200


@pytest.mark.parametrize("aud", [ISSUER, ENDPOINT, [ISSUER], [ISSUER, ENDPOINT]])
def test_it_may_be_made_for_the_issuer_or_the_endpoint(
    client: FlaskClient, system: System, aud: object
) -> None:
    assert system.ask(client, system.assertion(aud=aud)).status_code == 200


def test_a_key_id_may_be_left_out(client: FlaskClient, connect: Connect) -> None:
    system = connect()
    assert system.ask(client, system.assertion(header={"kid": None})).status_code == 200


def test_a_scope_may_be_less_and_not_more(client: FlaskClient, connect: Connect) -> None:
    both, one = connect(), connect(Scope.RULES)
    assert both.ask(client, scope=Scope.RULES).json["scope"] == "activity-rules:write"  # type: ignore[index]
    for scope in (Scope.AGREEMENTS, "agreements:write activity-rules:write", "<b>all</b>"):
        refused = one.ask(client, scope=scope)
        assert refused.status_code == 400
        assert refused.json["error"] == "invalid_scope"  # type: ignore[index]
        assert "<b>" not in refused.text


def test_a_proof_is_good_once(client: FlaskClient, connect: Connect) -> None:
    system, other = connect(), connect()
    proof = system.assertion(jti="once")
    assert system.ask(client, proof).status_code == 200
    again = system.ask(client, proof)
    assert again.status_code == 400
    assert again.json == {
        "error": "invalid_client",
        "error_description": "This jti was used before.",
    }
    assert system.ask(client, system.assertion(jti="once")).status_code == 400
    assert other.ask(client, other.assertion(jti="once")).status_code == 200


def test_a_proof_is_used_up_even_where_no_token_comes_of_it(
    client: FlaskClient, connect: Connect
) -> None:
    system = connect(Scope.RULES)
    proof = system.assertion()
    assert system.ask(client, proof, scope=Scope.AGREEMENTS).status_code == 400
    assert system.ask(client, proof).json["error_description"] == "This jti was used before."  # type: ignore[index]


def test_a_proof_that_one_process_took_is_not_taken_by_another(
    client: FlaskClient, system: System, settings: Settings
) -> None:
    proof = system.assertion()
    assert system.ask(client, proof).status_code == 200
    other = create_app(settings)
    refused = system.ask(other.test_client(), proof)
    other.extensions["sessions"].engine.dispose()
    assert refused.json["error_description"] == "This jti was used before."  # type: ignore[index]


@pytest.mark.both
def test_of_many_who_show_the_same_proof_at_once_one_gets_a_token(
    app: Flask, system: System
) -> None:
    proof, start = system.assertion(), threading.Barrier(6)
    statuses: list[int] = []

    def ask() -> None:
        client = app.test_client()
        start.wait()
        statuses.append(system.ask(client, proof).status_code)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 400, 400, 400, 400, 400]


def test_used_proofs_are_forgotten_once_they_have_expired(
    app: Flask, client: FlaskClient, system: System, session: Session
) -> None:
    system.ask(client, system.assertion())
    system.ask(client, system.assertion(exp=int(time.time()) - 20))  # good for thirty seconds more
    for row in session.scalars(select(UsedAssertion)):
        if row.expires_at.timestamp() < time.time() + 30:
            row.expires_at = clock.now().replace(year=2020)
    session.commit()

    parts = app.extensions
    job = jobs.Job(name="bodies.forget_assertions", arguments={})
    HANDLERS["bodies.forget_assertions"](jobs.Work(parts["sessions"], parts, job.id))

    assert session.scalar(select(func.count()).select_from(UsedAssertion)) == 1
    assert "bodies.forget_assertions" in jobs.RECURRING


def form(system: System, **changed: Any) -> dict[str, Any]:
    usual = {
        "grant_type": "client_credentials",
        "client_assertion_type": systems.KIND,
        "client_assertion": system.assertion(),
    }
    return {name: value for name, value in (usual | changed).items() if value is not None}


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"grant_type": None}, "invalid_request"),
        ({"grant_type": "authorization_code"}, "unsupported_grant_type"),
        ({"grant_type": "<b>"}, "unsupported_grant_type"),
        ({"grant_type": ["client_credentials", "client_credentials"]}, "invalid_request"),
        ({"scope": ["a", "b"]}, "invalid_request"),
        ({"client_assertion_type": None}, "invalid_client"),
        ({"client_assertion_type": "jwt"}, "invalid_client"),
        ({"client_assertion": None}, "invalid_client"),
        ({"client_id": "another"}, "invalid_client"),
        ({"client_assertion": None, "client_id": "x", "client_secret": "y"}, "invalid_client"),
    ],
)
def test_a_form_that_is_not_right_is_refused_in_the_standards_words(
    client: FlaskClient, system: System, changed: dict[str, Any], error: str
) -> None:
    response = client.post(PATH, data=form(system, **changed))
    assert response.status_code == 400
    assert response.json["error"] == error  # type: ignore[index]
    assert "<b>" not in response.text
    assert "another" not in response.text
    assert "access_token" not in response.text


def test_the_client_id_may_stand_beside_the_proof(client: FlaskClient, system: System) -> None:
    good = form(system, client_id=system.client_id)
    assert client.post(PATH, data=good).status_code == 200


def test_only_a_form_is_taken_and_nothing_in_the_address(
    client: FlaskClient, system: System
) -> None:
    for response in (
        client.post(PATH, json=form(system)),
        client.post(PATH, query_string=form(system)),
        client.post(f"{PATH}?scope=a", data=form(system)),
        client.post(PATH, data=form(system), content_type="multipart/form-data"),
    ):
        assert response.status_code == 400
        assert response.json["error"] == "invalid_request"  # type: ignore[index]
    assert client.get(PATH).status_code == 405


def test_a_large_form_is_refused(client: FlaskClient, system: System) -> None:
    assert client.post(PATH, data=form(system, more="x" * 30_000)).status_code == 413


def test_who_tries_a_password_is_told_the_way(client: FlaskClient, system: System) -> None:
    response = client.post(PATH, data=form(system), auth=(system.client_id, "secret"))
    assert response.status_code == 401
    assert response.json["error"] == "invalid_client"  # type: ignore[index]
    assert "WWW-Authenticate" in response.headers


def test_a_portal_behind_a_proxy_gives_tokens_though_it_hears_http(
    app: Flask, system: System
) -> None:
    client = app.test_client()
    proof = {"client_assertion_type": systems.KIND, "client_assertion": system.assertion()}
    response = client.post(
        PATH,
        data={"grant_type": "client_credentials", **proof},
        base_url="http://portal.internal",
    )
    assert response.status_code == 200


def test_clients_find_their_way_by_the_metadata(client: FlaskClient) -> None:
    response = client.get("/.well-known/oauth-authorization-server")
    said: Any = response.json
    assert said["issuer"] == ISSUER
    assert said["token_endpoint"] == ENDPOINT
    assert said["grant_types_supported"] == ["client_credentials"]
    assert said["token_endpoint_auth_methods_supported"] == ["private_key_jwt"]
    assert "RS256" not in said["token_endpoint_auth_signing_alg_values_supported"]
    assert said["scopes_supported"] == [scope.value for scope in Scope]
    assert client.get(said["jwks_uri"].removeprefix(ISSUER)).status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == "*"
