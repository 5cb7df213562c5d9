"""The cookie of a portal in production: bound to its host by its name (RFC 6265bis §4.1.3.2)."""

from collections.abc import Iterator

import pytest
from flask import Flask

from citizen_portal.app import create_app
from citizen_portal.settings import Settings
from tests.web.walking import citizen_in

AT = {"base_url": "https://portal.example"}


@pytest.fixture
def production(settings: Settings) -> Iterator[Flask]:
    given = settings.model_dump() | {
        "environment": "production",
        "public_url": AT["base_url"],
        "oidc_issuer": "https://sign-in.example",
        "oidc_client_id": "portal",
        "operator_name": "Operator",
        "operator_contact": "mailto:portal@operator.example",
        "private_addresses": "",
        "testing": False,
    }
    app = create_app(Settings(**given))
    yield app
    app.extensions["sessions"].engine.dispose()


def test_no_neighbour_can_set_it_and_no_script_read_it(production: Flask) -> None:
    (told,) = production.test_client().get("/language/cy", **AT).headers.getlist("Set-Cookie")
    name, _, rest = told.partition("=")
    assert name == "__Host-portal"
    assert {part.strip() for part in rest.split(";")[1:]} == {
        "Secure",
        "HttpOnly",
        "Path=/",
        "SameSite=Lax",
    }


def test_a_cookie_under_another_name_is_not_asked(production: Flask) -> None:
    """A neighbour, or somebody on the line, can set ``portal``, and not ``__Host-portal``."""
    client = citizen_in(production)
    kept = client.get_cookie("__Host-portal")
    assert kept is not None
    for name, status in (("__Host-portal", 200), ("portal", 302), ("__Secure-portal", 302)):
        other = production.test_client()
        other.set_cookie(name, kept.value, domain="portal.example", secure=True)
        assert other.get("/my/account", **AT).status_code == status, name


def test_a_cookie_that_was_altered_lets_nobody_in(production: Flask) -> None:
    kept = citizen_in(production).get_cookie("__Host-portal")
    assert kept is not None
    signature = kept.value.rpartition(".")[2]
    altered = kept.value.replace(signature, signature.swapcase())
    for value in (altered, kept.value.rpartition(".")[0], kept.value[1:], ""):
        other = production.test_client()
        other.set_cookie("__Host-portal", value, domain="portal.example", secure=True)
        assert other.get("/my/account", **AT).status_code == 302
