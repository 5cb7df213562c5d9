"""A body's system gives back what it holds where the portal lost data: once, and not for ever."""

from pathlib import Path

import pytest
import requests
from flask import Flask
from joserfc.jwk import KeySet, OKPKey

from citizen_portal.demo.body import Choices, System
from tests.fakes.serving import served


def test_a_portal_that_goes_on_losing_data_is_left_for_later(tmp_path: Path) -> None:
    given: list[int] = []

    def portal(_: str) -> Flask:
        app = Flask("portal")

        @app.post("/api/oauth/token")
        def token() -> dict[str, str | int]:
            return {"access_token": "t", "expires_in": 300}

        @app.get("/api/v1/preference-changes")
        def changes() -> tuple[dict[str, str], int]:
            return {}, 409

        @app.post("/api/v1/preference-statements")
        def take() -> tuple[dict[str, str], int]:
            given.append(1)
            return {}, 200 if len(given) < 5 else 500

        return app

    choices = Choices(tmp_path / "held.db", slug="clinic", secrets=[], keys=lambda: KeySet([]))
    with served(portal) as address, pytest.raises(requests.HTTPError, match="409"):
        System(address, "client", OKPKey.generate_key("Ed25519")).follow(choices)
    assert len(given) == 1
