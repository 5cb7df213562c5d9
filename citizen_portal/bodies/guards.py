"""Which body's system is asking: found by its access token (RFC 9068), never by a cookie.

A system that was removed, or lost a scope, is turned away at its next call whatever its token says.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar, cast
from uuid import UUID

from flask import current_app, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from citizen_portal import clock
from citizen_portal.bodies import queries
from citizen_portal.bodies.models import Scope
from citizen_portal.reach import Kind, of_body
from citizen_portal.web import limits, machine, parts
from citizen_portal.web.transactions import on_behalf_of

View = TypeVar("View", bound=Callable[..., object])
TOKEN_KIND = "at+jwt"  # noqa: S105 - a media type
REALM = 'Bearer realm="citizen-portal"'


@dataclass(frozen=True, slots=True)
class Caller:
    """The system of this request, and the body it acts as."""

    client_id: str
    organisation_id: UUID
    body: str
    """Its slug."""
    scopes: frozenset[str]


def audience() -> str:
    """What our access tokens are for (RFC 9068 §2.2)."""
    return f"{parts.settings().public_url}/api"


def needs(scope: Scope) -> Callable[[View], View]:
    """Name the scope of a route. Behind ``machines_only``, one that names none answers nobody."""

    def mark(view: View) -> View:
        view.scope = scope  # type: ignore[attr-defined]
        return view

    return mark


def scope_of(view: object) -> Scope:
    """The scope that a route needs; raises ``AttributeError`` where it names none."""
    return cast(Scope, view.scope)  # type: ignore[attr-defined]


def machines_only() -> ResponseReturnValue | None:
    """Blueprint guard: turns away whoever brings no good token with the route's scope, or
    calls too often."""
    scope = scope_of(current_app.view_functions[str(request.endpoint)])
    if request.authorization is None or request.authorization.type != "bearer":
        said = gettext("An access token is needed. docs/api.md says how to get one.")
        return machine.problem(401, said, headers={"WWW-Authenticate": REALM})
    caller = _caller(request.authorization.token or "")
    if caller is None:
        said = gettext("The access token is not good here, or no longer.")
        challenge = f'{REALM}, error="invalid_token"'
        return machine.problem(401, said, headers={"WWW-Authenticate": challenge})
    if scope not in caller.scopes:
        said = gettext("The access token does not reach this far.")
        challenge = f'{REALM}, error="insufficient_scope", scope="{scope}"'
        return machine.problem(403, said, headers={"WWW-Authenticate": challenge})
    limits.count_client(caller.client_id)
    g.caller = caller
    on_behalf_of(of_body(caller.organisation_id))
    return None


def reaching(kind: Kind) -> Callable[[], None]:
    """Blueprint guard behind ``machines_only``: these routes have a path of their own."""
    return lambda: on_behalf_of(of_body(current_client().organisation_id, kind))


def current_client() -> Caller:
    """Who is calling; only behind the guard."""
    return cast(Caller, g.caller)


def _caller(token: str) -> Caller | None:
    claims = parts.signer().opened(token, kind=TOKEN_KIND)
    if claims is None:
        return None
    ours = claims.get("iss") == parts.settings().public_url and claims.get("aud") == audience()
    if not ours or claims["exp"] <= clock.now().timestamp():
        return None
    with parts.sessions().reading() as reading:
        client = queries.client(reading, claims["client_id"])
    if client is None:
        return None
    return Caller(
        client_id=client.client_id,
        organisation_id=client.organisation_id,
        body=client.body,
        scopes=client.scopes & set(claims["scope"].split()),
    )
