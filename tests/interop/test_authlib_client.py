"""Authlib's own client gets tokens, again and again, from what the portal says of itself."""

from typing import Any

import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT, private_key_jwt_sign

from tests.agreements import files
from tests.interop.conftest import Portal


@pytest.fixture
def found(portal: Portal) -> dict[str, Any]:
    address = f"{portal.url}/.well-known/oauth-authorization-server"
    return dict(requests.get(address, timeout=5).json())


def session(portal: Portal, endpoint: str, proof: PrivateKeyJWT) -> Any:
    made = OAuth2Session(
        portal.system.client_id,
        portal.system.key,
        token_endpoint=endpoint,
        token_endpoint_auth_method=proof,
    )
    made.trust_env = False
    return made


def test_it_gets_a_token_each_time_and_calls_the_api(portal: Portal, found: dict[str, Any]) -> None:
    endpoint = found["token_endpoint"]
    for attempt in range(2):
        proof = Proof(endpoint, alg="ES256")
        client = session(portal, endpoint, proof)
        token = client.fetch_token(endpoint, grant_type="client_credentials")
        assert token["expires_in"] == 300
        rules = {"rules": [files.rule()]}
        answer = client.put(f"{portal.url}/api/v1/activity-rules", json=rules, timeout=5)
        assert answer.status_code == 200
        assert answer.json()["unchanged"] == 1, attempt


class Proof(PrivateKeyJWT):  # type: ignore[misc]
    """Five minutes instead of Authlib's hour."""

    def sign(self, auth: Any, token_endpoint: str) -> str:
        return str(
            private_key_jwt_sign(
                auth.client_secret, auth.client_id, token_endpoint, alg=self.alg, expires_in=300
            )
        )


def test_its_usual_hour_is_too_long(portal: Portal, found: dict[str, Any]) -> None:
    endpoint = found["token_endpoint"]
    client = session(portal, endpoint, PrivateKeyJWT(endpoint, alg="ES256"))
    with pytest.raises(Exception, match="exp may lie at most ten minutes ahead"):
        client.fetch_token(endpoint, grant_type="client_credentials")
