"""Where systems of bodies find their way and get their tokens. Takes no cookie."""

from typing import cast

from authlib.integrations.flask_oauth2 import AuthorizationServer
from flask import Blueprint, Flask, current_app, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from citizen_portal.bodies import schemas
from citizen_portal.bodies.api import server
from citizen_portal.bodies.models import Scope
from citizen_portal.bodies.remote import ALGORITHMS
from citizen_portal.web import limits, machine, parts
from citizen_portal.web.headers import PUBLISHED

bp = Blueprint("tokens", __name__)
MOST_BYTES = 20_000


@bp.record_once
def _make_server(state: BlueprintSetupState) -> None:
    state.app.extensions["token_server"] = server.make(cast(Flask, state.app))


@bp.post(server.PATH)
@machine.described(
    machine.Operation(
        summary="Get an access token for five minutes.",
        takes=schemas.TokenWanted,
        media_type="application/x-www-form-urlencoded",
        gives={
            200: ("The token.", schemas.TokenAnswer),
            400: ("No token, and why (RFC 6749 section 5.2).", schemas.OAuthFault),
            401: (
                "The Authorization header is not how clients prove themselves here.",
                schemas.OAuthFault,
            ),
        },
        refuses=(413, 429),
    )
)
def token() -> ResponseReturnValue:
    request.max_content_length = MOST_BYTES
    fault = server.fault_of_form()
    if fault is not None:
        return fault
    limits.count_stranger("token")
    there = cast(AuthorizationServer, current_app.extensions["token_server"])
    return cast(ResponseReturnValue, there.create_token_response())


@bp.get("/.well-known/oauth-authorization-server")
def metadata() -> ResponseReturnValue:
    """How to find the token endpoint, and what it takes (RFC 8414)."""
    at = parts.settings().public_url
    said = schemas.ServerMetadata(
        issuer=at,
        token_endpoint=f"{at}{server.PATH}",
        jwks_uri=f"{at}/.well-known/jwks.json",
        scopes_supported=list(Scope),
        token_endpoint_auth_signing_alg_values_supported=list(ALGORITHMS),
    )
    return said.model_dump(), PUBLISHED
