"""Signing in with a real provider, over real HTTP, as a browser without script would."""

from urllib.parse import parse_qs, urlsplit

from sqlalchemy import select

from citizen_portal.identity import queries
from citizen_portal.identity.guards import SignedIn
from citizen_portal.identity.models import AccountIndex, Citizen, SignIn
from citizen_portal.jobs import Job
from tests import make
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


def test_a_citizen_signs_in_by_one_form_and_lands_on_their_page(portal: Portal) -> None:
    browser = Browser()
    first = browser.get(f"{portal.url}/sign-in")
    assert [response.status_code for response in first.history] == [302]

    page = browser.choose(first, citizen="citizen-1")

    assert page.url == f"{portal.url}/my"
    assert page.status_code == 200
    assert rows(portal, SignIn) == rows(portal, Citizen) == rows(portal, AccountIndex) == 1


def test_the_form_holds_citizens_and_officers_and_asks_once(portal: Portal) -> None:
    page = Browser().get(f"{portal.url}/sign-in")

    assert len(soup(page).select("form")) == 1
    assert soup(page).select_one("input[type=radio][name=citizen][value=citizen-1]")
    assert soup(page).select_one("input[type=radio][name=officer][value=officer-a1]")
    assert Browser().choose(page, nothing="").status_code == 400


def test_an_officer_signs_in_by_the_same_form(portal: Portal) -> None:
    browser = Browser()
    page = browser.get(f"{portal.url}/sign-in")

    assert browser.choose(page, officer="officer-a1").url == f"{portal.url}/my"


def test_the_portal_proves_itself_by_its_own_key(
    open_provider: OpenProvider, open_portal: OpenPortal
) -> None:
    portal = open_portal(open_provider(own_key=True), oidc_client_secret="")
    LateAddress.where = f"{portal.url}/.well-known/jwks.json"

    assert let_in(portal, sign_in(portal))
    assert let_in(portal, sign_in(portal)), "each proof has an id of its own"


def test_published_keys_hold_nothing_private(portal: Portal) -> None:
    published = Browser().get(f"{portal.url}/.well-known/jwks.json")

    keys = published.json()["keys"]
    assert {key["kty"] for key in keys} == {"OKP", "EC", "RSA"}
    assert all("d" not in key for key in keys)
    assert published.headers["Access-Control-Allow-Origin"] == "*"


def test_the_same_person_is_the_same_citizen_each_time(portal: Portal) -> None:
    sign_in(portal)
    sign_in(portal)
    sign_in(portal, "citizen-2")

    assert rows(portal, Citizen) == 2
    assert rows(portal, SignIn) == 3


def test_nothing_of_the_account_is_kept_in_clear(portal: Portal) -> None:
    sign_in(portal)

    with portal.app.extensions["sessions"].reading() as session:
        index = session.scalars(select(AccountIndex)).one()
        place = session.scalars(select(SignIn)).one()
    assert len(index.blind) == len(place.token_digest) == 64
    assert place.sealed_hint is not None
    assert b"eyJ" not in place.sealed_hint
    assert place.assurance == "Cl.Cm"


def test_assurance_may_be_said_by_vot(open_provider: OpenProvider, open_portal: OpenPortal) -> None:
    portal = open_portal(open_provider(), oidc_assurance="Cl.Cm")

    assert let_in(portal, sign_in(portal))


def test_signing_in_again_changes_the_cookie_and_ends_what_was_there(portal: Portal) -> None:
    browser = sign_in(portal)
    stolen = Browser()
    stolen.cookies.update(browser.cookies)
    assert let_in(portal, stolen)

    sign_in_again = browser.get(f"{portal.url}/sign-in")  # the provider still knows them

    assert sign_in_again.url == f"{portal.url}/my"
    assert let_in(portal, browser)
    assert not let_in(portal, stolen)


def test_a_cookie_planted_before_sign_in_is_worth_nothing_after_it(portal: Portal) -> None:
    victim, thief = Browser(), Browser()
    thief.get(f"{portal.url}/sign-in", allow_redirects=False)
    victim.cookies.update(thief.cookies)

    sign_in(portal, browser=victim)

    assert let_in(portal, victim)
    assert not let_in(portal, thief)


def test_several_tabs_may_sign_in_at_once(portal: Portal) -> None:
    browser = Browser()
    tabs = [browser.get(f"{portal.url}/sign-in?back=/my/account") for _ in range(5)]

    ends = [browser.choose(tab, citizen="citizen-1").url for tab in tabs]

    assert ends == [f"{portal.url}/my/account"] * 5
    assert let_in(portal, browser)


def test_the_sixth_tab_lets_go_of_the_first(portal: Portal) -> None:
    browser = Browser()
    tabs = [browser.get(f"{portal.url}/sign-in") for _ in range(6)]

    page = browser.choose(tabs[0], citizen="citizen-1")

    assert (page.status_code, heading(page)) == (400, "This sign-in has ended")


def test_an_answer_works_once_and_in_its_own_browser(portal: Portal) -> None:
    browser, another = Browser(), Browser()
    page = browser.get(f"{portal.url}/sign-in")
    done = browser.choose(page, citizen="citizen-1")
    callback = next(r.url for r in done.history if "/sign-in/callback" in r.url)

    for who in (another, browser):
        again = who.get(callback)
        assert (again.status_code, heading(again)) == (400, "This sign-in has ended")
        assert ("You are still signed in here." in again.text) is (who is browser)
        assert bool(soup(again).select("main a[href='/my']")) is (who is browser)
    assert not let_in(portal, another)
    assert let_in(portal, browser)


def test_whoever_stops_and_tries_again_still_comes_to_the_page_they_wanted(portal: Portal) -> None:
    browser = Browser()
    begun = browser.get(f"{portal.url}/sign-in?back=/my/copies", allow_redirects=False)
    there = urlsplit(begun.headers["Location"])
    issuer, (state,) = f"{there.scheme}://{there.netloc}", parse_qs(there.query)["state"]
    told = {"error": "access_denied", "state": state, "iss": issuer}
    page = browser.get(f"{portal.url}/sign-in/callback", params=told)
    assert heading(page) == "You did not finish signing in"

    way = soup(page).select_one("main a[role=button]")
    assert way is not None
    done = browser.choose(browser.get(portal.url + str(way["href"])), citizen="citizen-1")

    assert done.url == f"{portal.url}/my/copies"


def test_only_own_paths_are_gone_back_to(portal: Portal) -> None:
    for wanted in ("//evil.example", "https://evil.example", "/\\evil", "/a" * 200, "x"):
        browser = Browser()
        page = browser.get(f"{portal.url}/sign-in", params={"back": wanted})
        done = browser.choose(page, citizen="citizen-1")
        assert done.url == f"{portal.url}/my", wanted


def test_people_not_shown_to_be_adults_are_met_calmly_and_not_kept(portal: Portal) -> None:
    for who in ("young", "ageless"):
        browser = Browser()
        page = browser.choose(browser.get(f"{portal.url}/sign-in"), citizen=who)

        assert page.status_code == 403
        assert heading(page) == "For now, this service is for people aged 18 or over"
        assert soup(page).select_one("a[href='/bodies']")
        assert not let_in(portal, browser)
    assert rows(portal, Citizen) == rows(portal, SignIn) == 0


def test_a_portal_without_a_provider_says_so(open_portal: OpenPortal) -> None:
    page = Browser().get(open_portal("").url + "/sign-in")

    assert page.status_code == 503
    assert heading(page) == "Signing in does not work just now"


def test_a_verified_claim_has_the_body_asked_later_with_its_value_sealed(
    open_provider: OpenProvider, open_portal: OpenPortal
) -> None:
    portal = open_portal(open_provider(), oidc_link_claims="card=card-office missing=card-office")
    with portal.app.extensions["sessions"].writing() as session:
        body = make.body(slug="card-office")
        session.add(body)

    sign_in(portal, "citizen-2")

    with portal.app.extensions["sessions"].reading() as session:
        job = session.scalars(select(Job).where(Job.name == "records.link_by_claim")).one()
    assert (job.arguments["organisation"], job.arguments["claim"]) == (str(body.id), "card")
    assert "C-2" not in str(job.arguments)


def test_bodies_are_asked_once_the_sign_in_is_kept_and_not_when_it_is_refused(
    portal: Portal,
) -> None:
    seen: list[bool] = []

    def look(who: SignedIn) -> None:
        with portal.app.extensions["sessions"].reading() as session:
            seen.append(queries.sign_in(session, who.citizen_id, who.sign_in_id) is not None)

    portal.app.extensions["ask_bodies"] = look
    browser = Browser()
    browser.choose(browser.get(f"{portal.url}/sign-in"), citizen="young")
    assert seen == []

    sign_in(portal)

    assert seen == [True]


def test_who_is_too_young_may_come_back_as_somebody_else(portal: Portal) -> None:
    browser = Browser()
    page = browser.choose(browser.get(f"{portal.url}/sign-in"), citizen="young")
    link = soup(page).select_one("a[href^='/sign-in?']")
    assert link is not None

    again = browser.get(portal.url + str(link["href"]))

    assert browser.choose(again, citizen="citizen-1").url == f"{portal.url}/my"
