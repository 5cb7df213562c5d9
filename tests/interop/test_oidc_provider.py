"""People sign in, prove themselves again and leave at a stock provider from npm, oidc-provider."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
import requests
from joserfc import jwt
from sqlalchemy import select, update

from citizen_portal import clock
from citizen_portal.demo.folder import free_ports
from citizen_portal.identity.models import SignIn
from tests.identity.conftest import Browser, OpenPortal, heading, let_in, open_portal, stack
from tests.identity.test_one_login import published
from tests.interop.at_provider import Provider, running

__all__ = ["open_portal", "stack"]


@pytest.fixture
def provider(
    node: Path, open_portal: OpenPortal, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Provider]:
    """It takes signed requests, PKCE and a proof by key, and nothing less."""
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    (port,) = free_ports(1)
    portal = open_portal(
        f"http://127.0.0.1:{port}",
        oidc_client_secret="",
        oidc_signed_requests=True,
        oidc_scopes="openid profile",
    )
    with running(node, port, portal) as provider:
        yield provider


def only(provider: Provider) -> SignIn:
    with provider.portal.app.extensions["sessions"].reading() as session:
        found: SignIn = session.scalars(select(SignIn)).one()
        return found


def test_a_person_signs_in_proves_themselves_again_and_leaves(provider: Provider) -> None:
    portal, browser = provider.portal, provider.sign_in("ann")
    assert provider.next("asked") == {"what": "asked", "pkce": "S256"}
    assert provider.next("gave") == {"what": "gave", "to": "private_key_jwt", "proof": True}
    with portal.app.extensions["sessions"].writing() as session:
        session.execute(update(SignIn).values(auth_time=clock.now() - timedelta(hours=1)))
    before = only(provider)

    page = browser.get(f"{portal.url}/sign-in?step-up=1&back=/my/account")
    asks = provider.next("asks")
    done = provider.name(browser, page, "ann")

    assert (asks["of"], asks["prompt"]) == ("login", "login")
    assert asks["why"] == ["login_prompt"], "it knows them, yet asks"
    assert done.url == f"{portal.url}/my/account"
    after = only(provider)
    assert after.id == before.id
    assert after.token_digest != before.token_digest
    assert after.auth_time > clock.now() - timedelta(minutes=2)

    page = provider.leave(browser, browser.choose(browser.get(f"{portal.url}/sign-out")))

    assert page.url.startswith(f"{portal.url}/signed-out")
    assert heading(page) == "You are signed out"
    assert not let_in(portal, browser)
    again = browser.get(f"{portal.url}/sign-in")
    assert heading(again) == "Sign-in", "the provider has forgotten them too"


def test_it_takes_nothing_that_is_not_signed(provider: Provider) -> None:
    """Or the tests here would show less than they seem to."""
    away = Browser().get(f"{provider.portal.url}/sign-in", allow_redirects=False)
    address, _, query = away.headers["Location"].partition("?")
    asked = dict(parse_qsl(query))
    assert set(asked) == {"response_type", "scope", "client_id", "request"}
    inside = jwt.decode(asked.pop("request"), published(provider.portal)).claims

    requests.get(address, params=asked | inside, allow_redirects=False, timeout=5)

    assert "Request Object must be used" in provider.next("error")["why"]


def test_who_leaves_at_the_provider_is_signed_out_here_and_nobody_else(provider: Provider) -> None:
    portal, ann, bob = provider.portal, provider.sign_in("ann"), provider.sign_in("bob")

    provider.leave(bob, bob.get(f"{provider.url}/session/end"))

    assert provider.next("told") == {"what": "told", "client": "portal"}
    assert not let_in(portal, bob)
    assert let_in(portal, ann)
