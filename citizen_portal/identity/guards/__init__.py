"""Who is asking: the citizen or the officer of this request, by a cookie and a row kept here."""

from flask import Flask
from flask_login import LoginManager

from citizen_portal.identity.guards import citizens, officers
from citizen_portal.identity.guards.citizens import (
    Hook,
    SignedIn,
    ask_bodies_after_commit,
    citizens_only,
    current,
    enter,
    id_token_of,
    maybe_current,
    require_step_up,
    sealing_context,
    stepped_up_within,
)
from citizen_portal.identity.guards.cookie import LEFT, OFFICER, limits
from citizen_portal.identity.guards.cookie import names_citizen as cookie_names_citizen
from citizen_portal.identity.guards.cookie import names_officer as cookie_names_officer
from citizen_portal.identity.guards.leaving import (
    end_who_was_here,
    forget_browser,
    just_closed,
    leave,
    must_prove_anew,
)
from citizen_portal.identity.guards.officers import (
    DESK,
    cookie_text,
    current_officer,
    enter_officer,
    id_token_of_officer,
    maybe_current_officer,
    need_role,
    officer_context,
    officers_only,
    officers_who,
)
from citizen_portal.identity.queries import OfficerHere
from citizen_portal.web import limits as web_limits

__all__ = [
    "DESK",
    "LEFT",
    "Hook",
    "OfficerHere",
    "SignedIn",
    "ask_bodies_after_commit",
    "citizens_only",
    "cookie_names_citizen",
    "cookie_names_officer",
    "cookie_text",
    "count_sign_in",
    "current",
    "current_officer",
    "end_who_was_here",
    "enter",
    "enter_officer",
    "forget_browser",
    "id_token_of",
    "id_token_of_officer",
    "init_app",
    "just_closed",
    "leave",
    "limits",
    "maybe_current",
    "maybe_current_officer",
    "must_prove_anew",
    "need_role",
    "officer_context",
    "officers_only",
    "officers_who",
    "require_step_up",
    "sealing_context",
    "stepped_up_within",
]


class Manager(LoginManager):  # type: ignore[misc]  # Flask-Login has no types
    """Knows people by the session alone. A cookie that keeps them signed in is never made here, and
    none is read: whoever shares our domain could set one."""

    def _load_user_from_remember_cookie(self, cookie: str) -> None:
        """Nobody."""


def count_sign_in(step: str) -> None:
    """One step of a sign-in; raises ``TooMany``. Of who is signed in already it counts for
    themselves: nobody else at their address can keep them from proving who they are."""
    citizen, officer = maybe_current(), maybe_current_officer()
    if citizen is not None:
        web_limits.count_person(str(citizen.citizen_id))
    elif officer is not None:
        web_limits.count_person(str(officer.officer_id))
    else:
        web_limits.count_stranger(step)


def init_app(app: Flask, *, ask_bodies: Hook | None = None) -> None:
    """``ask_bodies`` is called once a sign-in, or a new link to a body, has been committed."""
    manager = Manager()
    manager.session_protection = None  # people on the move change addresses; rows end sessions
    manager.user_loader(_load)
    manager.unauthorized_handler(citizens.ask_to_sign_in)
    manager.init_app(app)
    app.extensions["ask_bodies"] = ask_bodies
    app.jinja_env.globals["signed_in"] = lambda: maybe_current() is not None
    app.jinja_env.globals["officer"] = maybe_current_officer


def _load(text: str) -> SignedIn | officers.OfficerSignedIn | None:
    """Whom a cookie means, if their session is still good."""
    return officers.load(text) if text.startswith(OFFICER) else citizens.load(text)
