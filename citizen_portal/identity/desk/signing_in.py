"""Officers sign in and out with their work account. It is on the list of officers, or nothing is
begun: no session, no row, and not a word about whether the person is known here otherwise."""

from typing import cast
from uuid import UUID

import structlog
from flask import Blueprint, Flask, Response, redirect, render_template, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from citizen_portal.identity import guards, queries
from citizen_portal.identity.actions import officers
from citizen_portal.identity.remote import terms
from citizen_portal.identity.remote.doors import OFFICERS as DOOR
from citizen_portal.identity.remote.provider import SignedInThere
from citizen_portal.identity.remote.refusals import NotSignedIn
from citizen_portal.web import parts
from citizen_portal.web.transactions import db, writes

bp = Blueprint("desk_sign_in", __name__, url_prefix="/desk")
log = structlog.get_logger()


@bp.record
def _meet_provider(state: BlueprintSetupState) -> None:
    app = cast(Flask, state.app)
    DOOR.install(app, terms.for_officers(app.extensions["settings"]))


@bp.get("/sign-in")
def begin() -> ResponseReturnValue:
    """Straight to the officers' identity provider, if this portal has a desk at all."""
    if not DOOR.provider.issuer:
        return render_template("identity/no_desk.html"), 404
    guards.count_sign_in("sign-in")
    return DOOR.send(anew=request.args.get("step-up") == "1" or guards.must_prove_anew())


@bp.get("/sign-in/callback")
@writes
def finish() -> ResponseReturnValue:
    """Where the officers' identity provider sends people back to."""
    guards.count_sign_in("sign-in back")
    asked, there = DOOR.receive()
    blind = parts.index().blind("officer", DOOR.provider.issuer, there.verified.subject)
    found = queries.officer_of(db(), blind)
    if found is None:
        log.warning("sign_in.refused", fault="not_an_officer")
        return render_template("identity/not_listed.html", door=DOOR), 403
    _enter(*found, there)
    return redirect(asked.back)


@bp.get("/sign-out")
def ask_to_leave() -> ResponseReturnValue:
    if guards.maybe_current() is not None:
        return redirect("/sign-out")
    if guards.maybe_current_officer() is None:
        guards.leave()
        return redirect(DOOR.signed_out)
    return render_template("identity/desk_sign_out.html")


@bp.post("/sign-out")
def leave() -> ResponseReturnValue:
    """Ends the session here first, then at the identity provider if that is there."""
    if guards.maybe_current() is not None:
        return redirect("/sign-out", 303)
    who = guards.maybe_current_officer()
    hint = guards.id_token_of_officer(who) if who is not None else None
    guards.leave()
    if who is None:
        return redirect(DOOR.signed_out, 303)
    onward, reached = DOOR.way_out(hint)
    return DOOR.lead_out(onward, reached=reached)


@bp.get("/signed-out")
def signed_out() -> ResponseReturnValue:
    return DOOR.lead_out(None, reached=True)


@bp.after_app_request
def _let_sign_out_lead_on(response: Response) -> Response:
    if guards.cookie_names_officer():
        DOOR.let_sign_out_lead_on(response)
    return response


@bp.errorhandler(NotSignedIn)
def _turn_away(error: NotSignedIn) -> ResponseReturnValue:
    return DOOR.turn_away(error, leave=guards.leave)


def _enter(officer_id: UUID, organisation_id: UUID, there: SignedInThere) -> None:
    """A session of the officer, in place of whoever was signed in in this browser."""
    said = there.verified
    guards.end_who_was_here(db())
    proof = DOOR.proof(said, parts.index())
    begun = officers.start(db(), officer_id, organisation_id=organisation_id, proof=proof)
    context = guards.officer_context(officer_id, begun.sign_in.id)
    begun.sign_in.sealed_hint = parts.sealer().seal(there.id_token.encode(), context)
    guards.enter_officer(begun)
