"""What one provider says is not taken at the door of the other (RFC 9700 §4.4)."""

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests

from citizen_portal.identity.models import OfficerSignIn, SignIn
from tests.fakes.provider import CANARY, Fake
from tests.identity.conftest import Browser, OpenPortal, OpenProvider, Portal, heading, rows
from tests.identity.forging import answer, metadata
from tests.identity.test_officers_sign_in import STAFF, add

ENDED = (400, "This sign-in has ended")
NOT_SURE = (400, "We could not be sure that it is you")


@pytest.fixture(params=["two providers", "one provider"])
def portal(
    request: pytest.FixtureRequest, open_provider: OpenProvider, open_portal: OpenPortal
) -> Portal:
    """Two doors, at two providers or at one that serves both."""
    citizens = open_provider()
    staff = open_provider() if request.param == "two providers" else citizens
    portal = open_portal(citizens, staff_issuer=staff, **STAFF)
    add(portal, "a1")
    return portal


def answered(browser: Browser, page: requests.Response, **chosen: str) -> str:
    """The address with the answer, to which the provider sends the browser, not gone to yet."""
    return str(browser.choose(page, follow=False, **chosen).headers["Location"])


def at_other_door(callback: str) -> str:
    if "/desk/sign-in/callback" in callback:
        return callback.replace("/desk/sign-in/callback", "/sign-in/callback")
    return callback.replace("/sign-in/callback", "/desk/sign-in/callback")


@pytest.mark.parametrize("door", ["/sign-in", "/desk/sign-in"])
def test_an_answer_is_refused_at_the_other_door_and_good_at_its_own(
    portal: Portal, door: str
) -> None:
    browser = Browser()
    callback = answered(browser, browser.get(f"{portal.url}{door}"), officer="officer-a1")

    page = browser.get(at_other_door(callback))
    assert (page.status_code, heading(page)) == ENDED
    assert rows(portal, SignIn) == rows(portal, OfficerSignIn) == 0

    browser.get(callback)
    own, other = (SignIn, OfficerSignIn) if door == "/sign-in" else (OfficerSignIn, SignIn)
    assert (rows(portal, own), rows(portal, other)) == (1, 0)


def test_a_code_of_the_citizens_provider_is_worth_nothing_under_a_state_of_the_officers(
    portal: Portal,
) -> None:
    """As one who runs the other provider would mix them: their code, the state of this door."""
    browser = Browser()
    mine = answered(browser, browser.get(f"{portal.url}/sign-in"), citizen="citizen-1")
    begun = browser.get(f"{portal.url}/desk/sign-in", allow_redirects=False).headers["Location"]
    said = {name: value[0] for name, value in parse_qs(urlsplit(mine).query).items()}
    said["state"] = parse_qs(urlsplit(begun).query)["state"][0]

    for forged in (said, {name: said[name] for name in ("code", "state")}):
        page = browser.get(f"{portal.url}/desk/sign-in/callback?{urlencode(forged)}")
        assert page.status_code == 400
    assert rows(portal, SignIn) == rows(portal, OfficerSignIn) == 0


def test_a_code_of_the_wrong_provider_is_refused_though_no_provider_names_itself(
    fake: Fake, open_provider: OpenProvider, open_portal: OpenPortal
) -> None:
    """Without RFC 9207: the officers' provider has not given the code, or not for this nonce."""
    metadata(authorization_response_iss_parameter_supported=False)(fake)
    answer(iss=None)(fake)
    portal = open_portal(open_provider(), staff_issuer=fake.url, **STAFF)
    add(portal, CANARY)
    browser = Browser()
    mine = answered(browser, browser.get(f"{portal.url}/sign-in"), citizen="citizen-1")
    code = parse_qs(urlsplit(mine).query)["code"][0]
    begun = browser.get(f"{portal.url}/desk/sign-in", allow_redirects=False).headers["Location"]
    state = parse_qs(urlsplit(begun).query)["state"][0]
    other = fake.asks.setdefault(code, {"client_id": "portal", "nonce": "of another sign-in"})

    query = urlencode({"code": code, "state": state})
    page = browser.get(f"{portal.url}/desk/sign-in/callback?{query}")

    assert other["nonce"] == "of another sign-in"
    assert (page.status_code, heading(page)) == NOT_SURE
    assert rows(portal, OfficerSignIn) == 0


def test_a_look_ahead_uses_up_no_code_of_an_officer(portal: Portal) -> None:
    browser = Browser()
    callback = answered(browser, browser.get(f"{portal.url}/desk/sign-in"), officer="officer-a1")

    assert browser.head(callback).status_code == 405
    browser.get(callback)
    assert rows(portal, OfficerSignIn) == 1
