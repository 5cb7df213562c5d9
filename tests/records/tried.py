"""The model body, tried out as the portal of a test knows it."""

import base64
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

from click.testing import CliRunner, Result
from flask import Flask
from joserfc.jwk import KeySet

from citizen_portal import signing
from citizen_portal.demo.body import Behaviour, BodyConfig, Choices, create_body, keys_given
from citizen_portal.records.commands import try_out
from citizen_portal.settings import Settings
from tests.fakes.serving import served


@dataclass
class Body:
    """The model body, as the portal of these settings knows it."""

    settings: Settings
    folder: Path
    secret: str = field(
        default_factory=lambda: "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    )

    @property
    def keys(self) -> KeySet:
        return signing.load(self.settings.keys_folder).keys

    def choices(self) -> Choices:
        keys = keys_given(self.keys.as_dict(private=False))
        file = self.folder / "held.db"
        return Choices(file, slug="clinic", secrets=[self.secret], keys=keys)

    def app(self, behaviour: Behaviour = Behaviour.NORMAL) -> Flask:
        return create_body(
            BodyConfig(
                code="C",
                name="Clinic",
                audience="clinic",
                issuer=self.settings.public_url,
                keys=keys_given(self.keys.as_dict(private=False)),
                behaviour=behaviour,
                choices=self.choices(),
            )
        )

    def check(self, address: str, *more: str) -> Result:
        parts = SimpleNamespace(settings=self.settings)
        given = [address, "--slug", "clinic", *more]
        return CliRunner().invoke(try_out, given, obj=parts, catch_exceptions=False)

    def with_hooks(self, address: str) -> Result:
        return self.check(address, "--webhook", f"{address}/hooks", "--secret", self.secret)


Change = Callable[[Flask], None]


@contextmanager
def served_with(body: Body, change: Callable[[Flask], None]) -> Iterator[str]:
    app = body.app()
    change(app)
    with served(lambda _: app) as address:
        yield address


def wrong(result: Result) -> list[str]:
    return [line for line in result.output.splitlines() if line.startswith("wrong  ")]
