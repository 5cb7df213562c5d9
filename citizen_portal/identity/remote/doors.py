"""The two doors by which people come in, the citizens' and the officers', and how each is used.

Whoever comes is sent to the provider of that door and comes back to it with an answer; the checks
are the same for both.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlencode, urlsplit

import structlog
from flask import Flask, Response, abort, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue

from citizen_portal.identity.actions.proof import Proof
from citizen_portal.identity.remote import pending
from citizen_portal.identity.remote.logout_tokens import Ended
from citizen_portal.identity.remote.pending import Pending
from citizen_portal.identity.remote.provider import Provider, SignedInThere
from citizen_portal.identity.remote.refusals import NotSignedIn, Refused, Unreachable
from citizen_portal.identity.remote.terms import Terms
from citizen_portal.identity.remote.tokens import Verified
from citizen_portal.sealing import Index
from citizen_portal.web import headers, pages, parts
from citizen_portal.web.site import own_path
from citizen_portal.web.transactions import abandon

log = structlog.get_logger()
LONGEST_CODE = 4096
BUSY = {"temporarily_unavailable", "server_error"}
"""Errors of RFC 6749 §4.1.2.1 that mean: later, perhaps."""
STOPPED = {"access_denied", "interaction_required", "consent_required"}
"""Errors that mean that the person did not go through with it."""
LOGIN_REQUIRED = "login_required"
"""That they could not prove themselves again: the session here ends too (GOV.UK One Login)."""
NOT_KNOWN_THERE = {
    "unauthorized_client",
    "invalid_request",
    "invalid_scope",
    "unsupported_response_type",
    "request_not_supported",
    "unmet_authentication_requirements",
}
"""Errors that are ours or the operator's to mend; the person can do nothing."""


@dataclass(frozen=True, slots=True)
class Door:
    """A way in: its name, its address, and where one is led when there is no better place."""

    name: str
    sign_in: str
    signed_out: str
    home: str

    @property
    def callback(self) -> str:
        return f"{self.sign_in}/callback"

    def install(self, app: Flask, terms: Terms) -> None:
        app.extensions[f"{self.name} provider"] = Provider(app, terms)

    @property
    def provider(self) -> Provider:
        return cast(Provider, current_app.extensions[f"{self.name} provider"])

    def send(self, *, anew: bool) -> ResponseReturnValue:
        """Straight to the provider; to prove oneself again, one signs in there anew."""
        back = own_path(request.args.get("back"), self.home)
        asked = pending.begin(self.name, back=back, otherwise=self.home, step_up=anew)
        with self.trying(asked):
            address = self.provider.address_to_sign_in(
                asked.asked, back_to=_own(self.callback), language=pages.language()
            )
        pending.remember(asked)
        return redirect(address)

    def receive(self) -> tuple[Pending, SignedInThere]:
        """Who comes back from the provider, and what was asked; raises ``Refused`` when they are
        not believed, and ``Unreachable`` when nothing was said."""
        if request.method == "HEAD":
            abort(405)  # a look ahead must not use up the code
        asked = pending.take(self.name, _only("state"))
        with self.trying(asked):
            self.provider.check_who_answers(_only("iss"))
            _check_error(_only("error"))
            code = _only("code")
            if not code or len(code) > LONGEST_CODE:
                raise Refused("code_missing")
            return asked, self.provider.redeem(code, asked.asked, back_to=_own(self.callback))

    @contextmanager
    def trying(self, asked: Pending) -> Iterator[None]:
        """Whatever is refused within says how to try for the same again: anew, if it was so."""
        try:
            yield
        except NotSignedIn as error:
            wanted = {"step-up": "1"} if asked.step_up else {}
            error.again = f"{self.sign_in}?{urlencode({**wanted, 'back': asked.back})}"
            raise

    def turn_away(self, error: NotSignedIn, *, leave: Callable[[], bool]) -> ResponseReturnValue:
        """Say why nobody was signed in. ``leave`` ends the session of this browser, and says
        whether there was one."""
        abandon()
        log.warning("sign_in.refused", fault=error.fault)
        left = error.fault == LOGIN_REQUIRED and leave()
        again = error.again or self.sign_in
        if isinstance(error, Unreachable):
            return render_template("identity/unreachable.html", door=self, again=again), 503
        page = "identity/refused.html"
        return render_template(page, fault=error.fault, door=self, again=again, left=left), 400

    def proof(self, said: Verified, index: Index) -> Proof:
        """How somebody proved themselves, as their session keeps it."""
        known = self.session_there(index, said.subject, said.provider_session)
        return Proof(said.assurance, said.auth_time, known)

    def session_there(self, index: Index, subject: str, named: str | None) -> str | None:
        """By what a session of the provider's is known here: what it calls it is kept nowhere."""
        if named is None:
            return None
        return index.blind("provider session", self.provider.issuer, subject, named)

    def who_signed_out(self) -> Ended:
        """Whom the provider says to have signed out there; raises as ``receive`` does."""
        told = request.form.getlist("logout_token")
        if len(told) != 1:
            raise Refused("repeated_parameter")
        return self.provider.who_signed_out(told[0])

    def way_out(self, id_token: str | None) -> tuple[str | None, bool]:
        """Where to sign out at the provider, and whether it could be reached."""
        back_to = _own(self.signed_out)
        try:
            return self.provider.address_to_sign_out(id_token, back_to=back_to), True
        except NotSignedIn as error:
            log.warning("sign_out.local_only", fault=error.fault)
            return None, False

    def lead_out(
        self, onward: str | None, *, reached: bool, closed: bool = False
    ) -> ResponseReturnValue:
        """On to the provider to sign out there too, or say that one is signed out here."""
        if onward is None:
            page = "identity/signed_out.html"
            return render_template(page, reached=reached, door=self, closed=closed)
        if self.is_at(onward):
            return redirect(onward, 303)
        # a form may lead to the issuer's origin only, so here the way on is a navigation of its own
        return (
            render_template("identity/onward.html", onward=onward),
            200,
            {"Refresh": f"0; url={onward}"},
        )

    def is_at(self, address: str) -> bool:
        """Whether an address is of the issuer's own origin, to which a form may lead."""
        return _origin(address) == _origin(self.provider.issuer)

    def let_sign_out_lead_on(self, response: Response) -> None:
        """Pages of signed-in people may send the sign-out form on to the provider.

        Browsers apply ``form-action`` to redirects that follow a form, too.
        """
        if issuer := self.provider.issuer:
            own = headers.policy(headers.nonce())
            allowed = own.replace("form-action 'self'", f"form-action 'self' {_origin(issuer)}")
            response.headers.setdefault("Content-Security-Policy", allowed)


CITIZENS = Door("citizens", sign_in="/sign-in", signed_out="/signed-out", home="/my")
OFFICERS = Door("officers", sign_in="/desk/sign-in", signed_out="/desk/signed-out", home="/desk")


def _check_error(error: str | None) -> None:
    if error in BUSY:
        raise Unreachable("provider_busy")
    if error in NOT_KNOWN_THERE:
        raise Unreachable("refuses_the_portal")
    if error in STOPPED:
        raise Refused("stopped")
    if error == LOGIN_REQUIRED:
        raise Refused(LOGIN_REQUIRED)
    if error is not None:
        raise Refused("provider_error")


def _only(name: str) -> str | None:
    """A parameter of the answer; one that comes twice is no answer."""
    values = request.args.getlist(name)
    if len(values) > 1:
        raise Refused("repeated_parameter")
    return values[0] if values else None


def _own(path: str) -> str:
    return parts.settings().public_url + path


def _origin(address: str) -> str:
    found = urlsplit(address)
    return f"{found.scheme}://{found.netloc}"
