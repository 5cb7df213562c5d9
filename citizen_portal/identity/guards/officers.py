"""The guard of the desk: the officer of this request, their body and roles as they stand now.

They are read at each request, so that a role taken away is gone at the next one.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote
from uuid import UUID

from flask import redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_login import UserMixin, current_user

from citizen_portal import clock
from citizen_portal.errors import NotPermitted
from citizen_portal.identity.actions import officers
from citizen_portal.identity.guards import cookie
from citizen_portal.identity.models import Role
from citizen_portal.identity.queries import (
    OfficerHere,
    officer_sign_in,
    sealed_hint_of_officer,
)
from citizen_portal.reach import Kind, of_body
from citizen_portal.web import limits, parts
from citizen_portal.web.transactions import SAFE, aside, on_behalf_of

DESK = "/desk"
"""Where officers land, and where a form of theirs leads back to after a new sign-in."""


@dataclass(frozen=True)
class OfficerSignedIn(UserMixin):  # type: ignore[misc]
    """An officer and their session, as Flask-Login keeps them for a request."""

    here: OfficerHere
    last_seen_at: datetime = field(default_factory=clock.now, compare=False)
    token: str = field(default="", repr=False, compare=False)

    def get_id(self) -> str:
        """What Flask-Login writes into the signed cookie."""
        return cookie_text(self.here.officer_id, self.here.sign_in_id, self.token)


def officers_only() -> ResponseReturnValue | None:
    """Blueprint guard: turns away whoever is not signed in as an officer, and notes who was.
    Where there is no way to sign in as one, it says so at once."""
    who = current_user._get_current_object()
    if isinstance(who, OfficerSignedIn):
        if request.method not in SAFE:
            limits.count_person(str(who.here.officer_id))
        if cookie.seen_long_ago(who.last_seen_at):
            with aside() as seen:
                officers.note_seen(seen, who.here.officer_id, who.here.sign_in_id)
        return None
    if who.is_authenticated:
        raise NotPermitted(
            "This part is for officers of public bodies. You are signed in as a citizen: sign out"
            " first, then sign in with your work account."
        )
    if not parts.settings().staff_issuer:
        return render_template("identity/no_desk.html"), 404
    return redirect(f"{DESK}/sign-in?back={quote(cookie.here(DESK))}")


def current_officer() -> OfficerHere:
    """The officer who is signed in; only behind the guard."""
    who = maybe_current_officer()
    assert who is not None, "only behind officers_only"  # noqa: S101
    return who


def maybe_current_officer() -> OfficerHere | None:
    """The officer who is signed in, where others may come too."""
    who = current_user._get_current_object()
    return who.here if isinstance(who, OfficerSignedIn) else None


def need_role(role: Role) -> None:
    """Raises ``NotPermitted`` if the officer of this request does not have this role."""
    if not current_officer().may(role):
        raise _refusal(role)


def officers_who(
    role: Role, *, reaching: Kind = Kind.BODY
) -> Callable[[], ResponseReturnValue | None]:
    """Blueprint guard: as ``officers_only``, and raises ``NotPermitted`` without this role.

    Pages with a path of their own to what is kept of citizens say so.
    """

    def guard() -> ResponseReturnValue | None:
        turned_away = officers_only()
        if turned_away is None:
            need_role(role)
            on_behalf_of(of_body(current_officer().organisation_id, reaching))
        return turned_away

    return guard


def enter_officer(begun: officers.Begun) -> None:
    """Put an officer's session that has just begun into the cookie, and nothing from before.

    Whose it is, and what they may do, is read anew from the next request on.
    """
    row = begun.sign_in
    cookie.empty()
    session["_user_id"] = cookie_text(row.officer_id, row.id, begun.token)
    session["_fresh"] = True


def cookie_text(officer_id: UUID, sign_in_id: UUID, token: str) -> str:
    return f"{cookie.OFFICER}{officer_id}:{sign_in_id}:{token}"


def officer_context(officer_id: UUID, sign_in_id: UUID) -> str:
    return f"officer-id-token:{officer_id}:{sign_in_id}"


def id_token_of_officer(who: OfficerHere) -> str | None:
    """What their identity provider wants to see at sign-out, read before anything is written."""
    with parts.sessions().reading() as reading:
        sealed = sealed_hint_of_officer(reading, who.officer_id, who.sign_in_id)
    return parts.sealer().text(sealed, officer_context(who.officer_id, who.sign_in_id))


def load(text: str) -> OfficerSignedIn | None:
    """The session a cookie means, if it is still good and the officer still on the list."""
    said = cookie.read(text.removeprefix(cookie.OFFICER))
    if said is None:
        return None
    officer_id, sign_in_id, token = said
    with parts.sessions().reading() as reading:
        found = officer_sign_in(reading, officer_id, sign_in_id)
    if found is None or cookie.limits(parts.settings()).over(found):
        return None
    if not cookie.is_right(token, found.token_digest):
        return None
    on_behalf_of(of_body(found.officer.organisation_id))
    return OfficerSignedIn(found.officer, found.last_seen_at, token)


def _refusal(role: Role) -> NotPermitted:
    match role:
        case Role.AUTHOR:
            return NotPermitted("Only officers who may write drafts can do this.")
        case Role.PUBLISHER:
            return NotPermitted("Only officers who may publish can do this.")
        case Role.CASE_WORKER:
            return NotPermitted("Only officers who answer people’s questions can do this.")
        case Role.HOLD_APPROVER:
            return NotPermitted("Only officers who may approve a hold can do this.")
