"""The worked example of ``docs/operations.md``: its lines start a portal that signs people in."""

import re
from pathlib import Path

import requests

from citizen_portal.settings import Settings
from tests.fakes import provider as fakes
from tests.fakes.provider import Fake
from tests.identity.conftest import Browser, OpenPortal, let_in
from tests.identity.identities import identity

PAGE = Path(__file__).parents[2] / "docs/operations.md"
EXAMPLE = re.compile(r"```sh\n(PORTAL_ENVIRONMENT=.*?)```", re.DOTALL)
PROVIDER, PORTAL = "http://127.0.0.1:3901/", "PORTAL_PUBLIC_URL"
CHANGED = {"testing", "database_url", "queue_file", "keys_folder", "export_store", "held_key"}


def example() -> dict[str, str]:
    found = EXAMPLE.search(PAGE.read_text())
    assert found is not None
    return dict(line.partition("=")[::2] for line in found.group(1).splitlines())


def test_the_lines_of_the_page_sign_people_in(fake: Fake, open_portal: OpenPortal) -> None:
    said = example()
    issuer = fake.url + "/"
    fake.metadata = lambda told: told.update(issuer=issuer)
    fake.claims = lambda told: told.update(iss=issuer, vot="Cl.Cm")
    fake.answer = lambda told: told.update(iss=issuer)
    identity(iss=issuer, kid="did:web:identity.example#identity")(fake)
    named = {
        name.removeprefix("PORTAL_").lower(): value.replace(PROVIDER, issuer)
        for name, value in said.items()
        if name != PORTAL
    }
    assert named["oidc_issuer"] == named["oidc_identity_issuer"] == issuer
    assert set(named) <= set(Settings.model_fields) - CHANGED
    portal = open_portal(issuer, **{"oidc_client_secret": "", **named})
    browser = Browser()

    browser.get(f"{portal.url}/sign-in?back=/my/account")

    assert let_in(portal, browser)
    published = requests.get(f"{portal.url}/.well-known/jwks.json", timeout=5).json()
    assert {"RS256"} <= {key["alg"] for key in published["keys"]}
    assert fakes.CANARY not in browser.get(f"{portal.url}/my/account").text
