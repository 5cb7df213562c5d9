"""Signing out ends the session here and at the provider; here even if that is away."""

from datetime import timedelta

from requests import Response
from sqlalchemy import update

from citizen_portal import clock
from citizen_portal.identity.models import SignIn
from tests.fakes import provider as fakes
from tests.fakes.provider import Fake
from tests.fakes.serving import served
from tests.identity.conftest import Browser, OpenPortal, Portal, heading, let_in, sign_in, soup
from tests.identity.forging import metadata


def leave(portal: Portal, browser: Browser) -> Response:
    return browser.choose(browser.get(f"{portal.url}/sign-out"))


def test_signing_out_ends_both_sessions(portal: Portal) -> None:
    browser = sign_in(portal)
    kept = Browser()
    kept.cookies.update(browser.cookies)

    page = leave(portal, browser)

    assert page.url.startswith(f"{portal.url}/signed-out")
    assert heading(page) == "You are signed out"
    menu = [link.text for link in soup(page).select("header nav[aria-label=Menu] a")]
    assert "Sign in" in menu
    assert not {"Sign out", "Your page"} & set(menu)
    assert soup(page).select_one("main a[role=button][href='/sign-in']")
    assert not let_in(portal, browser)
    assert not let_in(portal, kept)
    again = browser.get(f"{portal.url}/sign-in")
    assert soup(again).select_one("input[name=citizen]"), "the provider has forgotten them too"


def test_the_form_may_lead_on_to_the_provider(fake: Fake, open_portal: OpenPortal) -> None:
    portal, browser = open_portal(fake.url), Browser()
    stranger = browser.get(f"{portal.url}/")
    browser.get(f"{portal.url}/sign-in?back=/my/account")

    page = browser.get(f"{portal.url}/sign-out")

    assert f"form-action 'self' {fake.url};" in page.headers["Content-Security-Policy"]
    assert "form-action 'self';" in stranger.headers["Content-Security-Policy"]


def test_another_origin_is_gone_to_by_a_step_of_its_own(
    fake: Fake, open_portal: OpenPortal
) -> None:
    elsewhere = fake.url.replace("127.0.0.1", "localhost") + "/logout"
    metadata(end_session_endpoint=elsewhere)(fake)
    portal, browser = open_portal(fake.url), Browser()
    browser.get(f"{portal.url}/sign-in?back=/my/account")

    page = leave(portal, browser)

    assert heading(page) == "You are signed out here"
    assert page.headers["Refresh"].startswith(f"0; url={elsewhere}?")
    assert soup(page).select_one(f"a[href^='{elsewhere}']")
    assert not let_in(portal, browser)


def test_a_provider_that_is_away_does_not_hold_anybody(fake: Fake, open_portal: OpenPortal) -> None:
    for gone in (fakes.busy, fakes.closing, fakes.hanging(fake), fakes.html):
        portal, browser = open_portal(fake.url, oidc_timeout=0.4), Browser()
        browser.get(f"{portal.url}/sign-in?back=/my/account")
        fake.instead["/.well-known/openid-configuration"] = gone

        page = leave(portal, browser)

        assert (page.status_code, heading(page)) == (200, "You are signed out")
        assert "could not reach" in page.text
        assert not let_in(portal, browser)
        fake.instead.clear()


def test_a_provider_where_nobody_listens_does_not_hold_anybody(open_portal: OpenPortal) -> None:
    fake = Fake()
    with served(lambda url: fakes.make(fake, url)):
        portal, browser = open_portal(fake.url), Browser()
        browser.get(f"{portal.url}/sign-in?back=/my/account")
        assert let_in(portal, browser)

    page = leave(portal, browser)

    assert (page.status_code, heading(page)) == (200, "You are signed out")
    assert "could not reach" in page.text
    assert not let_in(portal, browser)


def test_a_provider_without_sign_out_ends_it_here(fake: Fake, open_portal: OpenPortal) -> None:
    metadata(end_session_endpoint=None)(fake)
    portal, browser = open_portal(fake.url), Browser()
    browser.get(f"{portal.url}/sign-in?back=/my/account")

    page = leave(portal, browser)

    assert heading(page) == "You are signed out"
    assert not let_in(portal, browser)


def test_what_is_told_at_sign_out_is_the_token_and_who_we_are(
    fake: Fake, open_portal: OpenPortal
) -> None:
    portal, browser = open_portal(fake.url), Browser()
    browser.get(f"{portal.url}/sign-in?back=/my/account")

    page = leave(portal, browser)

    told = next(r.url for r in page.history if "/logout" in r.url)
    assert "client_id=portal" in told
    assert "id_token_hint=eyJ" in told
    assert "post_logout_redirect_uri=" in told


def test_without_the_form_nobody_is_signed_out(portal: Portal) -> None:
    browser = sign_in(portal)

    assert browser.post(f"{portal.url}/sign-out").status_code == 400
    assert let_in(portal, browser)


def test_signing_out_twice_is_met_calmly(portal: Portal) -> None:
    browser = sign_in(portal)
    form = browser.get(f"{portal.url}/sign-out")
    leave(portal, browser)

    assert browser.get(f"{portal.url}/sign-out").url == f"{portal.url}/signed-out"
    assert browser.choose(form).status_code in {200, 400}


def test_one_browser_ends_the_sessions_of_the_others(portal: Portal) -> None:
    here, there, stranger = sign_in(portal), sign_in(portal), sign_in(portal, "citizen-2")
    account = here.get(f"{portal.url}/my/account")
    assert account.text.count("Another browser") == 1
    form = soup(account).select_one("form[action='/my/account/sessions/end']")
    assert form is not None
    token = str(form.select("input[name=csrf_token]")[0]["value"])

    here.post(f"{portal.url}/my/account/sessions/end", data={"csrf_token": token})

    assert let_in(portal, here)
    assert not let_in(portal, there)
    assert let_in(portal, stranger)
    page = there.get(f"{portal.url}/my/account")
    assert soup(page).select_one("input[name=citizen]"), "it does not begin again by itself"


def test_a_session_that_ran_out_does_not_begin_again_by_itself(portal: Portal) -> None:
    browser = sign_in(portal)
    with portal.app.extensions["sessions"].writing() as session:
        session.execute(update(SignIn).values(last_seen_at=clock.now() - timedelta(hours=1)))

    page = browser.get(f"{portal.url}/my/account")
    assert soup(page).select_one("input[name=citizen]"), "the provider would know them, yet asks"
    back = browser.choose(page, citizen="citizen-1")

    assert back.url == f"{portal.url}/my/account"
    assert let_in(portal, browser)


def test_whoever_is_signed_in_is_not_told_that_they_are_out(portal: Portal) -> None:
    browser = sign_in(portal)
    assert browser.get(f"{portal.url}/signed-out").url == f"{portal.url}/sign-out"
    assert let_in(portal, browser)


def test_sessions_that_are_over_are_not_listed(portal: Portal) -> None:
    there = sign_in(portal)
    with portal.app.extensions["sessions"].writing() as session:
        session.execute(update(SignIn).values(started_at=clock.now() - timedelta(hours=9)))
    here = sign_in(portal)

    assert "Another browser" not in here.get(f"{portal.url}/my/account").text
    assert not let_in(portal, there)


def test_whoever_left_on_purpose_is_asked_anew_though_the_provider_knows_them(
    portal: Portal,
) -> None:
    browser = sign_in(portal)
    browser.get(f"{portal.url}/my/leave", allow_redirects=False)

    page = browser.get(f"{portal.url}/my/account")
    assert soup(page).select_one("input[name=citizen]"), "the Back button opens nothing"
    back = browser.choose(page, citizen="citizen-1")

    assert back.url == f"{portal.url}/my/account"
    assert let_in(portal, browser)


def test_leaving_after_the_session_is_over_still_means_leaving(portal: Portal) -> None:
    browser = sign_in(portal)
    with portal.app.extensions["sessions"].writing() as session:
        session.execute(update(SignIn).values(revoked_at=clock.now()))

    browser.get(f"{portal.url}/my/leave", allow_redirects=False)

    page = browser.get(f"{portal.url}/my/account")
    assert soup(page).select_one("input[name=citizen]"), "no silent way back in"


def test_signing_out_after_the_session_is_over_still_means_signing_out(portal: Portal) -> None:
    browser = sign_in(portal)
    with portal.app.extensions["sessions"].writing() as session:
        session.execute(update(SignIn).values(revoked_at=clock.now()))

    browser.get(f"{portal.url}/sign-out")

    page = browser.get(f"{portal.url}/my/account")
    assert soup(page).select_one("input[name=citizen]"), "no silent way back in"


def test_a_sign_in_left_unfinished_does_not_outlive_leaving(portal: Portal) -> None:
    browser = Browser()
    begun = browser.get(f"{portal.url}/sign-in", allow_redirects=False).headers["Location"]
    browser.choose(browser.get(f"{portal.url}/sign-in"), citizen="citizen-1")
    assert let_in(portal, browser)
    browser.get(f"{portal.url}/my/leave", allow_redirects=False)

    browser.get(begun)

    assert not let_in(portal, browser)


def test_leaving_works_though_nothing_can_be_written(portal: Portal) -> None:
    browser = sign_in(portal)
    engine = portal.app.extensions["sessions"].engine
    with engine.connect() as blocking:
        blocking.exec_driver_sql("SELECT 1")
        page = browser.get(f"{portal.url}/my/leave", allow_redirects=False)
    assert page.status_code == 302
    assert not let_in(portal, browser)
