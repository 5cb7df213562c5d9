"""The guard of citizens' pages: the citizen of this request, found by the cookie and a row.

A session that was ended anywhere is over at the next request, whatever the cookie says.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from flask import current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import UserMixin, current_user, login_user
from sqlalchemy import event

from citizen_portal import clock
from citizen_portal.errors import NotPermitted
from citizen_portal.identity import actions, queries
from citizen_portal.identity.guards import cookie
from citizen_portal.identity.guards.officers import maybe_current_officer
from citizen_portal.reach import of_citizen
from citizen_portal.web import limits, parts
from citizen_portal.web.transactions import SAFE, aside, db, on_behalf_of, reading_db

CLOCKS_DIFFER = timedelta(seconds=30)
"""The identity provider's clock may be ahead of ours by so much."""


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


def citizens_only() -> ResponseReturnValue | None:
    """Blueprint guard: turns away whoever is not signed in as a citizen, and notes who was seen."""
    who = maybe_current()
    if who is None and maybe_current_officer() is not None:
        raise NotPermitted(
            "This part is for citizens. You are signed in as an officer: sign out first, then sign"
            " in as yourself."
        )
    if who is None:
        return ask_to_sign_in()
    if request.method not in SAFE:
        limits.count_person(str(who.citizen_id))
    if cookie.seen_long_ago(who.last_seen_at):
        with aside() as seen:
            actions.note_seen(seen, who.citizen_id, who.sign_in_id)
    return None


def current() -> SignedIn:
    """The citizen who is signed in; only behind a guard."""
    who = maybe_current()
    assert who is not None, "only behind citizens_only"  # noqa: S101
    return who


def maybe_current() -> SignedIn | None:
    """The citizen who is signed in, where strangers and officers may come too."""
    who = current_user._get_current_object()
    return who if isinstance(who, SignedIn) else None


def stepped_up_within(seconds: int) -> bool:
    """Whether the citizen of this request has proved who they are within these seconds."""
    age = clock.now() - current().auth_time
    return -CLOCKS_DIFFER <= age <= timedelta(seconds=seconds)


def require_step_up(*, form_at: str = "/my", back: str | None = None) -> ResponseReturnValue | None:
    """A redirect to prove oneself again when that was too long ago, else nothing.

    A view returns it before it does what needs it; the way leads back to the same page, or to
    ``form_at``, since what was sent by a form cannot be sent again, or ``back`` to what can be
    looked at.
    """
    if stepped_up_within(parts.settings().step_up_max_age):
        return None
    arguments: dict[str, Any] = {"step-up": 1, "back": back or cookie.here(form_at)}
    return redirect(url_for("sign_in.begin", **arguments))


def enter(started: actions.Started) -> SignedIn:
    """Put a session that has just begun into the cookie, and nothing of what was there before; but
    forms that the same citizen has open in other tabs stay good."""
    row, before = started.sign_in, maybe_current()
    same = before is not None and before.citizen_id == row.citizen_id
    who = SignedIn(
        citizen_id=row.citizen_id,
        sign_in_id=row.id,
        auth_time=row.auth_time,
        assurance=row.assurance,
        token=started.token,
    )
    cookie.empty(kept=(*cookie.KEPT, cookie.FORMS) if same else cookie.KEPT)
    login_user(who)
    on_behalf_of(of_citizen(row.citizen_id))
    session.pop("_id", None)  # a digest of address and browser, which we do not use
    return who


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
    return parts.sealer().text(sealed, sealing_context(who.citizen_id, who.sign_in_id))


def load(text: str) -> SignedIn | None:
    """The session a cookie means, if it is still good."""
    said = cookie.read(text)
    if said is None:
        return None
    citizen_id, sign_in_id, token = said
    on_behalf_of(
        of_citizen(citizen_id)
    )  # our own cookie names them; whether it is good stands there
    found = queries.sign_in(reading_db(), citizen_id, sign_in_id)
    over = found is None or cookie.limits(parts.settings()).over(found)
    if found is None or over or not cookie.is_right(token, found.token_digest):
        on_behalf_of(None)
        return None
    return SignedIn(
        citizen_id=citizen_id,
        sign_in_id=sign_in_id,
        auth_time=found.auth_time,
        assurance=found.assurance,
        last_seen_at=found.last_seen_at,
        token=token,
    )


def ask_to_sign_in() -> ResponseReturnValue:
    """To the sign-in and back here; from a form to the dashboard, since it cannot be sent again."""
    return redirect(url_for("sign_in.begin", back=cookie.here("/my")))
