"""What a lying, broken or absent identity provider can send: each is refused, calmly and quietly.

Refused means: an honest page, nobody signed in, no row, no cookie that works, and nothing
in the log but one word.
"""

from collections.abc import Callable

import pytest

from tests.fakes import provider as fakes
from tests.fakes.provider import CANARY, Fake
from tests.identity import forging
from tests.identity.conftest import OpenPortal
from tests.identity.forging import (
    Forge,
    alike,
    answer,
    by_hand,
    claims,
    dripping,
    for_encryption,
    hanging,
    header,
    instead,
    keyed,
    metadata,
    signed_by,
    small_key,
    token,
)

NOT_SURE = "We could not be sure that it is you"
NOT_NOW = "Signing in does not work just now"
STOPPED = "You did not finish signing in"
ENDED = "This sign-in has ended"
Refuse = Callable[..., tuple[int, str, str]]


@pytest.fixture
def refused(fake: Fake, open_portal: OpenPortal, capfd: pytest.CaptureFixture[str]) -> Refuse:
    """Let the provider forge, and try to sign in."""

    def attempt(forge: Forge, **settings: object) -> tuple[int, str, str]:
        forge(fake)
        return forging.refused(open_portal(fake.url, oidc_timeout=2.0, **settings), capfd)

    return attempt


HOUR = 3600
FORGERIES: dict[str, tuple[Forge, str]] = {
    "issuer wrong": (claims(iss="https://evil.example"), "issuer"),
    "issuer with a slash": (lambda f: claims(iss=f.url + "/")(f), "issuer"),
    "issuer missing": (claims(iss=None), "issuer"),
    "issuer a list": (lambda f: claims(iss=[f.url])(f), "issuer"),
    "audience wrong": (claims(aud="another"), "audience"),
    "audience missing": (claims(aud=None), "audience"),
    "audience wrong, azp ours": (claims(aud="another", azp="portal"), "audience"),
    "audience a list without us": (claims(aud=["another"]), "audience"),
    "audiences without azp": (claims(aud=["portal", "another"]), "audience"),
    "audiences, azp another": (claims(aud=["portal", "another"], azp="another"), "audience"),
    "azp wrong": (claims(azp="another"), "authorized_party"),
    "nonce wrong": (claims(nonce="another"), "nonce"),
    "nonce missing": (claims(nonce=None), "nonce"),
    "nonce a number": (claims(nonce=7), "nonce"),
    "nonce of foreign letters": (claims(nonce="é"), "nonce"),
    "expired": (claims(exp=lambda now: now - 31, iat=lambda now: now - 90), "expired"),
    "expired long ago": (claims(exp=lambda now: now - HOUR), "expired"),
    "exp missing": (claims(exp=None), "times"),
    "exp in milliseconds": (claims(exp=lambda now: (now + 60) * 1000), "lifetime"),
    "exp a text": (claims(exp=lambda now: str(now + 60)), "times"),
    "exp a fraction": (claims(exp=lambda now: now + 60.5), "times"),
    "exp true": (claims(exp=True), "times"),
    "exp before iat": (claims(exp=lambda now: now - 1), "lifetime"),
    "exp after a month": (claims(exp=lambda now: now + 30 * 24 * HOUR), "lifetime"),
    "iat missing": (claims(iat=None), "times"),
    "iat in the future": (claims(iat=lambda now: now + 60), "issued_at"),
    "iat in milliseconds": (claims(iat=lambda now: now * 1000), "issued_at"),
    "iat long ago": (claims(iat=lambda now: now - HOUR), "issued_at"),
    "nbf in the future": (claims(nbf=lambda now: now + 60), "not_yet_valid"),
    "nbf a text": (claims(nbf="now"), "times"),
    "auth_time in the future": (claims(auth_time=lambda now: now + 60), "auth_time"),
    "auth_time in milliseconds": (claims(auth_time=lambda now: now * 1000), "auth_time"),
    "auth_time a text": (claims(auth_time="now"), "auth_time"),
    "auth_time a fraction": (claims(auth_time=lambda now: now - 0.5), "auth_time"),
    "auth_time below zero": (claims(auth_time=-1), "auth_time"),
    "subject missing": (claims(sub=None), "subject"),
    "subject empty": (claims(sub=""), "subject"),
    "subject blank": (claims(sub="  "), "subject"),
    "subject a number": (claims(sub=7), "subject"),
    "subject too long": (claims(sub="x" * 256), "subject"),
    "at_hash wrong": (claims(at_hash="AAAAAAAAAAAAAAAAAAAAAA"), "at_hash"),
    "at_hash without access token": (token(access_token=None), "at_hash"),
    "a logout token": (header(typ="logout+jwt"), "wrong_type"),
    "an access token": (header(typ="at+jwt"), "wrong_type"),
    "a typ that is a number": (by_hand(typ=7), "signature"),
    "kid unknown": (header(kid="nobody"), "unknown_key"),
    "kid missing, several keys": (header(kid=None), "unknown_key"),
    "alg none": (signed_by(fakes.unsigned), "signature"),
    "alg HS256 with the public key": (signed_by(fakes.with_public_key), "signature"),
    "key in the header": (signed_by(fakes.with_own_key), "signature"),
    "signed by a stranger": (keyed(fakes.STRANGER, "ES256"), "signature"),
    "alg RS384": (keyed(fakes.RS256, "RS384"), "signature"),
    "key said to be for another alg": (alike, "key_does_not_fit"),
    "key said to be for encryption": (for_encryption, "key_does_not_fit"),
    "a signature cut off": (signed_by(forging.cut_off), "signature"),
    "claims changed after signing": (signed_by(forging.changed_after), "signature"),
    "claims a list": (signed_by(forging.no_list), "signature"),
    "id_token missing": (signed_by(lambda *_: None), "id_token_missing"),
    "id_token empty": (signed_by(lambda *_: ""), "id_token_missing"),
    "id_token a number": (signed_by(lambda *_: 7), "id_token_missing"),
    "id_token nonsense": (signed_by(lambda *_: "nonsense"), "signature"),
    "id_token of five parts": (signed_by(lambda *_: "a.b.c.d.e"), "signature"),
    "id_token of foreign letters": (signed_by(lambda *_: "é.é.é"), "signature"),
    "id_token oversize": (claims(more="x" * 20_000), "id_token_too_large"),
    "crit that we do not know": (by_hand(crit=["x"], x=1), "signature"),
    "response iss wrong": (answer(iss="https://evil.example"), "response_issuer"),
    "response iss empty": (answer(iss=""), "response_issuer"),
    "response iss missing though promised": (answer(iss=None), "response_issuer_missing"),
    "code missing": (answer(code=None), "code_missing"),
    "code empty": (answer(code=""), "code_missing"),
    "code oversize": (answer(code="x" * 5000), "code_missing"),
    "code twice": (answer(code=["a", "b"]), "repeated_parameter"),
    "state twice": (answer(state=["a", "b"]), "repeated_parameter"),
    "an error we do not know": (answer(error=CANARY, code=None), "provider_error"),
    "token refused": (instead("/token", fakes.refusing), "token_refused"),
    "keys nonsense": (instead("/jwks", lambda: {"keys": 7}), "keys_unreadable"),
    "keys a list": (instead("/jwks", lambda: ["x"]), "keys_unreadable"),
    "keys of kinds we do not use": (
        instead("/jwks", lambda: {"keys": [{"kty": "oct", "k": "AA", "kid": "es"}, 7, {}]}),
        "unknown_key",
    ),
}
"""Name, forgery, and the one word in the log. All of these end on the same page."""

SILENCES: dict[str, tuple[Forge, str]] = {
    f"{what} at {path}": (make(path), fault)
    for path in ("/.well-known/openid-configuration", "/token", "/jwks")
    for what, make, fault in (
        ("html", lambda path: instead(path, fakes.html), "unreadable"),
        ("busy", lambda path: instead(path, fakes.busy), "no_answer"),
        ("redirect", lambda path: instead(path, fakes.elsewhere), "no_answer unreadable"),
        ("huge", lambda path: instead(path, fakes.huge), "no_answer"),
        ("deep", lambda path: instead(path, fakes.deep), "unreadable"),
        ("closed connection", lambda path: instead(path, fakes.closing), "no_answer"),
        ("hanging", hanging, "too_slow"),
        ("dripping", dripping, "too_slow"),
    )
} | {
    "metadata of another issuer": (metadata(issuer="https://evil.example"), "metadata"),
    "metadata without token endpoint": (metadata(token_endpoint=None), "metadata"),
    "metadata with a script as address": (metadata(token_endpoint="javascript:x"), "metadata"),
    "metadata with a number as address": (metadata(jwks_uri=7), "metadata"),
    "metadata with a name in an address": (metadata(jwks_uri="http://a@b/"), "metadata"),
    "metadata a list": (
        instead("/.well-known/openid-configuration", lambda: ["x"]),
        "metadata",
    ),
    "temporarily unavailable": (
        answer(error="temporarily_unavailable", error_description=CANARY, code=None),
        "provider_busy",
    ),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_what_is_forged_signs_nobody_in(name: str, refused: Refuse) -> None:
    forge, fault = FORGERIES[name]

    assert refused(forge) == (400, NOT_SURE, fault)


@pytest.mark.parametrize("name", SILENCES)
def test_a_provider_that_does_not_answer_is_told_honestly(name: str, refused: Refuse) -> None:
    forge, faults = SILENCES[name]

    status, told, fault = refused(forge)

    assert (status, told) == (503, NOT_NOW)
    assert fault in faults.split()


@pytest.mark.filterwarnings("ignore:Key size")
def test_a_small_rsa_key_is_not_believed(refused: Refuse) -> None:
    assert refused(small_key) == (400, NOT_SURE, "key_does_not_fit")


@pytest.mark.parametrize("error", ["access_denied", "consent_required", "interaction_required"])
def test_somebody_who_stops_is_told_so_calmly(error: str, refused: Refuse) -> None:
    forge = answer(error=error, error_description=CANARY, code=None)

    assert refused(forge) == (400, STOPPED, "stopped")


@pytest.mark.parametrize("error", ["unauthorized_client", "invalid_scope", "invalid_request"])
def test_what_the_operator_must_mend_is_told_as_not_now(error: str, refused: Refuse) -> None:
    forge = answer(error=error, error_description=CANARY, code=None)

    assert refused(forge) == (503, NOT_NOW, "refuses_the_portal")


@pytest.mark.parametrize("state", [None, "", "another", CANARY])
def test_an_answer_that_nobody_asked_for_is_refused(state: str | None, refused: Refuse) -> None:
    assert refused(answer(state=state)) == (400, ENDED, "unknown_state")


@pytest.mark.parametrize(
    "forge",
    [claims(), claims(acr="low"), claims(acr=["high"]), claims(vot="low"), claims(acr=7)],
    ids=["missing", "lower", "list", "vot lower", "number"],
)
def test_less_assurance_than_is_wanted_signs_nobody_in(forge: Forge, refused: Refuse) -> None:
    found = refused(forge, oidc_assurance="high")

    assert found == (400, NOT_SURE, "assurance")


def test_userinfo_about_somebody_else_is_not_believed(refused: Refuse, fake: Fake) -> None:
    fake.userinfo = {"sub": "another", "birthdate": "1980-01-01"}

    found = refused(claims(birthdate=None))

    assert found == (400, NOT_SURE, "userinfo_subject")


def test_a_provider_that_is_not_there_at_all(refused: Refuse) -> None:
    def gone(fake: Fake) -> None:
        fake.url = "http://127.0.0.1:1"

    assert refused(gone) == (503, NOT_NOW, "no_answer")
