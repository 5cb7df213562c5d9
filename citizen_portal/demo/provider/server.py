"""The demo's identity provider in Authlib's terms: its grant, its id_tokens, its extensions."""

import time
from collections.abc import Mapping
from typing import Any

import requests
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import InvalidRequestError, grants
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc9207 import IssuerParameter
from authlib.oidc.core import OpenIDCode
from authlib.oidc.rpinitiated import EndSessionEndpoint
from flask import Flask, session
from joserfc.jwk import ECKey, KeySet

from citizen_portal.demo.provider.state import ASSURANCE, AUTH_METHODS, Client, Code, State, Visit

CODE_LIFETIME = 60
ID_TOKEN_LIFETIME = 120
ACCESS_TOKEN_LIFETIME = 180


def make(app: Flask, state: State) -> AuthorizationServer:
    """Authlib's server for this app, all its parts sharing one state."""
    app.config["OAUTH2_TOKEN_EXPIRES_IN"] = {"authorization_code": ACCESS_TOKEN_LIFETIME}

    def save_token(token: Mapping[str, str], asked: Any) -> None:
        state.tokens[token["access_token"]] = (asked.user, time.time() + ACCESS_TOKEN_LIFETIME)

    server = AuthorizationServer(app, query_client=state.clients.get, save_token=save_token)
    server.register_client_auth_method("private_key_jwt", Assertion(state))
    parts = {"state": state}
    grant = type("BoundGrant", (Grant,), parts)
    server.register_grant(grant, [IdToken(state), Challenge(required=True)])
    server.register_extension(NamesItself(state))
    server.register_endpoint(type("BoundEnd", (EndSession,), parts))
    return server


class Grant(grants.AuthorizationCodeGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS
    state: State

    def save_authorization_code(self, code: str, asked: Any) -> None:
        data = asked.payload.data
        self.state.codes[code] = Code(
            visit=asked.user,
            redirect_uri=asked.payload.redirect_uri,
            scope=asked.scope,
            nonce=data["nonce"],
            code_challenge=data["code_challenge"],
            code_challenge_method=data["code_challenge_method"],
        )

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        found = self.state.codes.pop(code, None)  # one use, good or bad
        if found is None or time.time() - found.made_at > CODE_LIFETIME:
            return None
        return found if found.visit.client is client else None

    def delete_authorization_code(self, authorization_code: Code) -> None:
        """It went when it was looked up."""

    def authenticate_user(self, authorization_code: Code) -> Visit:
        return authorization_code.visit


class Challenge(CodeChallenge):  # type: ignore[misc]
    """PKCE with S256, of everybody; Authlib itself asks it of public clients only."""

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        asked = grant.request.payload.data
        if not asked.get("code_challenge") or asked.get("code_challenge_method") != "S256":
            raise InvalidRequestError("A code_challenge with S256 is needed.")
        super().validate_code_challenge(grant, redirect_uri)


class IdToken(OpenIDCode):  # type: ignore[misc]
    def __init__(self, state: State) -> None:
        super().__init__(require_nonce=True)
        self.state = state

    def exists_nonce(self, nonce: str, asked: Any) -> bool:
        return any(code.nonce == nonce for code in self.state.codes.values())

    def resolve_client_private_key(self, client: Client) -> ECKey:
        return self.state.key

    def get_client_algorithm(self, client: Client) -> str:
        return "ES256"

    def get_encode_header(self, client: Client) -> dict[str, str | None]:
        return {"alg": "ES256", "kid": self.state.key.kid}

    def get_client_claims(self, client: Client) -> dict[str, str | int]:
        now = int(time.time())
        return {
            "iss": self.state.issuer,
            "aud": client.client_id,
            "iat": now,
            "exp": now + ID_TOKEN_LIFETIME,
            "vot": ASSURANCE,
        }

    def generate_user_info(self, user: Visit, scope: str) -> dict[str, str]:
        return self.state.claims(user)


class Assertion(JWTBearerClientAssertion):  # type: ignore[misc]
    """``private_key_jwt``, checked with the keys that the client publishes."""

    CLIENT_AUTH_METHOD = "private_key_jwt"

    def __init__(self, state: State) -> None:
        super().__init__()
        self.state = state

    def get_audiences(self) -> list[str]:
        return [self.state.issuer, f"{self.state.issuer}/token"]

    def validate_jti(self, claims: Mapping[str, Any], jti: str) -> bool:
        return self.state.first_use(jti)

    def resolve_client_public_key(self, client: Client) -> KeySet:
        published = requests.get(str(client.jwks_uri), timeout=5, allow_redirects=False).json()
        return KeySet.import_key_set(published)


class NamesItself(IssuerParameter):  # type: ignore[misc]
    def __init__(self, state: State) -> None:
        self.state = state

    def get_issuer(self) -> str:
        return self.state.issuer


class EndSession(EndSessionEndpoint):  # type: ignore[misc]
    state: State

    def get_server_jwks(self) -> KeySet:
        return KeySet([self.state.key])

    def end_session(self, end_session_request: Any) -> None:
        session.clear()
