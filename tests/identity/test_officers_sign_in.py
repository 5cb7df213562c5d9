"""Officers sign in with their work account, over real HTTP: who is let in, and who is not."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from citizen_portal.audit import AuditEntry
from citizen_portal.identity.actions import officers
from citizen_portal.identity.models import Citizen, OfficerSignIn, Role, SignIn
from tests import make
from tests.fakes import provider as fakes
from tests.fakes.provider import CANARY, Fake
from tests.identity import forging
from tests.identity.conftest import (
    Browser,
    LateAddress,
    OpenPortal,
    OpenProvider,
    Portal,
    heading,
    let_in,
    rows,
    sign_in,
    soup,
)
from tests.identity.forging import Forge, claims
from tests.identity.test_forgeries import FORGERIES, NOT_NOW, NOT_SURE, SILENCES

NOT_LISTED = "Your work account is not on the list of officers"
CLOSED = "Officers cannot sign in to this portal"
Refuse = Callable[[Forge], tuple[int, str, str]]
STAFF = {"staff_client_id": "portal", "staff_client_secret": "s"}


@pytest.fixture
def portal(open_provider: OpenProvider, open_portal: OpenPortal) -> Portal:
    """A portal with a provider for citizens, another for officers, and officer-a1 on the list."""
    portal = open_portal(open_provider(), staff_issuer=open_provider(), **STAFF)
    add(portal, "a1")
    return portal


def add(portal: Portal, subject: str, **given: object) -> None:
    settings, index = portal.app.extensions["settings"], portal.app.extensions["index"]
    with portal.app.extensions["sessions"].writing() as session:
        body = make.body()
        session.add(body)
        session.flush()
        blind = index.blind("officer", settings.staff_issuer, subject)
        officers.add(session, body.id, blind=blind, name="Officer A1", roles=[Role.AUTHOR])


def enter(portal: Portal, who: str = "officer-a1", browser: Browser | None = None) -> Browser:
    """From the desk through the officers' provider and back."""
    browser = browser or Browser()
    page = browser.get(f"{portal.url}/desk/audit")
    assert browser.choose(page, officer=who).url == f"{portal.url}/desk/audit"
    return browser


def at_desk(portal: Portal, browser: Browser) -> bool:
    page = browser.get(f"{portal.url}/desk/audit", allow_redirects=False)
    assert page.status_code in {200, 302, 403}
    return page.status_code == 200


def test_an_officer_signs_in_and_comes_back_to_the_page_they_wanted(portal: Portal) -> None:
    browser = enter(portal)

    assert at_desk(portal, browser)
    assert rows(portal, OfficerSignIn) == 1
    assert rows(portal, Citizen) == rows(portal, SignIn) == 0


def test_an_officer_lands_on_the_desk(portal: Portal) -> None:
    browser = Browser()
    page = browser.get(f"{portal.url}/desk/sign-in")

    assert browser.choose(page, officer="officer-a1").url == f"{portal.url}/desk"


def test_the_portal_proves_itself_by_its_own_key_to_this_provider_too(
    open_provider: OpenProvider, open_portal: OpenPortal
) -> None:
    staff = open_provider(own_key=True)
    portal = open_portal("", staff_issuer=staff, staff_client_id="portal")
    LateAddress.where = f"{portal.url}/.well-known/jwks.json"
    add(portal, "a1")

    assert at_desk(portal, enter(portal))


def test_nothing_of_the_account_is_kept_in_clear(portal: Portal) -> None:
    enter(portal)

    with portal.app.extensions["sessions"].reading() as session:
        place = session.scalars(select(OfficerSignIn)).one()
        assert place.sealed_hint is not None
        assert b"eyJ" not in place.sealed_hint
        entry = session.scalars(select(AuditEntry).where(AuditEntry.tag == "officer:signed-in"))
        noted = entry.one()
    assert (noted.actor_id, noted.about) == (place.officer_id, {"sign_in": str(place.id)})
    assert noted.organisation_id is not None


@pytest.mark.parametrize("who", ["officer-b1", "citizen-1"])
def test_whoever_is_not_on_the_list_is_told_so_and_not_kept(portal: Portal, who: str) -> None:
    """The same page for somebody who is a citizen of this portal as for a stranger."""
    sign_in(portal)  # citizen-1 is known here
    browser = Browser()

    page = browser.choose(browser.get(f"{portal.url}/desk/sign-in"), officer=who)

    assert (page.status_code, heading(page)) == (403, NOT_LISTED)
    assert "Ask the person who runs this portal" in page.text
    assert not at_desk(portal, browser)
    assert not let_in(portal, browser)
    assert rows(portal, OfficerSignIn) == 0


def test_an_officer_who_was_removed_reads_the_same_page_as_a_stranger(portal: Portal) -> None:
    stranger, browser = Browser(), enter(portal)
    with portal.app.extensions["sessions"].writing() as session:
        officers.remove(session, session.scalars(select(OfficerSignIn.officer_id)).one())
    assert not at_desk(portal, browser)

    again = browser.choose(browser.get(f"{portal.url}/desk/sign-in"), officer="officer-a1")
    other = stranger.choose(stranger.get(f"{portal.url}/desk/sign-in"), officer="officer-b1")

    assert (again.status_code, heading(again)) == (403, NOT_LISTED)
    assert soup(again).main == soup(other).main


def test_who_is_not_on_the_list_may_come_back_with_another_account(portal: Portal) -> None:
    browser = Browser()
    page = browser.choose(browser.get(f"{portal.url}/desk/sign-in"), officer="officer-b1")
    link = soup(page).select_one("a[href^='/desk/sign-in?']")
    assert link is not None

    again = browser.get(portal.url + str(link["href"]))

    assert browser.choose(again, officer="officer-a1").url == f"{portal.url}/desk"


def test_signing_in_again_changes_the_cookie_and_ends_what_was_there(portal: Portal) -> None:
    browser = enter(portal)
    stolen = Browser()
    stolen.cookies.update(browser.cookies)
    assert at_desk(portal, stolen)

    browser.get(f"{portal.url}/desk/sign-in?back=/desk/audit")

    assert at_desk(portal, browser)
    assert not at_desk(portal, stolen)


def test_signing_in_as_an_officer_ends_the_citizens_session_of_that_browser(
    portal: Portal,
) -> None:
    browser, kept = sign_in(portal), Browser()
    kept.cookies.update(browser.cookies)

    page = browser.get(f"{portal.url}/desk/sign-in?back=/desk/audit")
    browser.choose(page, officer="officer-a1")

    assert at_desk(portal, browser)
    assert not let_in(portal, kept)
    assert browser.get(f"{portal.url}/my/account").status_code == 403


def test_signing_in_as_a_citizen_ends_the_officers_session_of_that_browser(
    portal: Portal,
) -> None:
    browser, kept = enter(portal), Browser()
    kept.cookies.update(browser.cookies)

    sign_in_page = browser.get(f"{portal.url}/sign-in?back=/my/account")
    browser.choose(sign_in_page, citizen="citizen-1")

    assert let_in(portal, browser)
    assert not at_desk(portal, kept)
    assert not at_desk(portal, browser)


def test_signing_out_ends_both_sessions(portal: Portal) -> None:
    browser, kept = enter(portal), Browser()
    kept.cookies.update(browser.cookies)

    page = browser.choose(browser.get(f"{portal.url}/desk/sign-out"))

    assert page.url.startswith(f"{portal.url}/desk/signed-out")
    assert heading(page) == "You are signed out"
    assert not at_desk(portal, kept)
    again = browser.get(f"{portal.url}/desk/audit")
    assert soup(again).select_one("input[name=officer]"), "the provider has forgotten them too"


def test_asking_to_sign_out_ends_nothing(portal: Portal) -> None:
    browser = enter(portal)

    browser.get(f"{portal.url}/desk/sign-out")
    assert at_desk(portal, browser)
    assert browser.get(f"{portal.url}/sign-out").url == f"{portal.url}/desk/sign-out"
    assert browser.post(f"{portal.url}/desk/sign-out").status_code == 400
    assert at_desk(portal, browser)

    citizen = sign_in(portal)
    assert citizen.get(f"{portal.url}/desk/sign-out").url == f"{portal.url}/sign-out"
    assert let_in(portal, citizen)


def test_the_form_may_lead_on_to_the_officers_provider(fake: Fake, open_portal: OpenPortal) -> None:
    portal = open_portal("", staff_issuer=fake.url, **STAFF)
    add(portal, CANARY)
    browser = Browser()
    browser.get(f"{portal.url}/desk/audit")

    page = browser.get(f"{portal.url}/desk/sign-out")

    assert f"form-action 'self' {fake.url};" in page.headers["Content-Security-Policy"]


def test_a_provider_that_is_away_does_not_hold_an_officer(
    fake: Fake, open_portal: OpenPortal
) -> None:
    portal = open_portal("", staff_issuer=fake.url, **STAFF)
    add(portal, CANARY)
    browser = Browser()
    browser.get(f"{portal.url}/desk/audit")
    form = browser.get(f"{portal.url}/desk/sign-out")
    fake.instead["/.well-known/openid-configuration"] = fakes.busy

    page = browser.choose(form)

    assert (page.status_code, heading(page)) == (200, "You are signed out")
    assert "could not reach" in page.text
    assert not at_desk(portal, browser)


def test_a_portal_without_a_staff_issuer_has_no_desk(open_portal: OpenPortal) -> None:
    portal = open_portal("")

    for path in ("/desk/sign-in", "/desk", "/desk/audit"):
        page = Browser().get(f"{portal.url}{path}", allow_redirects=False)
        assert (page.status_code, heading(page)) == (404, CLOSED)


@pytest.fixture
def refused(fake: Fake, open_portal: OpenPortal, capfd: pytest.CaptureFixture[str]) -> Refuse:
    """Let the officers' provider forge, and try to sign in as somebody who is on the list."""

    def attempt(forge: Forge, **settings: object) -> tuple[int, str, str]:
        forge(fake)
        portal = open_portal("", staff_issuer=fake.url, oidc_timeout=2.0, **{**STAFF, **settings})
        add(portal, CANARY)
        return forging.refused(portal, capfd, "/desk/sign-in")

    return attempt


@pytest.mark.parametrize("name", FORGERIES)
def test_what_is_forged_signs_no_officer_in(name: str, refused: Refuse) -> None:
    forge, fault = FORGERIES[name]

    assert refused(forge) == (400, NOT_SURE, fault)


@pytest.mark.parametrize("name", [name for name in SILENCES if "metadata" in name])
def test_metadata_that_cannot_be_used_is_told_honestly(name: str, refused: Refuse) -> None:
    forge, fault = SILENCES[name]

    assert refused(forge) == (503, NOT_NOW, fault)


def test_an_officers_sign_in_carries_the_assurance_that_is_wanted(
    fake: Fake, open_portal: OpenPortal, capfd: pytest.CaptureFixture[str]
) -> None:
    given = {"staff_issuer": fake.url, "staff_assurance": "high", **STAFF}
    portal = open_portal("", **given)
    add(portal, CANARY)
    claims(acr="low")(fake)
    assert forging.refused(portal, capfd, "/desk/sign-in") == (400, NOT_SURE, "assurance")

    claims(acr="high")(fake)
    browser = Browser()
    browser.get(f"{portal.url}/desk/audit")
    assert at_desk(portal, browser)
