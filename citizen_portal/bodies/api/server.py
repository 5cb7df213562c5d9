"""The token endpoint in Authlib's terms: one grant, one way for a client to prove itself."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.integrations.flask_oauth2.requests import FlaskOAuth2Payload
from authlib.oauth2.rfc6749 import (
    ClientMixin,
    InvalidClientError,
    InvalidScopeError,
    OAuth2Request,
    grants,
)
from flask import Flask, request
from flask.typing import ResponseReturnValue

from citizen_portal.bodies import actions, guards, queries, remote
from citizen_portal.bodies.schemas.oauth import ASSERTION_TYPE
from citizen_portal.web import limits, parts
from citizen_portal.web.transactions import aside

PATH = "/api/oauth/token"
METHOD = "private_key_jwt"
GRANT = "client_credentials"
LIFETIME = 300
"""Seconds that an access token is good for."""

log = structlog.get_logger()


@dataclass(frozen=True)
class OAuthClient(ClientMixin):  # type: ignore[misc]
    """A system of a body, as Authlib asks of it."""

    facts: queries.ClientFacts

    def get_client_id(self) -> str:
        return self.facts.client_id

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """Each that it has, if it asks for none (RFC 6749 §3.3); none if it asks for too much."""
        wanted = set((scope or "").split()) or self.facts.scopes
        return " ".join(sorted(wanted)) if wanted <= self.facts.scopes else None

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == METHOD

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == GRANT


class Grant(grants.ClientCredentialsGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = [METHOD]


class Asked(OAuth2Request):  # type: ignore[misc]
    """A request at the address that clients know; behind a proxy, ours would say http."""

    def __init__(self) -> None:
        super().__init__(request.method, parts.settings().public_url + PATH, None, request.headers)
        self.payload = FlaskOAuth2Payload(request)

    @property
    def form(self) -> Any:
        return request.form


class Server(AuthorizationServer):  # type: ignore[misc]
    def create_oauth2_request(self, _: object) -> Asked:
        return Asked()


def make(app: Flask) -> Server:
    """Authlib's server for this app."""
    keys = remote.ClientKeys(app.extensions["settings"].loopback_hosts)
    server = Server(app, query_client=_client, save_token=lambda *_: None)
    server.register_client_auth_method(METHOD, Proving(keys))
    server.register_grant(Grant)
    server.register_token_generator("default", _token)
    return server


@dataclass(frozen=True)
class Proving:
    """``private_key_jwt``. Tells the operator's log what was wrong, and the client as much."""

    keys: remote.ClientKeys

    def __call__(self, find: Callable[[str], OAuthClient | None], asked: Asked) -> OAuthClient:
        try:
            return self._prove(find, asked.form)
        except remote.NotProved as error:
            log.warning("client.refused", fault=error.fault)
            raise InvalidClientError(description=str(error)) from None

    def _prove(self, find: Callable[[str], OAuthClient | None], form: Any) -> OAuthClient:
        if form.get("client_assertion_type") != ASSERTION_TYPE:
            raise remote.NotProved("malformed")
        assertion = form.get("client_assertion", "")
        unproved = remote.read(assertion)
        if form.get("client_id", unproved.client_id) != unproved.client_id:
            raise remote.NotProved("parties")
        client = find(unproved.client_id)
        if client is None:
            raise remote.NotProved("unknown")
        found = self.keys.find(client.facts, unproved.kid)
        issuer = parts.settings().public_url
        proof = remote.verify(assertion, unproved, found, audiences={issuer, issuer + PATH})
        _use_up(client, proof)
        return client


def fault_of_form() -> ResponseReturnValue | None:
    """What is wrong with a request before it is looked into (RFC 6749 §3.2); repeats none of it."""
    if "Authorization" in request.headers:
        said = {"error": "invalid_client", "error_description": "Use private_key_jwt."}
        return said, 401, {"WWW-Authenticate": 'Basic realm="citizen-portal"'}
    once = all(len(values) == 1 for values in request.form.listvalues())
    if request.args or not once or request.mimetype != "application/x-www-form-urlencoded":
        words = "Send a form, with each parameter once and none in the address."
        return {"error": "invalid_request", "error_description": words}, 400
    if "grant_type" not in request.form:
        return {"error": "invalid_request", "error_description": "grant_type is needed."}, 400
    if request.form["grant_type"] != GRANT:
        words = f"The only grant_type is {GRANT}."
        return {"error": "unsupported_grant_type", "error_description": words}, 400
    return None


def _client(client_id: str) -> OAuthClient | None:
    """In a short session of its own, so that none is open while keys are fetched."""
    with parts.sessions().reading() as reading:
        facts = queries.client(reading, client_id)
    return OAuthClient(facts) if facts else None


def _use_up(client: OAuthClient, proof: remote.Proof) -> None:
    """An assertion that was shown is used up, whatever becomes of the request."""
    with aside() as session:
        first = actions.use_up(
            session, client.facts.client_id, proof.jti, expires_at=proof.good_until
        )
    if not first:
        raise remote.NotProved("replayed")
    limits.count_client(client.facts.client_id)


def _token(*, client: OAuthClient, scope: str | None, **_: object) -> dict[str, str | int]:
    """An access token of RFC 9068. ``expires_in`` is Authlib's to leave out, so we say it."""
    granted = client.get_allowed_scope(scope)
    if granted is None:
        raise InvalidScopeError("A scope that this client does not have was asked for.")
    client_id = client.facts.client_id
    claims = {
        "iss": parts.settings().public_url,
        "aud": guards.audience(),
        "sub": client_id,
        "client_id": client_id,
        "scope": granted,
    }
    signed = parts.signer().token(claims, lifetime=LIFETIME, kind=guards.TOKEN_KIND)
    return {
        "access_token": signed,
        "token_type": "Bearer",
        "expires_in": LIFETIME,
        "scope": granted,
    }
