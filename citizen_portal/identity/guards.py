"""Who is asking: the citizen of this request, found by the cookie and a session kept here.

The cookie says ``citizen:sign-in:token``; the row knows a digest of the token. A session that was
ended anywhere is over at the next request, whatever the cookie says.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

import structlog
from flask import Flask, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import (
    AnonymousUserMixin,
    LoginManager,
    UserMixin,
    current_user,
    login_user,
    logout_user,
)
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError

from citizen_portal import clock
from citizen_portal.identity import actions, queries
from citizen_portal.sealing import CannotOpen
from citizen_portal.settings import Settings
from citizen_portal.web import parts
from citizen_portal.web.site import own_path
from citizen_portal.web.transactions import SAFE, aside, db

SEEN_EVERY = timedelta(minutes=1)
CLOCKS_DIFFER = timedelta(seconds=30)
"""The identity provider's clock may be ahead of ours by so much."""
log = structlog.get_logger()
LEFT = "left"
"""Stands in the cookie when its last user signed out or left the page."""
KEPT_ON_LEAVING = ("language",)
KEPT = (*KEPT_ON_LEAVING, "pending")
"""What the cookie keeps when somebody signs in or out: the language, and sign-ins that are under
way in other tabs. The rest is made anew."""


@dataclass(frozen=True)
class SignedIn(UserMixin):  # type: ignore[misc]
    """The citizen of this request and the session they are in."""

    citizen_id: UUID
    sign_in_id: UUID
    auth_time: datetime
    assurance: str
    last_seen_at: datetime = field(default_factory=clock.now, compare=False)
    token: str = field(default="", repr=False, compare=False)

    def get_id(self) -> str:
        """What Flask-Login writes into the signed cookie."""
        return f"{self.citizen_id}:{self.sign_in_id}:{self.token}"


Hook = Callable[[SignedIn], None]


def init_app(app: Flask, *, ask_bodies: Hook | None = None) -> None:
    """``ask_bodies`` is called once a sign-in, or a new link to a body, has been committed."""
    manager = LoginManager()
    manager.session_protection = None  # people on the move change addresses; rows end sessions
    manager.user_loader(_load)
    manager.unauthorized_handler(_ask_to_sign_in)
    manager.init_app(app)
    app.extensions["ask_bodies"] = ask_bodies
    app.jinja_env.globals["signed_in"] = lambda: maybe_current() is not None


def citizens_only() -> ResponseReturnValue | None:
    """Blueprint guard: turns away whoever is not signed in, and notes who was seen."""
    if not current_user.is_authenticated:
        return _ask_to_sign_in()
    who = current()
    if clock.now() - who.last_seen_at > SEEN_EVERY:
        with aside() as seen:
            actions.note_seen(seen, who.citizen_id, who.sign_in_id)
    return None


def current() -> SignedIn:
    """Who is signed in; only behind a guard."""
    return cast(SignedIn, current_user._get_current_object())


def maybe_current() -> SignedIn | None:
    """Who is signed in, where strangers may come too."""
    return current() if current_user.is_authenticated else None


def stepped_up_within(seconds: int) -> bool:
    """Whether the citizen of this request has proved who they are within these seconds."""
    age = clock.now() - current().auth_time
    return -CLOCKS_DIFFER <= age <= timedelta(seconds=seconds)


def require_step_up() -> ResponseReturnValue | None:
    """A redirect to prove oneself again when that was too long ago, else nothing.

    A view returns it before it does what needs it; the way leads back to the same page.
    """
    if stepped_up_within(parts.settings().step_up_max_age):
        return None
    arguments: dict[str, Any] = {"step-up": 1, "back": _here()}
    return redirect(url_for("sign_in.begin", **arguments))


def enter(started: actions.Started) -> SignedIn:
    """Put a session that has just begun into the cookie, and nothing of what was there before."""
    row = started.sign_in
    who = SignedIn(
        citizen_id=row.citizen_id,
        sign_in_id=row.id,
        auth_time=row.auth_time,
        assurance=row.assurance,
        token=started.token,
    )
    _empty_cookie()
    login_user(who)
    session.pop("_id", None)  # a digest of address and browser, which we do not use
    return who


def leave() -> None:
    """End the session of this browser, whatever else fails, and note that somebody left on purpose.

    The cookie goes first: nobody is held on the page by a database that cannot be written. Nothing
    that was begun before survives, so that no sign-in left unfinished lets the next one in.
    """
    try:
        who = maybe_current()
        if who is not None:
            with aside() as ending:
                actions.end(ending, who.citizen_id, who.sign_in_id)
    except SQLAlchemyError as error:
        log.error("sign_out.not_ended", fault=type(error).__name__)
        g._login_user = AnonymousUserMixin()  # nobody is looked up again
    logout_user()
    _empty_cookie(kept=KEPT_ON_LEAVING)
    session[LEFT] = True


def left_on_purpose() -> bool:
    """Whether the last one to use this browser signed out or left the page.

    The identity provider may still know them. Whoever comes next must prove who they are, or the
    Back button would open the page that was just left.
    """
    return LEFT in session


def ask_bodies_after_commit(who: SignedIn) -> None:
    """Have the bodies asked once the request's transaction has been committed, if it is."""
    hook = cast("Hook | None", current_app.extensions["ask_bodies"])
    if hook is not None:
        event.listen(db(), "after_commit", lambda _: hook(who), once=True)


def sealing_context(citizen_id: UUID, sign_in_id: UUID) -> str:
    return f"id-token:{citizen_id}:{sign_in_id}"


def id_token_of(who: SignedIn) -> str | None:
    """What the identity provider wants to see at sign-out, read before anything is written."""
    with parts.sessions().reading() as reading:
        sealed = queries.sealed_hint(reading, who.citizen_id, who.sign_in_id)
    if sealed is None:
        return None
    try:
        context = sealing_context(who.citizen_id, who.sign_in_id)
        return parts.sealer().unseal(sealed, context).decode()
    except CannotOpen:
        return None


def limits(settings: Settings) -> queries.Limits:
    return queries.Limits(
        idle=timedelta(minutes=settings.session_idle_minutes),
        absolute=timedelta(hours=settings.session_absolute_hours),
    )


def _load(text: str) -> SignedIn | None:
    """The session a cookie means, if it is still good. In a short reading session of its own,
    because the request's own may hold SQLite's only write lock."""
    try:
        citizen, sign_in, token = text.split(":")
        citizen_id, sign_in_id = UUID(citizen), UUID(sign_in)
    except ValueError:
        return None
    with parts.sessions().reading() as reading:
        found = queries.sign_in(reading, citizen_id, sign_in_id)
    if found is None or limits(parts.settings()).over(found):
        return None
    if not hmac.compare_digest(found.token_digest, actions.digest(token)):
        return None
    return SignedIn(
        citizen_id=citizen_id,
        sign_in_id=sign_in_id,
        auth_time=found.auth_time,
        assurance=found.assurance,
        last_seen_at=found.last_seen_at,
        token=token,
    )


def _ask_to_sign_in() -> ResponseReturnValue:
    """To the sign-in and back here; from a form to the dashboard, since it cannot be sent again."""
    return redirect(url_for("sign_in.begin", back=_here()))


def _here() -> str:
    here = request.full_path.rstrip("?") if request.method in SAFE else "/my"
    return own_path(here, "/my")


def _empty_cookie(*, kept: tuple[str, ...] = KEPT) -> None:
    values = {name: session[name] for name in kept if name in session}
    session.clear()
    session.update(values)
