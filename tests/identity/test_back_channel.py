"""An identity provider tells that somebody signed out there: which of their sessions end here, and
which tokens are refused (OpenID Connect Back-Channel Logout 1.0 §2.6)."""

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import Key
from sqlalchemy import select

from citizen_portal import clock
from citizen_portal.identity.models import SignIn
from citizen_portal.identity.remote import keys
from tests.fakes import provider as fakes
from tests.fakes.provider import CANARY, Fake
from tests.identity.conftest import Browser, OpenPortal, Portal, let_in, rows
from tests.identity.test_officers_sign_in import STAFF, add, at_desk

EVENT = "http://schemas.openid.net/event/backchannel-logout"
Said = dict[str, Any]


@dataclass
class There:
    """A portal whose provider also tells of those who sign out at it."""

    portal: Portal
    fake: Fake

    def signed_in(self, sid: str | None, who: str = CANARY) -> Browser:
        self.fake.claims = lambda said: said.update(sid=sid, sub=who) if sid else None
        browser = Browser()
        browser.get(f"{self.portal.url}/sign-in?back=/my/account")
        assert let_in(self.portal, browser)
        return browser

    def tell(self, token: object, path: str = "/back-channel-logout") -> requests.Response:
        given = {} if token is None else {"logout_token": token}
        return requests.post(f"{self.portal.url}{path}", data=given, timeout=5)

    def token(
        self,
        *,
        key: Key = fakes.ES256,
        algorithm: str = "ES256",
        header: Said | None = None,
        **changed: Any,
    ) -> str:
        """A logout token; ``None`` leaves a claim out, a function is told now."""
        now = int(time.time())
        said: Said = {
            "iss": self.fake.url,
            "aud": "portal",
            "sub": CANARY,
            "iat": now,
            "exp": now + 120,
            "jti": secrets.token_hex(8),
            "events": {EVENT: {}},
        }
        for name, value in changed.items():
            said[name] = value(now) if callable(value) else value
        kept = {name: value for name, value in said.items() if value is not None}
        head = {"alg": algorithm, "kid": key.kid, "typ": "logout+jwt", **(header or {})}
        head = {name: value for name, value in head.items() if value is not None}
        return jwt.encode(head, kept, key, [algorithm], default_type=None)


@pytest.fixture
def there(fake: Fake, open_portal: OpenPortal) -> There:
    return There(open_portal(fake.url), fake)


@pytest.mark.parametrize("typ", ["logout+jwt", None, "JWT"])
def test_each_session_ends_where_no_session_there_is_named(there: There, typ: str | None) -> None:
    """GOV.UK One Login names none, and writes no ``typ``."""
    browsers = [there.signed_in("a"), there.signed_in("b"), there.signed_in(None)]
    other = there.signed_in("c", who="another")

    answer = there.tell(there.token(header={"typ": typ}))

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["Cache-Control"] == "no-store"
    assert [let_in(there.portal, one) for one in browsers] == [False, False, False]
    assert let_in(there.portal, other)


def test_the_sessions_of_one_session_there_end_and_no_others(there: There) -> None:
    first, second = there.signed_in("a"), there.signed_in("b")
    nameless = there.signed_in(None)

    assert there.tell(there.token(sid="a", aud=["portal"])).status_code == 200

    assert not let_in(there.portal, first)
    assert let_in(there.portal, second)
    assert not let_in(there.portal, nameless), "which session there it came of is not known"


def test_what_the_provider_calls_its_sessions_is_not_kept(there: There) -> None:
    there.signed_in("a-session-there")
    with there.portal.app.extensions["sessions"].reading() as session:
        [kept] = session.scalars(select(SignIn.provider_session))
    assert kept
    assert "a-session-there" not in kept


def test_a_token_is_good_once(there: There) -> None:
    token = there.token()
    assert there.tell(token).status_code == 200
    browser = there.signed_in("a")

    assert there.tell(token).status_code == 400
    assert let_in(there.portal, browser)


def test_who_is_not_known_here_is_answered_alike(there: There) -> None:
    before = rows(there.portal, SignIn)
    answer = there.tell(there.token(sub="somebody else"))
    assert (answer.status_code, answer.content) == (200, b"")
    assert rows(there.portal, SignIn) == before


REFUSED: dict[str, tuple[Callable[[There], object], str]] = {
    "issuer wrong": (lambda t: t.token(iss="https://evil.example"), "issuer"),
    "issuer missing": (lambda t: t.token(iss=None), "issuer"),
    "audience wrong": (lambda t: t.token(aud="another"), "audience"),
    "two audiences": (lambda t: t.token(aud=["portal", "another"]), "audience"),
    "subject missing": (lambda t: t.token(sub=None, sid="a"), "subject"),
    "subject empty": (lambda t: t.token(sub=""), "subject"),
    "an id_token": (lambda t: t.token(events=None, nonce="n"), "nonce"),
    "with a nonce": (lambda t: t.token(nonce="n"), "nonce"),
    "events missing": (lambda t: t.token(events=None), "events"),
    "another event": (lambda t: t.token(events={"x": {}}), "events"),
    "events a list": (lambda t: t.token(events=[EVENT]), "events"),
    "iat missing": (lambda t: t.token(iat=None), "times"),
    "iat long ago": (lambda t: t.token(iat=lambda now: now - 3600, exp=None), "issued_at"),
    "iat in the future": (lambda t: t.token(iat=lambda now: now + 60), "issued_at"),
    "expired": (
        lambda t: t.token(iat=lambda now: now - 90, exp=lambda now: now - 31),
        "expired",
    ),
    "jti missing": (lambda t: t.token(jti=None), "token_id"),
    "jti a number": (lambda t: t.token(jti=7), "token_id"),
    "jti too long": (lambda t: t.token(jti="x" * 300), "token_id"),
    "an access token": (lambda t: t.token(header={"typ": "at+jwt"}), "wrong_type"),
    "signed by a stranger": (lambda t: t.token(key=fakes.STRANGER), "signature"),
    "kid unknown": (lambda t: t.token(header={"kid": "nobody"}), "unknown_key"),
    "alg none": (lambda t: fakes.unsigned(t.fake, {"sub": CANARY}), "signature"),
    "nonsense": (lambda _: CANARY, "signature"),
    "empty": (lambda _: "", "id_token_missing"),
    "missing": (lambda _: None, "repeated_parameter"),
    "twice": (lambda t: [t.token(), t.token()], "repeated_parameter"),
    "oversize": (lambda t: t.token(more="x" * 20_000), "id_token_too_large"),
}
"""Name, forged logout token, and the one word in the log."""


@pytest.mark.parametrize("name", REFUSED)
def test_a_forged_token_ends_nothing(
    name: str, there: There, capfd: pytest.CaptureFixture[str]
) -> None:
    make, fault = REFUSED[name]
    browser = there.signed_in("a")
    capfd.readouterr()

    answer = there.tell(make(there))

    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_request"})
    assert let_in(there.portal, browser)
    said = capfd.readouterr().err
    assert CANARY not in said
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    assert [one["fault"] for one in lines if one["event"] == "sign_out.refused"] == [fault]


def test_a_token_of_the_citizens_provider_ends_no_officers_session(there: There) -> None:
    """This portal has no provider for officers: nothing can be said of a token."""
    assert there.tell(there.token(), "/back-channel-logout/officers").status_code == 503
    assert there.tell(there.token()).status_code == 200


def test_only_a_post_is_heard(there: There) -> None:
    token = there.token()
    browser = there.signed_in("a")
    at = f"{there.portal.url}/back-channel-logout?logout_token={token}"
    assert requests.get(at, timeout=5).status_code == 405
    assert requests.post(at, timeout=5).status_code == 400
    assert let_in(there.portal, browser)


def test_officers_sign_out_at_their_own_provider(fake: Fake, open_portal: OpenPortal) -> None:
    portal = open_portal("", staff_issuer=fake.url, **STAFF)
    add(portal, CANARY)
    there, browser = There(portal, fake), Browser()
    browser.get(f"{portal.url}/desk/audit")
    assert at_desk(portal, browser)

    assert there.tell(there.token()).status_code == 503, "this door has no provider"
    assert there.tell(there.token(), "/back-channel-logout/officers").status_code == 200

    assert not at_desk(portal, browser)


def test_a_provider_without_keys_is_not_asked_by_each_caller(
    there: There, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anybody may call: who waits for a provider that hangs would hold a turn of the portal."""
    there.fake.instead["/jwks"] = fakes.busy
    assert [there.tell(there.token()).status_code for _ in range(5)] == [503] * 5
    assert there.fake.asked.count("/jwks") == 1

    del there.fake.instead["/jwks"]
    later = datetime.now(UTC) + keys.TRY_AFTER
    monkeypatch.setattr(clock, "now", lambda: later)
    assert there.tell(there.token()).status_code == 200
    assert there.fake.asked.count("/jwks") == 2
