"""A portal and an identity provider, each over real HTTP on loopback."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
import requests
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import func, select

from citizen_portal.app import create_app
from citizen_portal.db import Base
from citizen_portal.demo.provider import Client, Person, create_provider
from citizen_portal.settings import Settings
from tests.fakes import provider as fakes
from tests.fakes.provider import Fake
from tests.fakes.serving import served

CLIENT, SECRET = "portal", "s"
PEOPLE = [
    Person("citizen-1", "Citizen 1", birthdate="1980-02-29"),
    Person("citizen-2", "Citizen 2", birthdate="1950-01-01", claims={"card": "C-2"}),
    Person("young", "Young", birthdate="2020-01-01"),
    Person("ageless", "Ageless", birthdate=""),
]
OFFICERS = [
    Person("officer-a1", "Officer A1", birthdate="1970-01-01", subject="a1"),
    Person("officer-b1", "Officer B1", birthdate="1970-01-01", subject="b1"),
]


@dataclass
class Portal:
    """A running portal, and the app behind it for a look inside."""

    url: str
    app: Flask


OpenPortal = Callable[..., Portal]
OpenProvider = Callable[..., str]


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def open_portal(settings: Settings, stack: ExitStack) -> OpenPortal:
    """Start a portal that signs people in at this issuer."""

    def start(issuer: str, **changes: object) -> Portal:
        made: list[Flask] = []

        def make(url: str) -> Flask:
            given = {"oidc_issuer": issuer, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}
            known = {"public_url": url, **given, **changes}
            app = create_app(Settings(**{**settings.model_dump(), **known}))
            made.append(app)
            return app

        url = stack.enter_context(served(make))
        stack.callback(made[0].extensions["sessions"].engine.dispose)
        return Portal(url, made[0])

    return start


@pytest.fixture
def open_provider(stack: ExitStack, monkeypatch: pytest.MonkeyPatch) -> OpenProvider:
    """Start the demo's identity provider. With ``own_key`` portals prove themselves by theirs."""
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")

    def start(*, own_key: bool = False) -> str:
        return stack.enter_context(served(lambda url: _provider(url, None if own_key else SECRET)))

    return start


class Anywhere(list[str]):
    """Redirect addresses of a portal whose port is not known yet."""

    def __contains__(self, address: object) -> bool:
        return str(address).startswith("http://127.0.0.1:") and str(address).endswith(
            ("/sign-in/callback", "/signed-out")
        )


def _provider(url: str, secret: str | None) -> Flask:
    client = Client(CLIENT, Anywhere(), Anywhere(), secret=secret, jwks_uri=LateAddress())
    return create_provider(url, [client], PEOPLE, OFFICERS)


class LateAddress(str):
    """Where the portal publishes its keys, told once it runs."""

    where = ""

    def __str__(self) -> str:
        return LateAddress.where


class Browser(requests.Session):
    """A browser without script: cookies, redirects, forms."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False

    def choose(
        self, page: requests.Response, *, follow: bool = True, **chosen: str
    ) -> requests.Response:
        """Send the form of a page with these choices."""
        form = soup(page).find("form", method="post")
        assert form is not None, page.text[:500]
        hidden = {str(i["name"]): str(i["value"]) for i in form.select("input[type=hidden]")}
        to = requests.compat.urljoin(page.url, str(form.get("action") or page.url))
        return self.post(to, data={**hidden, **chosen}, allow_redirects=follow)


@pytest.fixture
def portal(open_provider: OpenProvider, open_portal: OpenPortal) -> Portal:
    """A portal that signs people in at the demo's provider."""
    return open_portal(open_provider())


@pytest.fixture
def fake() -> Iterator[Fake]:
    fake = Fake()
    with served(lambda url: fakes.make(fake, url)):
        yield fake
        fake.over.set()


def sign_in(portal: Portal, who: str = "citizen-1", browser: Browser | None = None) -> Browser:
    """From the portal through the provider's form and back."""
    browser = browser or Browser()
    page = browser.get(f"{portal.url}/sign-in?back=/my/account")
    assert browser.choose(page, citizen=who).url == f"{portal.url}/my/account"
    return browser


def let_in(portal: Portal, browser: Browser) -> bool:
    """Whether the portal knows who this browser is."""
    page = browser.get(f"{portal.url}/my/account", allow_redirects=False)
    assert page.status_code in {200, 302}
    return page.status_code == 200


def rows(portal: Portal, model: type[Base]) -> int:
    with portal.app.extensions["sessions"].reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def soup(page: requests.Response) -> BeautifulSoup:
    return BeautifulSoup(page.text, "html.parser")


def heading(page: requests.Response) -> str:
    found = soup(page).h1
    assert found is not None, page.text[:500]
    return found.get_text(strip=True)
