"""Keys that a body publishes itself: fetched when needed, over real HTTP, and not more often."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask, Response, redirect
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue
from joserfc.jwk import RSAKey

from citizen_portal import clock
from citizen_portal.bodies.remote import FAULTS
from tests.bodies import systems
from tests.bodies.conftest import Connect
from tests.bodies.systems import System
from tests.fakes.serving import served


@dataclass
class Place:
    """Where a body publishes its keys, and how often it was asked."""

    address: str = ""
    said: Any = field(default_factory=dict)
    asked: int = 0

    def answer(self) -> ResponseReturnValue:
        self.asked += 1
        return cast(ResponseReturnValue, self.said() if callable(self.said) else self.said)


@dataclass
class Clock:
    at: datetime

    def later(self, **by: float) -> None:
        self.at += timedelta(**by)


@pytest.fixture
def place() -> Iterator[Place]:
    place, app = Place(), Flask("place")
    app.add_url_rule("/jwks", view_func=place.answer)
    with served(lambda _: app) as address:
        place.address = f"{address}/jwks"
        yield place


@pytest.fixture
def time_(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Seconds pass for keys when the test says so; assertions are made at the same time."""
    now = Clock(clock.now())
    monkeypatch.setattr(clock, "now", lambda: now.at)
    return now


@pytest.fixture
def system(connect: Connect, place: Place) -> System:
    key = systems.es256()
    place.said = systems.key_set(key)
    return connect(key=key, jwks_uri=place.address)


def fault(client: FlaskClient, system: System, at: Clock) -> str | None:
    """Why no token is given, if none is."""
    now = int(at.at.timestamp())
    response = system.ask(client, system.assertion(iat=now, exp=now + 60))
    said: Any = response.json
    return None if response.status_code == 200 else said["error_description"]


def test_keys_are_fetched_once(
    client: FlaskClient, system: System, place: Place, time_: Clock
) -> None:
    assert place.asked == 0
    for _ in range(3):
        assert fault(client, system, time_) is None
    assert place.asked == 1


def test_a_new_key_is_known_within_a_minute_and_strangers_do_not_make_us_ask(
    client: FlaskClient, system: System, place: Place, time_: Clock
) -> None:
    old, new = system.key, systems.es256()
    assert fault(client, system, time_) is None
    place.said = systems.key_set(old, new)  # publish, then use
    system.key = new
    for _ in range(5):
        assert fault(client, system, time_) == FAULTS["unknown"]
    assert place.asked == 1
    time_.later(seconds=61)
    assert fault(client, system, time_) is None
    assert place.asked == 2
    system.key = old
    assert fault(client, system, time_) is None
    system.key = systems.es256()
    for _ in range(5):
        assert fault(client, system, time_) == FAULTS["unknown"]
    assert place.asked == 2


def test_a_key_that_is_no_longer_published_is_refused_after_ten_minutes(
    client: FlaskClient, system: System, place: Place, time_: Clock
) -> None:
    assert fault(client, system, time_) is None
    place.said = systems.key_set(systems.es256())
    time_.later(minutes=9)
    assert fault(client, system, time_) is None
    time_.later(minutes=2)
    assert fault(client, system, time_) == FAULTS["unknown"]


def test_known_keys_do_while_the_place_is_away_but_not_for_long(
    client: FlaskClient, system: System, place: Place, time_: Clock
) -> None:
    assert fault(client, system, time_) is None
    place.said = lambda: ("down", 503)
    time_.later(minutes=9)
    assert fault(client, system, time_) is None
    time_.later(minutes=2)
    assert fault(client, system, time_) == FAULTS["keys"]
    asked = place.asked
    assert fault(client, system, time_) is not None
    assert place.asked == asked, "a place that fails is not asked again at once"


@pytest.mark.parametrize(
    "said",
    [
        lambda: ("down", 500),
        lambda: redirect("https://elsewhere.example/jwks"),
        lambda: "<html>",
        lambda: {"no": "keys"},
        lambda: {"keys": {}},
        lambda: Response(b'{"keys": [' + b" " * 70_000 + b"]}", mimetype="application/json"),
    ],
)
def test_what_is_no_key_set_is_refused(
    client: FlaskClient, system: System, place: Place, time_: Clock, said: Any
) -> None:
    place.said = said
    assert fault(client, system, time_) == FAULTS["keys"]


def test_an_address_inside_the_network_is_not_asked(
    client: FlaskClient, connect: Connect, time_: Clock
) -> None:
    for address in ("http://169.254.169.254/keys", "https://10.0.0.1/keys", "file:///etc/passwd"):
        system = connect(jwks_uri=address)
        assert fault(client, system, time_) == FAULTS["keys"]


def test_a_key_that_is_published_with_its_secret_is_nobodys_proof(
    client: FlaskClient, system: System, place: Place, time_: Clock
) -> None:
    place.said = {"keys": [system.key.as_dict(private=True)]}
    assert fault(client, system, time_) == FAULTS["unknown"]


def test_keys_of_other_kinds_beside_it_do_no_harm(
    client: FlaskClient, system: System, place: Place, time_: Clock
) -> None:
    others = [{"kty": "oct", "k": "AAAA"}, {"kty": "EC", "crv": "P-256"}, 7, {"kty": ["EC"]}]
    place.said = {"keys": [*others, *systems.key_set(system.key)["keys"]]}
    assert fault(client, system, time_) is None


def test_a_key_said_to_be_for_another_use_is_not_taken(
    client: FlaskClient, system: System, place: Place, time_: Clock
) -> None:
    good = systems.key_set(system.key)["keys"][0]
    for change in ({"use": "enc"}, {"alg": "ES384"}, {"key_ops": ["encrypt"]}):
        place.said = {"keys": [{**good, **change}]}
        time_.later(minutes=11)
        assert fault(client, system, time_) == FAULTS["unknown"]


@pytest.mark.filterwarnings("ignore:Key size should be")
def test_a_small_rsa_key_is_not_taken(
    client: FlaskClient, system: System, place: Place, time_: Clock
) -> None:
    numbers = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505
    small = RSAKey(numbers, numbers, {"kid": "small"})
    place.said = systems.key_set(small)
    system.key, system.algorithm = small, "PS256"
    assert fault(client, system, time_) == FAULTS["unknown"]
