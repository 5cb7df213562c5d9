"""What the signed cookie says of who is signed in, and what of it outlives them.

It says ``citizen:sign-in:token``, or ``officer:`` and the same of an officer. So one browser is
signed in as one of the two. The row knows a digest of the token, never the token.
"""

import hmac
from datetime import datetime, timedelta
from uuid import UUID

from flask import request, session

from citizen_portal import clock
from citizen_portal.identity import actions, queries
from citizen_portal.settings import Settings
from citizen_portal.web.site import own_path
from citizen_portal.web.transactions import SAFE

SEEN_EVERY = timedelta(minutes=1)
OFFICER = "officer:"
LEFT = "left"
"""Stands in the cookie when its last user signed out or left the page."""
KEPT_ON_LEAVING = ("language",)
KEPT = (*KEPT_ON_LEAVING, "pending")
"""What the cookie keeps when somebody signs in or out: the language, and sign-ins that are under
way in other tabs. The rest is made anew."""
FORMS = "csrf_token"
"""By which forms are known to come from this browser; Flask-WTF keeps it under this name."""


def read(text: str) -> tuple[UUID, UUID, str] | None:
    """Whose session, which session, and its token; nothing if the cookie says nonsense."""
    try:
        person, sign_in, token = text.split(":")
        return UUID(person), UUID(sign_in), token
    except ValueError:
        return None


def names_citizen() -> bool:
    """Whether the cookie says that a citizen is signed in; the row alone knows whether it is so."""
    return names_somebody() and not names_officer()


def names_officer() -> bool:
    return str(session.get("_user_id", "")).startswith(OFFICER)


def is_right(token: str, kept_digest: str) -> bool:
    return hmac.compare_digest(kept_digest, actions.digest(token))


def seen_long_ago(last_seen: datetime) -> bool:
    """Whether it is time to note again that somebody was here."""
    return clock.now() - last_seen > SEEN_EVERY


def limits(settings: Settings) -> queries.Limits:
    return queries.Limits(
        idle=timedelta(minutes=settings.session_idle_minutes),
        absolute=timedelta(hours=settings.session_absolute_hours),
    )


def names_somebody() -> bool:
    return "_user_id" in session


def empty(*, kept: tuple[str, ...] = KEPT) -> None:
    values = {name: session[name] for name in kept if name in session}
    session.clear()
    session.update(values)


def here(otherwise: str) -> str:
    """The address of this page to come back to; a form cannot be sent again."""
    address = request.full_path.rstrip("?") if request.method in SAFE else otherwise
    return own_path(address, otherwise)
