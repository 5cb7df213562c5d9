"""Assertions that must not be believed, each for a reason of its own; and that nothing is told
to whom it does not concern."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import Flask
from flask.testing import FlaskClient
from joserfc import jws
from joserfc.jwk import ECKey, OctKey
from sqlalchemy import func, select

from citizen_portal import clock
from citizen_portal.bodies.models import UsedAssertion
from citizen_portal.bodies.remote import FAULTS
from tests.bodies import systems
from tests.bodies.conftest import Connect
from tests.bodies.systems import ENDPOINT, ISSUER, System

Forge = Callable[[System], str]


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def claims(**changed: Any) -> Forge:
    """A good signature over these claims; a function is told the moment now."""

    def forge(system: System) -> str:
        now = int(time.time())
        return system.assertion(
            **{name: value(now) if callable(value) else value for name, value in changed.items()}
        )

    return forge


def header(**changed: Any) -> Forge:
    return lambda system: system.assertion(header=changed)


def unsigned(system: System) -> str:
    _, said, _ = system.assertion().split(".")
    return f"{part({'alg': 'none'})}.{said}."


def with_the_public_key_as_secret(system: System) -> str:
    """HS256 over the text of the public key: RFC 8725 §2.1."""
    secret = system.key.public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    _, said, _ = system.assertion().split(".")
    signed = f"{part({'alg': 'HS256', 'kid': system.key.kid})}.{said}"
    mac = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def with_a_shared_secret(system: System) -> str:
    key = OctKey.import_key(b"a secret of thirty-two characters")
    said = base64.urlsafe_b64decode(system.assertion().split(".")[1] + "==")
    return jws.serialize_compact({"alg": "HS256"}, said, key, ["HS256"])


def by_another_key(system: System) -> str:
    return System(system.client_id, systems.es256()).assertion()


def by_another_key_of_that_id(system: System) -> str:
    key = ECKey.generate_key("P-256", {"kid": system.key.kid})
    return System(system.client_id, key).assertion()


def bringing_its_own_key(system: System) -> str:
    key = systems.es256()
    given = {"jwk": key.as_dict(private=False), "kid": None}
    return System(system.client_id, key).assertion(header=given)


def changed_after(system: System) -> str:
    head, _, signature = system.assertion().split(".")
    now = int(time.time())
    said = {"iss": system.client_id, "sub": system.client_id, "aud": ISSUER}
    return f"{head}.{part({**said, 'exp': now + 60, 'jti': 'other'})}.{signature}"


def twice_the_same_name(system: System) -> str:
    said = f'{{"sub": "{system.client_id}", "sub": "{system.client_id}"}}'
    packed = base64.urlsafe_b64encode(said.encode()).rstrip(b"=").decode()
    return f"{part({'alg': 'ES256'})}.{packed}.AA"


FORGERIES: dict[str, tuple[Forge, str]] = {
    "alg none": (unsigned, "algorithm"),
    "HS256 with the public key": (with_the_public_key_as_secret, "algorithm"),
    "HS256 with a secret": (with_a_shared_secret, "algorithm"),
    "an unknown algorithm": (lambda s: f"{part({'alg': 'X'})}.{part({'sub': 'a'})}.", "algorithm"),
    "wrong key": (by_another_key, "unknown"),
    "wrong key under the right id": (by_another_key_of_that_id, "unknown"),
    "a key of its own in the header": (bringing_its_own_key, "unknown"),
    "changed after signing": (changed_after, "unknown"),
    "an unknown key id": (header(kid="unknown"), "unknown"),
    "an unknown client": (lambda s: System("nobody-1", s.key).assertion(), "unknown"),
    "a client id that is none": (claims(iss="\0'; --", sub="\0'; --"), "malformed"),
    "a client id in capitals": (claims(iss="A'; --", sub="A'; --"), "unknown"),
    "an access token's kind": (header(typ="at+jwt"), "malformed"),
    "critical members": (
        lambda s: f"{part({'alg': 'ES256', 'crit': ['x'], 'x': 1})}.{part({'sub': 'a'})}.AA",
        "malformed",
    ),
    "a name twice": (twice_the_same_name, "malformed"),
    "no text as key id": (
        lambda s: f"{part({'alg': 'ES256', 'kid': 7})}.{part({'sub': 'a'})}.AA",
        "malformed",
    ),
    "a list": (lambda s: f"{part({'alg': 'ES256'})}.{part([1])}.AA", "malformed"),
    "deep": (lambda s: f"{part({'alg': 'ES256'})}.W1tb.AA", "malformed"),
    "no JWT": (lambda s: "a.b", "malformed"),
    "five parts": (lambda s: s.assertion() + ".a.b", "malformed"),
    "not ASCII": (lambda s: "\u202e.\u0175.x", "malformed"),
    "huge": (lambda s: "a" * 9_000, "malformed"),
    "issued by another": (claims(iss="another"), "parties"),
    "no issuer": (claims(iss=None), "parties"),
    "no subject": (claims(sub=None), "parties"),
    "about another": (lambda s: s.assertion(sub=7), "parties"),
    "no audience": (claims(aud=None), "audience"),
    "wrong audience": (claims(aud="https://other.example"), "audience"),
    "almost our audience": (claims(aud=f"{ISSUER}/"), "audience"),
    "for others as well": (claims(aud=[ISSUER, "https://other.example"]), "audience"),
    "for nobody": (claims(aud=[]), "audience"),
    "an audience of lists": (claims(aud=[[ENDPOINT]]), "audience"),
    "no expiry": (claims(exp=None), "times"),
    "expiry in words": (claims(exp="soon"), "times"),
    "expiry true": (claims(exp=True), "times"),
    "expiry with a fraction": (claims(exp=lambda now: now + 60.5), "times"),
    "expired": (claims(exp=lambda now: now - 31), "expired"),
    "good for too long": (claims(exp=lambda now: now + 660), "lifetime"),
    "good for ever": (claims(exp=10**18), "lifetime"),
    "from the future": (claims(iat=lambda now: now + 60), "not_yet"),
    "not valid yet": (claims(nbf=lambda now: now + 60), "not_yet"),
    "no jti": (claims(jti=None), "jti"),
    "an empty jti": (claims(jti=""), "jti"),
    "a long jti": (claims(jti="j" * 256), "jti"),
    "a jti that is no text": (claims(jti=7), "jti"),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_it_is_refused(
    name: str,
    app: Flask,
    client: FlaskClient,
    system: System,
    capfd: pytest.CaptureFixture[str],
) -> None:
    forge, fault = FORGERIES[name]
    response = system.ask(client, forge(system))
    assert response.status_code == 400
    assert response.json == {"error": "invalid_client", "error_description": FAULTS[fault]}
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    told = [line for line in lines if line["event"] == "client.refused"]
    assert [(set(line), line["fault"]) for line in told] == [
        ({"event", "level", "timestamp", "fault"}, fault)
    ]
    with app.extensions["sessions"].reading() as session:
        assert session.scalar(select(func.count()).select_from(UsedAssertion)) == 0
    assert system.ask(client).status_code == 200, "the system itself is not shut out"


def test_rs256_is_refused(client: FlaskClient, connect: Connect) -> None:
    system = connect(key=systems.ps256())
    response = system.ask(client, system.assertion(header={"alg": "RS256"}))
    assert response.json["error_description"] == FAULTS["algorithm"]  # type: ignore[index]


def test_the_key_of_another_body_does_not_open_the_door(
    client: FlaskClient, connect: Connect
) -> None:
    system, other = connect(), connect()
    for head in ({"kid": other.key.kid}, {"kid": None}, {"kid": system.key.kid}):
        forged = System(system.client_id, other.key).assertion(header=head)
        assert system.ask(client, forged).json["error_description"] == FAULTS["unknown"]  # type: ignore[index]


def test_a_removed_system_gets_no_token(app: Flask, client: FlaskClient, system: System) -> None:
    assert system.ask(client).status_code == 200
    systems.disconnect(app, system)
    refused = system.ask(client)
    assert refused.status_code == 400
    assert refused.json["error_description"] == FAULTS["unknown"]  # type: ignore[index]


def test_every_fault_can_be_met() -> None:
    met = {fault for _, fault in FORGERIES.values()}
    assert set(FAULTS) - met == {"keys", "replayed"}, "see test_client_keys.py and test_tokens.py"


def test_an_assertion_may_be_as_late_as_clocks_differ(client: FlaskClient, system: System) -> None:
    now = int(clock.now().timestamp())
    late = system.assertion(exp=now - 20, iat=now - 80)
    early = system.assertion(exp=now + 600, iat=now + 20, nbf=now + 20)
    assert system.ask(client, late).status_code == 200
    assert system.ask(client, early).status_code == 200
