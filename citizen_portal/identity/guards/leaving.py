"""How a session of this browser ends: by leaving, or because somebody else signs in."""

import structlog
from flask import g, session
from flask_login import AnonymousUserMixin, logout_user
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from citizen_portal.identity import actions
from citizen_portal.identity.actions import officers
from citizen_portal.identity.guards import cookie
from citizen_portal.identity.guards.citizens import maybe_current
from citizen_portal.identity.guards.officers import maybe_current_officer
from citizen_portal.web.transactions import aside

CLOSED = "closed"

log = structlog.get_logger()


def leave() -> bool:
    """End the session of this browser, whatever else fails, and note that somebody left on purpose.
    Says whether somebody was signed in.

    The cookie goes first: nobody is held on the page by a database that cannot be written. Nothing
    that was begun before survives, so that no sign-in left unfinished lets the next one in.
    """
    somebody = False
    try:
        somebody = maybe_current() is not None or maybe_current_officer() is not None
        if somebody:
            with aside() as ending:
                end_who_was_here(ending)
    except SQLAlchemyError as error:
        log.error("sign_out.not_ended", fault=type(error).__name__)
        g._login_user = AnonymousUserMixin()  # nobody is looked up again
    forget_browser()
    return somebody


def forget_browser(*, closed: bool = False) -> None:
    """Leave in this browser only that somebody left on purpose, and that they closed an account."""
    logout_user()
    cookie.empty(kept=cookie.KEPT_ON_LEAVING)
    session[cookie.LEFT] = True
    if closed:
        session[CLOSED] = True


def must_prove_anew() -> bool:
    """Whether the last one to use this browser left, or their session is over.

    The identity provider may still know them. Whoever comes next must prove who they are, or the
    Back button would open the page that was just left, and a session that ran out, or was ended
    from elsewhere, would begin again by itself.
    """
    nobody = maybe_current() is None and maybe_current_officer() is None
    return cookie.LEFT in session or (nobody and cookie.names_somebody())


def just_closed() -> bool:
    """Whether an account was closed in this browser just now; told once."""
    return bool(session.pop(CLOSED, False))


def end_who_was_here(ending: Session) -> None:
    """End the session that this browser is in, a citizen's or an officer's, if it is in one."""
    citizen, officer = maybe_current(), maybe_current_officer()
    if citizen is not None:
        actions.end(ending, citizen.citizen_id, citizen.sign_in_id)
    if officer is not None:
        officers.end(
            ending,
            officer.officer_id,
            officer.sign_in_id,
            organisation_id=officer.organisation_id,
        )
