"""Ways of making the fake identity provider lie, and what must hold after each of them."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc.jwk import ECKey, RSAKey
from sqlalchemy import func, select

from citizen_portal.identity.models import AccountIndex, Citizen, OfficerSignIn, SignIn
from tests.fakes import provider as fakes
from tests.fakes.provider import CANARY, Fake
from tests.identity.conftest import Browser, Portal, heading

Forge = Callable[[Fake], None]


def claims(**changed: Any) -> Forge:
    """The id_token says this; ``None`` leaves a claim out; a function is told the moment now."""

    def forge(fake: Fake) -> None:
        def change(said: dict[str, Any]) -> None:
            for name, value in changed.items():
                said[name] = value(int(time.time())) if callable(value) else value
                if said[name] is None:
                    del said[name]

        fake.claims = change

    return forge


def header(**changed: Any) -> Forge:
    return lambda fake: fake.header.update(changed)


def answer(**changed: Any) -> Forge:
    """The authorization response says this; ``None`` leaves a parameter out."""

    def forge(fake: Fake) -> None:
        def change(said: dict[str, Any]) -> None:
            said.update(changed)
            for name in [name for name, value in said.items() if value is None]:
                del said[name]

        fake.answer = change

    return forge


def token(**changed: Any) -> Forge:
    return lambda fake: setattr(fake, "token", lambda said: said.update(changed))


def signed_by(make: Callable[[Fake, dict[str, Any]], object]) -> Forge:
    return lambda fake: setattr(fake, "sign", make)


def by_hand(**changed: Any) -> Forge:
    """A good signature over a header that no library would write."""
    return signed_by(lambda _, said: fakes.signed_by_hand(changed, said))


def keyed(key: Any, algorithm: str) -> Forge:
    def forge(fake: Fake) -> None:
        fake.key, fake.algorithm = key, algorithm

    return forge


def instead(path: str, said: fakes.Answer) -> Forge:
    return lambda fake: fake.instead.update({path: said})


def metadata(**changed: Any) -> Forge:
    return lambda fake: setattr(fake, "metadata", lambda said: said.update(changed))


def hanging(path: str) -> Forge:
    return lambda fake: fake.instead.update({path: fakes.hanging(fake)})


def dripping(path: str) -> Forge:
    return lambda fake: fake.instead.update({path: fakes.dripping(fake)})


def alike(fake: Fake) -> None:
    """The key that is published under ``es`` is said to be for another algorithm."""
    fake.keys = [fakes.RS256, fakes.ED25519, _said_for("RS256")]


def for_encryption(fake: Fake) -> None:
    fake.keys = [_said_for("ES256", use="enc")]


def _said_for(algorithm: str, use: str = "sig") -> Any:
    public = {**fakes.ES256.as_dict(private=False), "alg": algorithm, "use": use}
    return ECKey.import_key(public)


def small_key(fake: Fake) -> None:
    numbers = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505
    small = RSAKey(numbers, numbers, {"kid": "small"})
    fake.keys, fake.key, fake.algorithm = [small], small, "RS256"


def no_list(fake: Fake, _: dict[str, Any]) -> str:
    """Claims that are a list."""
    return f"{fakes.part({'alg': 'ES256', 'kid': 'es'})}.W10.AA"


def cut_off(fake: Fake, said: dict[str, Any]) -> str:
    return fake.signed(said).rsplit(".", 1)[0] + "."


def changed_after(fake: Fake, said: dict[str, Any]) -> str:
    """Signed, and then about somebody else."""
    header, _, signature = fake.signed(said).split(".")
    return f"{header}.{fakes.part({**said, 'sub': 'b'})}.{signature}"


INSIDE = {"/my/account": {302}, "/desk/audit": {302, 404}}
"""What only those who signed in may see, and what others are answered: some portals have no
desk."""


def refused(
    portal: Portal, capfd: pytest.CaptureFixture[str], door: str = "/sign-in"
) -> tuple[int, str, str]:
    """Try to sign in at a door; the status, heading and fault met, once the rest is checked."""
    browser = Browser()

    page = browser.get(f"{portal.url}{door}")

    for inside, kept_out in INSIDE.items():
        answer = browser.get(f"{portal.url}{inside}", allow_redirects=False)
        assert answer.status_code in kept_out, "the cookie lets somebody in"
    with portal.app.extensions["sessions"].reading() as session:
        for model in (SignIn, Citizen, AccountIndex, OfficerSignIn):
            assert session.scalar(select(func.count()).select_from(model)) == 0
    said = capfd.readouterr()
    assert CANARY not in said.out + said.err + page.text
    lines = [json.loads(line) for line in said.err.splitlines() if line.startswith("{")]
    told = [line for line in lines if line["event"] == "sign_in.refused"]
    assert [set(line) for line in told] == [{"event", "level", "timestamp", "fault"}]
    return page.status_code, heading(page), told[0]["fault"]
