"""What a truthful provider may say in more than one way, and how often it is asked."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from joserfc.jwk import ECKey
from sqlalchemy import select

from citizen_portal import clock
from citizen_portal.identity.models import Citizen, SignIn
from tests.fakes import provider as fakes
from tests.fakes.provider import CANARY, Fake
from tests.identity.conftest import Browser, OpenPortal, Portal, let_in, rows
from tests.identity.forging import Forge, answer, claims, header, keyed, metadata


def alone(fake: Fake) -> None:
    fake.keys, fake.header = [fakes.ES256], {"kid": None}


def quiet(fake: Fake) -> None:
    answer(iss=None)(fake)
    metadata(authorization_response_iss_parameter_supported=False)(fake)


TRUTHS: dict[str, Forge] = {
    "ES256": claims(),
    "RS256": keyed(fakes.RS256, "RS256"),
    "PS256": keyed(fakes.RS256, "PS256"),
    "Ed25519": keyed(fakes.ED25519, "Ed25519"),
    "EdDSA": keyed(fakes.ED25519, "EdDSA"),
    "audience a list": claims(aud=["portal"]),
    "audience a list with azp": claims(aud=["portal", "another"], azp="portal"),
    "a lone key without kid": alone,
    "no typ": header(typ=None),
    "typ in small letters": header(typ="jwt"),
    "no at_hash": claims(at_hash=None),
    "no auth_time": claims(auth_time=None),
    "nbf now": claims(nbf=lambda now: now),
    "a clock that is 20 seconds ahead": claims(
        iat=lambda now: now + 20, exp=lambda now: now + 140, auth_time=lambda now: now + 20
    ),
    "the longest subject": claims(sub="x" * 255),
    "no iss in the response, none promised": quiet,
    "birthdate from userinfo": claims(birthdate=None),
}


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
@pytest.mark.parametrize("name", TRUTHS)
def test_the_truth_signs_people_in(name: str, fake: Fake, open_portal: OpenPortal) -> None:
    TRUTHS[name](fake)
    fake.userinfo = {"sub": CANARY, "birthdate": "1980-01-01"}
    portal, browser = open_portal(fake.url), Browser()

    page = browser.get(f"{portal.url}/sign-in?back=/my/account")

    assert page.url == f"{portal.url}/my/account"
    assert let_in(portal, browser)


def test_a_provider_that_does_not_say_when_makes_nobody_fresh(
    fake: Fake, open_portal: OpenPortal
) -> None:
    claims(auth_time=None)(fake)
    portal = open_portal(fake.url)
    Browser().get(f"{portal.url}/sign-in?back=/my/account")

    with portal.app.extensions["sessions"].reading() as session:
        assert session.scalars(select(SignIn.auth_time)).one() == datetime(1970, 1, 1, tzinfo=UTC)


def again(portal: Portal) -> int:
    return Browser().get(f"{portal.url}/sign-in?back=/my/account").status_code


def test_metadata_and_keys_are_asked_for_once(fake: Fake, open_portal: OpenPortal) -> None:
    portal = open_portal(fake.url)

    assert [again(portal) for _ in range(3)] == [200, 200, 200]
    assert fake.asked.count("/jwks") == 1
    assert fake.asked.count("/.well-known/openid-configuration") == 1


def test_a_new_key_is_found_and_unknown_ones_are_looked_for_once_a_minute(
    fake: Fake, open_portal: OpenPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal = open_portal(fake.url)
    assert again(portal) == 200
    fresh = ECKey.generate_key("P-256", {"kid": "fresh"})
    fake.key = fresh

    assert [again(portal) for _ in range(3)] == [400, 400, 400]
    assert fake.asked.count("/jwks") == 1, "within the minute nothing is asked again"

    now = datetime.now(UTC) + timedelta(seconds=61)
    monkeypatch.setattr(clock, "now", lambda: now)
    monkeypatch.setattr(time, "time", now.timestamp)
    assert [again(portal) for _ in range(3)] == [400, 400, 400]
    assert fake.asked.count("/jwks") == 2, "after a minute it is, once"

    fake.keys = [fresh]
    later = now + timedelta(seconds=61)
    monkeypatch.setattr(clock, "now", lambda: later)
    monkeypatch.setattr(time, "time", later.timestamp)
    assert again(portal) == 200


def test_a_withdrawn_key_is_refused_after_ten_minutes(
    fake: Fake, open_portal: OpenPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal = open_portal(fake.url)
    assert again(portal) == 200
    fake.keys = [fakes.RS256, fakes.ED25519]
    now = datetime.now(UTC) + timedelta(minutes=10, seconds=1)
    monkeypatch.setattr(clock, "now", lambda: now)
    monkeypatch.setattr(time, "time", now.timestamp)

    assert again(portal) == 400


def test_an_older_copy_of_the_metadata_does_while_the_provider_is_away(
    fake: Fake, open_portal: OpenPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal = open_portal(fake.url, session_idle_minutes=999)
    assert again(portal) == 200
    fake.instead["/.well-known/openid-configuration"] = fakes.busy
    now = datetime.now(UTC) + timedelta(hours=2)
    monkeypatch.setattr(clock, "now", lambda: now)
    monkeypatch.setattr(time, "time", now.timestamp)

    asked = fake.asked.count("/.well-known/openid-configuration")
    assert again(portal) == 200
    assert again(portal) == 200
    assert rows(portal, Citizen) == 1
    assert fake.asked.count("/.well-known/openid-configuration") == asked + 1, "within a minute"
