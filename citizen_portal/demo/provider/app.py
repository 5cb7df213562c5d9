"""The demo's identity provider as an app: discovery, one sign-in page, tokens, sign-out."""

import secrets
import time
from collections.abc import Sequence
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2 import OAuth2Error
from flask import Flask, Response, render_template, request, session
from flask.typing import ResponseReturnValue
from joserfc.jwk import ECKey, KeySet

from citizen_portal.demo.provider import server as parts
from citizen_portal.demo.provider.state import AUTH_METHODS, Client, Person, State, Visit
from citizen_portal.places import folder

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""No ``form-action``: the form leads on to whichever client asked."""


def create_provider(
    issuer: str, clients: Sequence[Client], people: Sequence[Person], officers: Sequence[Person]
) -> Flask:
    """The provider as an app, to be served at ``issuer`` by any WSGI server."""
    app = Flask(
        "citizen_portal.demo.provider",
        static_folder=str(folder("static")),
        template_folder=str(folder("templates")),
    )
    app.config.update(SECRET_KEY=secrets.token_hex(32), SESSION_COOKIE_NAME="demo_provider")
    app.config.update(SESSION_COOKIE_SAMESITE="Lax", MAX_CONTENT_LENGTH=100_000)
    key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)
    state = State(issuer, {one.client_id: one for one in clients}, people, officers, key)
    server = parts.make(app, state)
    _publish(app, state)
    _open_sign_in(app, state, server)
    _open_for_clients(app, state, server)
    app.after_request(_protect)
    return app


def _publish(app: Flask, state: State) -> None:
    @app.get("/.well-known/openid-configuration")
    def discovery() -> ResponseReturnValue:
        at = state.issuer
        return {
            "issuer": at,
            "authorization_endpoint": f"{at}/authorize",
            "token_endpoint": f"{at}/token",
            "userinfo_endpoint": f"{at}/userinfo",
            "end_session_endpoint": f"{at}/logout",
            "jwks_uri": f"{at}/jwks",
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code"],
            "subject_types_supported": ["pairwise"],
            "scopes_supported": ["openid", "profile"],
            "code_challenge_methods_supported": ["S256"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "token_endpoint_auth_methods_supported": AUTH_METHODS,
            "token_endpoint_auth_signing_alg_values_supported": ["ES256"],
            "authorization_response_iss_parameter_supported": True,
        }

    @app.get("/jwks")
    def jwks() -> ResponseReturnValue:
        return dict(KeySet([state.key]).as_dict(private=False))

    @app.get("/healthz")
    def alive() -> ResponseReturnValue:
        return {"status": "up"}


def _open_sign_in(app: Flask, state: State, server: AuthorizationServer) -> None:
    @app.get("/authorize")
    def ask() -> ResponseReturnValue:
        known = _still_signed_in(state)
        try:
            grant = server.get_consent_grant(end_user=known)
        except OAuth2Error as error:
            return _refuse(state, server, error)
        return _go_on(server, grant, known) if known else _page(state)

    @app.post("/authorize")
    def enter() -> ResponseReturnValue:
        person = state.find(request.form.get("citizen") or request.form.get("officer"))
        try:
            grant = server.get_consent_grant(end_user=person)
        except OAuth2Error as error:
            return _refuse(state, server, error)
        if person is None:
            return _page(state, nobody_chosen=True)
        session.clear()
        session.update(who=person.value, auth_time=int(time.time()))
        return _go_on(server, grant, person)

    @app.route("/logout", methods=["GET", "POST"])
    def leave() -> ResponseReturnValue:
        response: Response | None = server.create_endpoint_response("end_session")
        return response or render_template("demo/signed_out.html")


def _go_on(server: AuthorizationServer, grant: Any, person: Person) -> ResponseReturnValue:
    visit = Visit(grant.client, person, session["auth_time"])
    response: Response = server.create_authorization_response(grant_user=visit, grant=grant)
    return response


def _refuse(state: State, server: AuthorizationServer, error: OAuth2Error) -> ResponseReturnValue:
    """A refusal names its issuer too (RFC 9207 §2)."""
    response: Response = server.handle_error_response(None, error)
    if response.location:
        parts.NamesItself(state).add_issuer_parameter(server, response)
    return response


def _open_for_clients(app: Flask, state: State, server: AuthorizationServer) -> None:
    @app.post("/token")
    def token() -> ResponseReturnValue:
        response: Response = server.create_token_response()
        return response

    @app.get("/userinfo")
    def userinfo() -> ResponseReturnValue:
        _, _, token = request.headers.get("Authorization", "").partition("Bearer ")
        visit, until = state.tokens.get(token, (None, 0.0))
        if visit is None or until < time.time():
            return {}, 401, {"WWW-Authenticate": 'Bearer error="invalid_token"'}
        return dict(state.claims(visit))


def _still_signed_in(state: State) -> Person | None:
    """Who signed in with this browser before, if the client does not want them to sign in anew."""
    person = state.find(session.get("who"))
    if person is None or "login" in request.args.get("prompt", "").split():
        return None
    limit = request.args.get("max_age", "")
    if limit.isdecimal() and time.time() - session["auth_time"] >= int(limit):
        return None
    return person


def _page(state: State, *, nobody_chosen: bool = False) -> ResponseReturnValue:
    page = render_template(
        "demo/sign_in.html",
        citizens=state.citizens,
        officers=state.officers,
        nobody_chosen=nobody_chosen,
    )
    return page, 400 if nobody_chosen else 200


def _protect(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response
