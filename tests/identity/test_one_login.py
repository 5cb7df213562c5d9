"""The profile of GOV.UK One Login: what is asked, and what is believed of a proved identity."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from flask import request
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from sqlalchemy import func, select

from citizen_portal.identity.models import Citizen, SignIn
from citizen_portal.identity.remote.core_identity import CLAIM
from tests.fakes import provider as fakes
from tests.fakes.provider import CANARY, Fake
from tests.identity import forging
from tests.identity.conftest import Browser, OpenPortal, Portal, heading, let_in
from tests.identity.forging import Forge, claims, instead
from tests.identity.identities import ISSUER_PATH, KID, identity, vc
from tests.identity.test_forgeries import NOT_NOW, NOT_SURE

NOT_PROVED = "Your identity was not proved"
Refuse = Callable[[Forge], tuple[int, str, str]]


def one_login(fake: Fake, **more: Any) -> dict[str, Any]:
    """Settings of a portal that signs people in there with a proved identity."""
    return {
        "oidc_profile": "govuk-one-login",
        "oidc_vtr": "Cl.Cm.P2",
        "oidc_identity_issuer": fake.url + ISSUER_PATH,
        "oidc_client_secret": "",
        **more,
    }


@pytest.fixture
def keyed_by_did(fake: Fake) -> Fake:
    """The document of keys stands under the issuer of identities."""
    path = f"{ISSUER_PATH}.well-known/did.json"
    fake.instead[path] = lambda: document(fake)
    fake.claims = lambda said: said.update(vot="Cl.Cm", birthdate="2020-01-01")
    return fake


def document(fake: Fake) -> dict[str, Any]:
    name, public = KID.partition("#")[0], fakes.ES256.as_dict(private=False)
    method = {"id": KID, "type": "JsonWebKey", "controller": name, "publicKeyJwk": public}
    said = {"id": name, "assertionMethod": [method]}
    fake.document(said)
    return said


@pytest.fixture
def refused(
    keyed_by_did: Fake, open_portal: OpenPortal, capfd: pytest.CaptureFixture[str]
) -> Refuse:
    def attempt(forge: Forge) -> tuple[int, str, str]:
        forge(keyed_by_did)
        settings = one_login(keyed_by_did, oidc_timeout=2.0)
        return forging.refused(open_portal(keyed_by_did.url, **settings), capfd)

    return attempt


def asked(fake: Fake) -> dict[str, Any]:
    """What was asked at the provider, of the one who came."""
    [found] = fake.asks.values()
    return dict(found)


def published(portal: Portal) -> KeySet:
    said = Browser().get(f"{portal.url}/.well-known/jwks.json").json()
    return KeySet.import_key_set({"keys": [key for key in said["keys"] if key["kty"] != "OKP"]})


def test_it_is_asked_as_documented_and_signs_people_in(
    keyed_by_did: Fake, open_portal: OpenPortal
) -> None:
    identity()(keyed_by_did)
    portal = open_portal(keyed_by_did.url, **one_login(keyed_by_did))
    browser = Browser()

    browser.get(f"{portal.url}/sign-in?back=/my/account")

    assert let_in(portal, browser)
    said = asked(keyed_by_did)
    assert json.loads(said["vtr"]) == ["Cl.Cm.P2"]
    assert json.loads(said["claims"]) == {"userinfo": {CLAIM: None}}
    assert (said["response_type"], said["code_challenge_method"]) == ("code", "S256")
    assert said["ui_locales"] == "en"
    with portal.app.extensions["sessions"].reading() as session:
        assert session.scalar(select(SignIn.assurance)) == "Cl.Cm"


def test_the_portal_proves_itself_by_rsa_and_names_itself(
    fake: Fake, open_portal: OpenPortal
) -> None:
    """RFC 7523 §3; the provider refuses calls without ``User-Agent``."""
    seen: dict[str, Any] = {}

    def note(said: dict[str, Any]) -> None:
        seen.update(request.form.to_dict(), agent=request.headers.get("User-Agent"))

    fake.claims = lambda said: said.update(vot="Cl.Cm")
    fake.token = note
    portal = open_portal(
        fake.url,
        oidc_profile="govuk-one-login",
        oidc_client_secret="",
        oidc_age_claim="",
    )
    browser = Browser()
    browser.get(f"{portal.url}/sign-in")

    assert let_in(portal, browser)
    assert seen["agent"]
    assert seen["client_assertion_type"].endswith(":client-assertion-type:jwt-bearer")
    token = jwt.decode(seen["client_assertion"], published(portal), algorithms=["RS256"])
    assert (token.claims["iss"], token.claims["sub"]) == ("portal", "portal")
    assert token.claims["aud"] == f"{fake.url}/token"
    assert token.claims["exp"] - token.claims["iat"] <= 300
    assert token.claims["jti"]


def test_a_signed_request_has_all_that_is_asked(fake: Fake, open_portal: OpenPortal) -> None:
    """RFC 9101 §4 and §5; only what must be beside it is (OpenID Connect Core §6.1)."""
    portal = open_portal(fake.url, oidc_client_secret="", oidc_signed_requests=True)
    away = Browser().get(f"{portal.url}/sign-in", allow_redirects=False).headers["Location"]
    browser = Browser()
    browser.get(f"{portal.url}/sign-in?back=/my/account")

    assert let_in(portal, browser)
    beside = dict(part.split("=") for part in away.partition("?")[2].split("&"))
    assert set(beside) == {"response_type", "scope", "client_id", "request"}
    assert len(away) <= 4096
    token = jwt.decode(fake.requests[0], published(portal), algorithms=["ES256"])
    assert token.header["kid"]
    assert token.claims["aud"] == fake.url, "its issuer, as RFC 9101 §4 says"
    assert token.claims["iss"] == token.claims["client_id"] == "portal"
    assert "sub" not in token.claims
    assert token.claims["exp"] - token.claims["iat"] <= 300
    needed = {"response_type", "scope", "redirect_uri", "state", "nonce", "code_challenge", "jti"}
    assert needed <= set(token.claims)


def test_one_login_is_asked_by_the_address_that_it_wants(
    fake: Fake, open_portal: OpenPortal
) -> None:
    settings = {"oidc_profile": "govuk-one-login", "oidc_age_claim": "", "oidc_client_secret": ""}
    portal = open_portal(fake.url, oidc_signed_requests=True, **settings)
    fake.claims = lambda said: said.update(vot="Cl.Cm")
    browser = Browser()
    browser.get(f"{portal.url}/sign-in?back=/my/account")

    assert let_in(portal, browser)
    token = jwt.decode(fake.requests[0], published(portal), algorithms=["RS256"])
    assert token.claims["aud"] == f"{fake.url}/authorize"


@pytest.mark.parametrize("kind", ["pem", "jwks"])
def test_the_key_may_be_any_file(
    kind: str, fake: Fake, open_portal: OpenPortal, tmp_path: Path
) -> None:
    key = generate_private_key(public_exponent=65537, key_size=2048)
    file = tmp_path / "key"
    if kind == "pem":
        file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    else:
        held = RSAKey.import_key(key).as_dict(private=True)
        file.write_text(json.dumps({"keys": [{**held, "kid": "mine"}]}))
    fake.claims = lambda said: said.update(vot="Cl.Cm")
    settings = {"oidc_profile": "govuk-one-login", "oidc_age_claim": "", "oidc_client_secret": ""}
    portal = open_portal(fake.url, oidc_client_key=file, **settings)
    browser = Browser()
    browser.get(f"{portal.url}/sign-in")

    assert let_in(portal, browser)
    numbers = {key.get("n") for key in published(portal).as_dict(private=False)["keys"]}
    assert RSAKey.import_key(key).as_dict(private=False)["n"] in numbers


FORGED: dict[str, tuple[Forge, str]] = {
    "issuer wrong": (identity(iss="https://evil.example"), "identity_issuer"),
    "issuer of the id_token": (lambda f: identity(iss=f.url)(f), "identity_issuer"),
    "issuer missing": (identity(iss=None), "identity_issuer"),
    "audience wrong": (identity(aud="another"), "identity_audience"),
    "audiences": (identity(aud=["portal", "another"]), "identity_audience"),
    "audience missing": (identity(aud=None), "identity_audience"),
    "subject wrong": (identity(sub="another"), "identity_subject"),
    "subject missing": (identity(sub=None), "identity_subject"),
    "expired": (identity(exp=lambda now: now - 31, iat=lambda now: now - 90), "expired"),
    "exp missing": (identity(exp=None), "times"),
    "iat in the future": (identity(iat=lambda now: now + 60), "issued_at"),
    "nbf in the future": (identity(nbf=lambda now: now + 60), "not_yet_valid"),
    "level lower": (identity(vot="P1"), "identity_level"),
    "level of a credential": (identity(vot="Cl.Cm"), "identity_level"),
    "level missing": (identity(vot=None), "identity_level"),
    "signed by a stranger": (identity(key=fakes.STRANGER), "signature"),
    "alg RS256": (identity(key=fakes.RS256, algorithm="RS256"), "signature"),
    "kid unknown": (identity(kid="did:web:evil.example#identity"), "unknown_key"),
    "kid cut short": (identity(kid="identity"), "unknown_key"),
    "another type": (identity(typ="at+jwt"), "wrong_type"),
    "no dates of birth": (identity(vc={"credentialSubject": {}}), "identity_unreadable"),
    "vc a list": (identity(vc=[]), "identity_unreadable"),
    "nothing vouched for": (identity(vc=None), "identity_unreadable"),
    "a number": (identity(claim=lambda _: 7), "id_token_missing"),
    "nonsense": (identity(claim=lambda _: CANARY), "signature"),
    "oversize": (identity(claim=lambda token: token * 30), "id_token_too_large"),
    "none, with a signature cut off": (
        identity(claim=lambda token: token.rpartition(".")[0] + "."),
        "signature",
    ),
}
"""Name, forgery of the proved identity, and the one word in the log."""


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_identity_signs_nobody_in(name: str, refused: Refuse) -> None:
    forge, fault = FORGED[name]

    assert refused(forge) == (400, NOT_SURE, fault)


def test_whose_identity_was_not_proved_is_told_so(refused: Refuse) -> None:
    def nothing(fake: Fake) -> None:
        fake.userinfo = {"sub": CANARY, "https://vocab.account.gov.uk/v1/returnCode": [CANARY]}

    assert refused(nothing) == (400, NOT_PROVED, "identity_not_proved")


@pytest.mark.parametrize("vot", [None, "Cl", "P2", "Cl.Cm.P2", 7])
def test_a_credential_less_sure_signs_nobody_in(vot: object, refused: Refuse) -> None:
    assert refused(claims(vot=vot)) == (400, NOT_SURE, "assurance")


def test_keys_of_identities_that_another_controls_are_not_used(
    refused: Refuse, keyed_by_did: Fake
) -> None:
    def change(said: dict[str, Any]) -> None:
        said["assertionMethod"][0]["controller"] = "did:web:evil.example"

    keyed_by_did.document = change
    assert refused(identity()) == (400, NOT_SURE, "unknown_key")


def test_a_document_of_keys_that_is_none_is_refused(refused: Refuse, keyed_by_did: Fake) -> None:
    keyed_by_did.instead[f"{ISSUER_PATH}.well-known/did.json"] = lambda: {"id": 7}
    assert refused(identity()) == (400, NOT_SURE, "keys_unreadable")


def test_a_document_of_keys_that_is_away_is_told_honestly(
    refused: Refuse, keyed_by_did: Fake
) -> None:
    def away(fake: Fake) -> None:
        identity()(fake)
        instead(f"{ISSUER_PATH}.well-known/did.json", fakes.busy)(fake)

    assert refused(away) == (503, NOT_NOW, "no_answer")


def test_children_with_a_proved_identity_are_met_calmly(
    keyed_by_did: Fake, open_portal: OpenPortal
) -> None:
    identity(vc=vc("2020-01-01"))(keyed_by_did)
    portal = open_portal(keyed_by_did.url, **one_login(keyed_by_did))

    page = Browser().get(f"{portal.url}/sign-in")

    assert page.status_code == 403
    assert heading(page) == "For now, this service is for people aged 18 or over"
    with portal.app.extensions["sessions"].reading() as session:
        assert session.scalar(select(func.count()).select_from(Citizen)) == 0
