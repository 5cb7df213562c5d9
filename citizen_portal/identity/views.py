"""Signing in and out, at both ends."""

from collections.abc import Mapping
from typing import cast
from urllib.parse import urlsplit
from uuid import UUID

import structlog
from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    redirect,
    render_template,
    request,
    session,
)
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from citizen_portal import clock
from citizen_portal.bodies.queries import directory
from citizen_portal.identity import actions, guards
from citizen_portal.identity.remote import keys, pending
from citizen_portal.identity.remote.provider import Provider, SignedInThere
from citizen_portal.identity.remote.refusals import Refused, Unreachable
from citizen_portal.web import headers, pages, parts
from citizen_portal.web.site import own_path
from citizen_portal.web.transactions import abandon, db, writes

bp = Blueprint("sign_in", __name__)
log = structlog.get_logger()
LONGEST_CODE = 4096
BUSY = {"temporarily_unavailable", "server_error"}
"""Errors of RFC 6749 §4.1.2.1 that mean: later, perhaps."""
STOPPED = {"access_denied", "login_required", "interaction_required", "consent_required"}
"""Errors that mean that the person did not go through with it."""


@bp.record
def _meet_provider(state: BlueprintSetupState) -> None:
    app = cast(Flask, state.app)
    app.extensions["identity_provider"] = Provider(app, app.extensions["settings"])


@bp.get("/sign-in")
def begin() -> ResponseReturnValue:
    """Straight to the identity provider; to step up, or after leaving, one signs in there anew."""
    back = own_path(request.args.get("back"), "/my")
    anew = request.args.get("step-up") == "1" or guards.left_on_purpose()
    asked = pending.begin(back=back, step_up=anew)
    address = _provider().address_to_sign_in(
        asked.asked, back_to=_own("/sign-in/callback"), language=pages.language()
    )
    pending.remember(asked)
    return redirect(address)


@bp.get("/sign-in/callback")
@writes
def finish() -> ResponseReturnValue:
    """Where the identity provider sends people back to."""
    if request.method == "HEAD":
        abort(405)  # a look ahead must not use up the code
    asked = pending.take(_only("state"))
    _provider().check_who_answers(_only("iss"))
    _check_error(_only("error"))
    code = _only("code")
    if not code or len(code) > LONGEST_CODE:
        raise Refused("code_missing")
    there = _provider().redeem(code, asked.asked, back_to=_own("/sign-in/callback"))
    wanted = set(parts.settings().link_claims)
    if claim := parts.settings().oidc_age_claim:
        claims = there.claims(wanted | {claim})
        here = parts.region()
        today = clock.today(here.timezone)
        if not actions.is_adult(claims.get(claim), on=today, age=here.adult_age):
            log.warning("sign_in.refused", fault="not_shown_adult")
            return render_template("identity/adults.html", age=here.adult_age), 403
    else:
        claims = there.claims(wanted)
    _enter(there, step_up=asked.step_up, claims=claims)
    return redirect(asked.back)


@bp.get("/sign-out")
def ask_to_leave() -> ResponseReturnValue:
    if guards.maybe_current() is None:
        guards.leave()
        return redirect("/signed-out")
    return render_template("identity/sign_out.html")


@bp.post("/sign-out")
def leave() -> ResponseReturnValue:
    """Ends the session here first, then at the identity provider if that is there."""
    who = guards.maybe_current()
    hint = guards.id_token_of(who) if who is not None else None
    guards.leave()
    if who is None:
        return redirect("/signed-out", 303)
    onward, reached = _way_out(hint)
    if onward is None:
        return render_template("identity/signed_out.html", reached=reached)
    if _origin(onward) == _origin(parts.settings().oidc_issuer):
        return redirect(onward, 303)
    # a form may lead to the issuer's origin only, so here the way on is a navigation of its own
    page = render_template("identity/onward.html", onward=onward)
    return page, 200, {"Refresh": f"0; url={onward}"}


@bp.get("/signed-out")
def signed_out() -> ResponseReturnValue:
    return render_template("identity/signed_out.html", reached=True)


@bp.get("/.well-known/jwks.json")
def public_keys() -> ResponseReturnValue:
    """Every public key of the portal: with which it signs, and proves itself at sign-in."""
    own = list(parts.signer().public()["keys"])
    published = {"keys": own + keys.public(parts.settings().keys_folder)}
    return published, {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=300"}


@bp.after_app_request
def _let_sign_out_lead_on(response: Response) -> Response:
    """Pages of signed-in people may send the sign-out form on to the identity provider.

    Browsers apply ``form-action`` to redirects that follow a form, too.
    """
    issuer = parts.settings().oidc_issuer
    if issuer and "_user_id" in session:
        own = headers.policy(headers.nonce())
        allowed = own.replace("form-action 'self'", f"form-action 'self' {_origin(issuer)}")
        response.headers.setdefault("Content-Security-Policy", allowed)
    return response


@bp.errorhandler(Refused)
def _refused(refused: Refused) -> ResponseReturnValue:
    abandon()
    log.warning("sign_in.refused", fault=refused.fault)
    return render_template("identity/refused.html", fault=refused.fault), 400


@bp.errorhandler(Unreachable)
def _unreachable(unreachable: Unreachable) -> ResponseReturnValue:
    abandon()
    log.warning("sign_in.refused", fault=unreachable.fault)
    return render_template("identity/unreachable.html"), 503


def _enter(there: SignedInThere, *, step_up: bool, claims: Mapping[str, object]) -> None:
    """Everything that a believed sign-in changes here, in the request's one transaction."""
    before, said = guards.maybe_current(), there.verified
    issuer = parts.settings().oidc_issuer
    citizen_id = actions.find_or_make_citizen(
        db(), parts.index(), issuer=issuer, subject=said.subject
    )
    if step_up and before is not None and before.citizen_id != citizen_id:
        raise Refused("other_account")
    proof = actions.Proof(said.assurance, said.auth_time, said.provider_session)
    if step_up and before is not None:
        started = actions.step_up(db(), citizen_id, before.sign_in_id, proof=proof)
    else:
        if before is not None:
            actions.end(db(), before.citizen_id, before.sign_in_id)
        started = actions.start(db(), citizen_id, proof=proof)
    row = started.sign_in
    context = guards.sealing_context(citizen_id, row.id)
    row.sealed_hint = parts.sealer().seal(there.id_token.encode(), context)
    _ask_bodies(claims, citizen_id)
    who = guards.enter(started)
    guards.ask_bodies_after_commit(who)


def _ask_bodies(claims: Mapping[str, object], citizen_id: UUID) -> None:
    """Let the bodies that know people by a verified claim be asked, later and by the worker."""
    for claim, slug in sorted(parts.settings().link_claims.items()):
        body = directory(db()).body_by_slug(slug)
        if body is not None and claim in claims:
            actions.ask_by_claim(
                db(), parts.sealer(), citizen_id, body.id, claim=claim, value=claims[claim]
            )


def _way_out(id_token: str | None) -> tuple[str | None, bool]:
    """Where to sign out at the identity provider, and whether it could be reached."""
    try:
        return _provider().address_to_sign_out(id_token, back_to=_own("/signed-out")), True
    except (Refused, Unreachable) as fault:
        log.warning("sign_out.local_only", fault=fault.fault)
        return None, False


def _check_error(error: str | None) -> None:
    if error in BUSY:
        raise Unreachable("provider_busy")
    if error in STOPPED:
        raise Refused("stopped")
    if error is not None:
        raise Refused("provider_error")


def _only(name: str) -> str | None:
    """A parameter of the answer; one that comes twice is no answer."""
    values = request.args.getlist(name)
    if len(values) > 1:
        raise Refused("repeated_parameter")
    return values[0] if values else None


def _provider() -> Provider:
    return cast(Provider, current_app.extensions["identity_provider"])


def _own(path: str) -> str:
    return parts.settings().public_url + path


def _origin(address: str) -> str:
    found = urlsplit(address)
    return f"{found.scheme}://{found.netloc}"
