"""Where identity providers tell that somebody signed out there (OpenID Connect Back-Channel Logout
1.0 §2.5): their sessions here end in the same moment, in whichever process they are met next."""

import structlog
from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from citizen_portal.bodies.actions.clients import use_up
from citizen_portal.identity import actions, queries
from citizen_portal.identity.actions import officers
from citizen_portal.identity.remote.doors import CITIZENS, OFFICERS, Door
from citizen_portal.identity.remote.logout_tokens import Ended
from citizen_portal.identity.remote.refusals import Refused, Unreachable
from citizen_portal.web import parts
from citizen_portal.web.transactions import abandon, db

bp = Blueprint("signed_out_there", __name__, url_prefix="/back-channel-logout")
log = structlog.get_logger()


@bp.post("")
def citizen() -> ResponseReturnValue:
    ended, known = _read(CITIZENS)
    blind = parts.index().blind("account", CITIZENS.provider.issuer, ended.subject)
    citizen_id = queries.citizen_of(db(), blind)
    if citizen_id is not None:
        actions.end_there(db(), citizen_id, known)
    return _done()


@bp.post("/officers")
def officer() -> ResponseReturnValue:
    ended, known = _read(OFFICERS)
    blind = parts.index().blind("officer", OFFICERS.provider.issuer, ended.subject)
    found = queries.officer_of(db(), blind)
    if found is not None:
        officers.end_there(db(), *found, known)
    return _done()


@bp.errorhandler(Refused)
def _refused(refused: Refused) -> ResponseReturnValue:
    abandon()
    log.warning("sign_out.refused", fault=refused.fault)
    return {"error": "invalid_request"}, 400


@bp.errorhandler(Unreachable)
def _unreachable(unreachable: Unreachable) -> ResponseReturnValue:
    """Its keys could not be had: nothing can be said of the token."""
    abandon()
    log.warning("sign_out.refused", fault=unreachable.fault)
    return {"error": "temporarily_unavailable"}, 503


def _read(door: Door) -> tuple[Ended, str | None]:
    """Whom a token names, once and no more, and by what their session there is known here."""
    ended = door.who_signed_out()
    name = f"sign-out of {door.name}"
    if not use_up(db(), name, ended.token_id, expires_at=ended.good_until):
        raise Refused("used_before")
    return ended, door.session_there(parts.index(), ended.subject, ended.provider_session)


def _done() -> Response:
    """The same for whoever is known here and whoever is not."""
    return Response(status=200, mimetype="text/plain")
