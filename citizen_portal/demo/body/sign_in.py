"""A body's own sign-in: it says to the portal, by the citizen's browser, whether it knows them.

What it says is kept aside until the portal confirms it: only then did the statement reach the
browser that began. Everybody here is invented, and there is no password.
"""

import secrets
import time
from typing import Any, cast
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from joserfc import jwt

from citizen_portal.demo.body.config import BodyConfig, Door, Offer, State
from citizen_portal.demo.body.proof import said_by_portal

RETURN = "/my/account/link/return"
LIFE = 300
OTHERWISE = ("not_matched", "ambiguous")
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""No ``form-action``: the form leads back to the portal."""

bp = Blueprint("sign_in", __name__)


@bp.get("/sign-in")
def ask() -> ResponseReturnValue:
    _asked()
    body = _body()
    return render_template(
        "demo/body_sign_in.html", name=body.name, people=sorted(body.people), cancel=_stopped()
    )


@bp.post("/sign-in")
def answer() -> ResponseReturnValue:
    asked, chosen = _asked(), request.form.get("person")
    if chosen not in OTHERWISE and chosen not in _body().people:
        return redirect(_stopped(), 303)
    state = chosen if chosen in OTHERWISE else "linked"
    statement = urlencode({"statement": _signed(asked, state, str(chosen))})
    return redirect(f"{_back()}?{statement}", 303)


def stated(state: State, jti: str, subject: str) -> list[str]:
    """Whom we said this id is, if the portal confirms it in time; the same when it asks again."""
    offer = state.offers.get(jti)
    good = offer is not None and offer.subject == subject and offer.until > time.time()
    return [offer.person] if offer is not None and good else []


@bp.after_request
def _protect(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


def _asked() -> dict[str, Any]:
    """What the portal asks; whatever else comes is a bad request."""
    body = _body()
    claims = said_by_portal(
        request.args.get("request", ""),
        keys=body.keys(),
        issuer=body.issuer,
        audience=cast(Door, body.door).address,
        kind="link-request+jwt",
    )
    if claims is None or claims.get("redirect_uri") != _back():
        abort(400)
    return claims


def _signed(asked: dict[str, Any], state: str, person: str) -> str:
    body, now, jti = _body(), int(time.time()), secrets.token_urlsafe(24)
    if state == "linked":
        offers = cast(State, current_app.extensions["state"]).offers
        offers[jti] = Offer(asked["sub"], person, now + LIFE)
    claims = {"iss": body.audience, "aud": body.issuer, "sub": asked["sub"]}
    claims |= {"nonce": asked["nonce"], "jti": jti, "state": state}
    key = cast(Door, body.door).key
    header = {"alg": "Ed25519", "typ": "link-statement+jwt", "kid": key.kid}
    return jwt.encode(
        header, {**claims, "iat": now, "exp": now + LIFE}, key, algorithms=["Ed25519"]
    )


def _back() -> str:
    """Where the portal takes people back. What a request names is never followed on its word."""
    return _body().issuer + RETURN


def _stopped() -> str:
    return f"{_back()}?error=stopped"


def _body() -> BodyConfig:
    return cast(BodyConfig, current_app.extensions["body"])
