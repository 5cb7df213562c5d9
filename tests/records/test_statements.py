"""Statements that must not be believed: each is met with the same page, and nothing is linked."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import ECKey, OctKey
from sqlalchemy.orm import Session

from citizen_portal import clock
from citizen_portal.bodies import actions as bodies
from citizen_portal.bodies.models import Organisation
from citizen_portal.bodies.queries import clients
from citizen_portal.identity.models import Citizen, SubjectLink
from tests import make
from tests.records.conftest import Town
from tests.records.own_sign_in import STATEMENT, Sent, a_key, brought, claims, sent, statement

KEY, OTHER = a_key(), a_key()
P256 = ECKey.generate_key("P-256", {"use": "sig"}, auto_kid=True)


@dataclass
class Case:
    """One citizen sent to one body, and what a good statement would say."""

    town: Town
    browser: FlaskClient
    body: Organisation
    there: Sent

    def said(self, **changes: Any) -> dict[str, Any]:
        return claims(self.there, self.body, **changes)


@pytest.fixture
def case(
    app: Flask, session: Session, signed_in: Callable[[Citizen], FlaskClient]
) -> Iterator[Case]:
    with ExitStack() as stack:
        town = Town(app, session, stack)
        body = town.body(key=KEY)
        browser = signed_in(town.citizen)
        yield Case(town, browser, body, sent(browser))


def signed(**changes: Any) -> Callable[[Case], list[str]]:
    return lambda case: [statement(case.said(**changes), KEY)]


def headed(**header: Any) -> Callable[[Case], list[str]]:
    return lambda case: [statement(case.said(), KEY, **header)]


def later(**seconds: int) -> Callable[[Case], list[str]]:
    def make_it(case: Case) -> list[str]:
        now = int(clock.now().timestamp())
        return signed(**{name: now + by for name, by in seconds.items()})(case)

    return make_it


def confused(case: Case) -> list[str]:
    """The public key, which everybody has, taken for a shared secret."""
    shared = OctKey.import_key(json.dumps(KEY.as_dict(private=False)).encode())
    return [statement(case.said(), shared, alg="HS256", kid=KEY.kid)]


def unsigned(case: Case) -> list[str]:
    return [f"{by_hand(case, alg='none').rpartition('.')[0]}."]


def by_hand(case: Case, **header: Any) -> str:
    """Signed by the right key, under a header that no library would write."""
    wanted = {"alg": "Ed25519", "typ": "link-statement+jwt", "kid": KEY.kid} | header
    parts = [urlsafe_b64encode(json.dumps(each).encode()) for each in (wanted, case.said())]
    raw = b".".join(part.rstrip(b"=") for part in parts)
    assert isinstance(KEY.private_key, Ed25519PrivateKey)
    signature = urlsafe_b64encode(KEY.private_key.sign(raw)).rstrip(b"=")
    return f"{raw.decode()}.{signature.decode()}"


def of_another_body(case: Case) -> list[str]:
    case.town.body(key=OTHER)
    return [statement(case.said(), OTHER)]


def by_another_body(case: Case) -> list[str]:
    other = case.town.body(key=OTHER)
    return [statement(case.said(iss=other.slug), OTHER)]


def changed_after(case: Case) -> list[str]:
    head, _, tail = statement(case.said(state="ambiguous"), KEY).split(".")
    _, body, _ = statement(case.said(), OTHER).split(".")
    return [f"{head}.{body}.{tail}"]


def twice_in_it(case: Case) -> list[str]:
    raw = json.dumps(case.said(state="not_matched"))[:-1] + ', "state": "linked"}'
    return [statement(raw.encode(), KEY)]


WRONG: dict[str, Callable[[Case], list[str]]] = {
    "another issuer": signed(iss="somebody"),
    "the portal as issuer": lambda case: signed(iss=case.there.claims["iss"])(case),
    "another audience": signed(aud="https://other.example"),
    "several audiences": lambda case: signed(aud=[case.there.claims["iss"], "x"])(case),
    "another subject": signed(sub="f" * 64),
    "another nonce": signed(nonce="another-nonce"),
    "an empty nonce": signed(nonce=""),
    "another state": signed(state="unlinked"),
    "a name too short": signed(jti="short"),
    "expired": later(iat=-400, exp=-100),
    "issued in the future": later(iat=100, exp=300),
    "not yet": later(nbf=100),
    "good for too long": later(exp=301),
    "ended before it began": later(iat=20, exp=10),
    "a time as text": signed(exp="2999999999"),
    "a time that is true": signed(iat=True),
    "a time with parts": signed(exp=2999999999.5),
    "no algorithm": unsigned,
    "key confusion": confused,
    "an unknown key": lambda case: [statement(case.said(), OTHER)],
    "another key under this name": lambda case: [statement(case.said(), OTHER, kid=KEY.kid)],
    "a key of another kind": lambda case: [statement(case.said(), P256, alg="ES256", kid=KEY.kid)],
    "no key named": headed(kid=None),
    "a key named by a number": lambda case: [by_hand(case, kid=7)],
    "a key of another body": of_another_body,
    "another body": by_another_body,
    "the type of a call": headed(typ="JWT"),
    "the type of a request": headed(typ="link-request+jwt"),
    "no type": headed(typ=None),
    "something critical": lambda case: [by_hand(case, crit=["exp"], exp=1)],
    "the request itself": lambda case: [case.there.request],
    "changed after signing": changed_after,
    "one name twice in it": twice_in_it,
    "not an object": lambda case: [statement([1], KEY)],
    "not JSON": lambda case: [statement(b"{", KEY)],
    "two statements": lambda case: signed()(case) * 2,
    "none": lambda case: [],
    "nothing in it": lambda case: [""],
    "not a JWT": lambda case: ["a.b.c"],
    "too large": lambda case: signed(padding="x" * 8_000)(case),
}
PARTS = ("iss", "aud", "sub", "nonce", "jti", "state", "iat", "exp")
WRONG |= {f"no {part}": signed(**{part: None}) for part in PARTS}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_statement_is_not_believed(case: Case, session: Session, name: str) -> None:
    given = WRONG[name](case)

    refused_alike(case.browser, given)

    assert session.query(SubjectLink).count() == 0
    session.rollback()
    good = brought(case.browser, *signed()(case))
    assert (good.status_code, good.location) == (303, STATEMENT), "a good one still is"


def refused_alike(browser: FlaskClient, given: list[str]) -> None:
    answer = brought(browser, *given)
    assert answer.status_code == 400, answer.location
    assert "We could not link you in this way" in answer.text
    assert "Set-Cookie" not in answer.headers or "told" not in answer.headers["Set-Cookie"]
    assert browser.post(STATEMENT).status_code == 400


def test_a_statement_is_believed_once(case: Case) -> None:
    good = signed()(case)
    assert brought(case.browser, *good).status_code == 303
    assert brought(case.browser, *good).status_code == 400


def test_a_statement_of_another_session_of_the_same_citizen_is_not_believed(
    case: Case, signed_in: Callable[[Citizen], FlaskClient]
) -> None:
    refused_alike(signed_in(case.town.citizen), signed()(case))


def test_a_statement_about_one_citizen_is_not_believed_of_another(
    case: Case, signed_in: Callable[[Citizen], FlaskClient]
) -> None:
    """Somebody lures another one to an address that their own sign-in at the body led back to."""
    other = signed_in(make.citizen())
    sent(other)
    refused_alike(other, signed()(case))


def test_what_was_asked_is_not_answered_by_whoever_signs_in_meanwhile(
    case: Case, signed_in: Callable[[Citizen], FlaskClient]
) -> None:
    other = signed_in(make.citizen())
    with case.browser.session_transaction() as cookie:
        asked = cookie["link"]
    with other.session_transaction() as cookie:
        cookie["link"] = asked
    refused_alike(other, signed()(case))


def test_a_body_without_a_system_any_more_is_not_believed(case: Case, session: Session) -> None:
    for each in clients(session):
        bodies.remove_client(session, each.client_id)
    session.commit()
    refused_alike(case.browser, signed()(case))
