"""Citizens sign in and out, at both ends."""

from collections.abc import Mapping
from typing import cast
from uuid import UUID

import structlog
from flask import Blueprint, Flask, Response, redirect, render_template, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from citizen_portal.bodies.queries import directory
from citizen_portal.identity import actions, guards
from citizen_portal.identity.remote import keys, terms
from citizen_portal.identity.remote.doors import CITIZENS as DOOR
from citizen_portal.identity.remote.provider import SignedInThere
from citizen_portal.identity.remote.refusals import NotSignedIn, Refused
from citizen_portal.reach import of_citizen
from citizen_portal.web import parts
from citizen_portal.web.headers import PUBLISHED
from citizen_portal.web.transactions import db, on_behalf_of, writes

bp = Blueprint("sign_in", __name__)
log = structlog.get_logger()


@bp.record
def _meet_provider(state: BlueprintSetupState) -> None:
    app = cast(Flask, state.app)
    DOOR.install(app, terms.for_citizens(app.extensions["settings"]))


@bp.get("/sign-in")
def begin() -> ResponseReturnValue:
    """Straight to the identity provider; to step up, or when somebody was here, one signs in there
    anew."""
    guards.count_sign_in("sign-in")
    return DOOR.send(anew=request.args.get("step-up") == "1" or guards.must_prove_anew())


@bp.get("/sign-in/callback")
@writes
def finish() -> ResponseReturnValue:
    """Where the identity provider sends people back to."""
    guards.count_sign_in("sign-in back")
    asked, there = DOOR.receive()
    wanted = set(parts.settings().link_claims)
    if claim := parts.settings().oidc_age_claim:
        claims = there.claims(wanted | {claim})
        here = parts.region()
        if not actions.is_adult(claims.get(claim), on=here.today(), age=here.adult_age):
            log.warning("sign_in.refused", fault="not_shown_adult")
            return render_template("identity/adults.html", age=here.adult_age), 403
    else:
        claims = there.claims(wanted)
    with DOOR.trying(asked):
        _enter(there, step_up=asked.step_up, claims=claims)
    return redirect(asked.back)


@bp.get("/sign-out")
def ask_to_leave() -> ResponseReturnValue:
    if guards.maybe_current_officer() is not None:
        return redirect("/desk/sign-out")
    if guards.maybe_current() is None:
        guards.leave()
        return redirect("/signed-out")
    return render_template("identity/sign_out.html")


@bp.post("/sign-out")
def leave() -> ResponseReturnValue:
    """Ends the session here first, then at the identity provider if that is there."""
    if guards.maybe_current_officer() is not None:
        return redirect("/desk/sign-out", 303)
    who = guards.maybe_current()
    hint = guards.id_token_of(who) if who is not None else None
    guards.leave()
    if who is None:
        return redirect("/signed-out", 303)
    onward, reached = DOOR.way_out(hint)
    return DOOR.lead_out(onward, reached=reached)


@bp.get("/signed-out")
def signed_out() -> ResponseReturnValue:
    """Whoever comes here signed in is not told otherwise."""
    if guards.maybe_current() is not None:
        return redirect("/sign-out")
    return DOOR.lead_out(None, reached=True, closed=guards.just_closed())


@bp.get("/.well-known/jwks.json")
def public_keys() -> ResponseReturnValue:
    """Every public key of the portal: with which it signs, and proves itself at sign-in."""
    own = list(parts.signer().public()["keys"])
    published = {"keys": own + keys.public(parts.settings())}
    return published, PUBLISHED


@bp.after_app_request
def _let_sign_out_lead_on(response: Response) -> Response:
    if guards.cookie_names_citizen():
        DOOR.let_sign_out_lead_on(response)
    return response


@bp.errorhandler(NotSignedIn)
def _turn_away(error: NotSignedIn) -> ResponseReturnValue:
    return DOOR.turn_away(error, leave=guards.leave)


def _enter(there: SignedInThere, *, step_up: bool, claims: Mapping[str, object]) -> None:
    """Everything that a believed sign-in changes here, in the request's one transaction."""
    before, said = guards.maybe_current(), there.verified
    citizen_id = actions.find_or_make_citizen(
        db(), parts.index(), issuer=DOOR.provider.issuer, subject=said.subject
    )
    if step_up and before is not None and before.citizen_id != citizen_id:
        raise Refused("other_account")
    proof = DOOR.proof(said, parts.index())
    if step_up and before is not None:
        started = actions.step_up(db(), citizen_id, before.sign_in_id, proof=proof)
    else:
        guards.end_who_was_here(db())
        on_behalf_of(of_citizen(citizen_id))
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
