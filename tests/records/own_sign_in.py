"""A citizen who is sent to a body's own sign-in, and what comes back from there."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from flask.testing import FlaskClient
from joserfc import jws
from joserfc.jwk import Key, OKPKey
from werkzeug.test import TestResponse

from citizen_portal import clock
from citizen_portal.bodies.models import Organisation
from tests.pages import Page

LINK, GO = "/my/account/link", "/my/account/link/sign-in"
RETURN, STATEMENT = "/my/account/link/return", "/my/account/link/statement"


def a_key() -> OKPKey:
    return OKPKey.generate_key("Ed25519", {"use": "sig"}, auto_kid=True)


@dataclass(frozen=True)
class Sent:
    """Where the portal sent the browser, and with which request."""

    address: str
    request: str
    claims: dict[str, Any]


def sent(browser: FlaskClient) -> Sent:
    """Press the one button that leads to a body's own sign-in."""
    page = Page.get(browser, LINK).submit(GO)
    assert page.response.status_code == 200, page.main
    _, _, address = page.response.headers["Refresh"].partition("url=")
    (text,) = parse_qs(urlsplit(address).query)["request"]
    return Sent(address, text, opened(text))


def opened(text: str) -> dict[str, Any]:

    found: dict[str, Any] = json.loads(jws.extract_compact(text.encode()).payload)
    return found


def at_body(there: Sent, person: str) -> str:
    """What the body answers over real HTTP: the path and query it sends the browser back to."""
    assert "I am" in requests.get(there.address, timeout=10).text
    answer = requests.post(
        there.address, data={"person": person}, timeout=10, allow_redirects=False
    )
    assert answer.status_code == 303
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    back = urlsplit(answer.headers["Location"])
    return f"{back.path}?{back.query}"


def claims(there: Sent, body: Organisation, **changes: Any) -> dict[str, Any]:
    """What a good statement says, with some members changed, or left out where none."""
    now = int(clock.now().timestamp())
    asked = there.claims
    said = {
        "iss": body.slug,
        "aud": asked["iss"],
        "sub": asked["sub"],
        "nonce": asked["nonce"],
        "jti": "a-name-of-its-own-1",
        "state": "linked",
        "iat": now,
        "exp": now + 300,
    } | changes
    return {name: value for name, value in said.items() if value is not None}


def statement(said: object, key: Key, **header: Any) -> str:

    alg = header.get("alg", "Ed25519")
    wanted = {"alg": alg, "typ": "link-statement+jwt", "kid": key.kid} | header
    wanted = {name: value for name, value in wanted.items() if value is not None}
    raw = said if isinstance(said, bytes) else json.dumps(said).encode()
    registry = jws.JWSRegistry(algorithms=[alg], strict_check_header=False)
    return jws.serialize_compact(wanted, raw, key, registry=registry)


def brought(browser: FlaskClient, *statements: str) -> TestResponse:
    return browser.get(RETURN, query_string=[("statement", each) for each in statements])
