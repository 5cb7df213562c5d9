"""What the pages about this service say is what its settings and its answers are."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from requests import Response
from sqlalchemy.orm import Session

from citizen_portal.app import create_app
from citizen_portal.identity.models import Citizen
from citizen_portal.news.models import NewsKind, Told
from citizen_portal.settings import Settings
from tests import make
from tests.identity.conftest import Browser, Portal, sign_in
from tests.pages import Page

TOLD = {
    "operator_name": "Sample Council",
    "operator_contact": "mailto:portal@council.example",
    "protection_contact": "https://council.example/data-protection",
}


def shown(settings: Settings, path: str, **changes: object) -> str:
    app = create_app(Settings(**{**settings.model_dump(), **changes}))
    try:
        return Page.get(app.test_client(), path).main
    finally:
        app.extensions["sessions"].engine.dispose()


def test_privacy_names_who_answers_and_who_watches(settings: Settings) -> None:
    said = shown(settings, "/privacy", **TOLD)
    for text in ("Sample Council", "portal@council.example", "council.example/data-protection"):
        assert text in said
    assert "Information Commissioner’s Office" in said


def test_one_contact_serves_for_both(settings: Settings) -> None:
    said = shown(settings, "/privacy", **TOLD | {"protection_contact": ""})
    assert said.count("portal@council.example") == 2


def test_a_portal_that_does_not_say_who_runs_it_says_so(settings: Settings) -> None:
    assert "have not said who they are" in shown(settings, "/privacy")
    assert "have not said how to reach them" in shown(settings, "/accessibility")


def test_accessibility_says_whom_to_tell_and_who_helps_then(settings: Settings) -> None:
    said = shown(settings, "/accessibility", **TOLD)
    assert "portal@council.example" in said
    assert "Equality Advisory and Support Service" in said


@pytest.mark.parametrize(
    ("setting", "value", "path", "words"),
    [
        ("audit_years", 4, "/privacy", "4 years"),
        ("answers_minutes", 7, "/privacy", "at most 7 minutes"),
        ("session_idle_minutes", 11, "/privacy", "11 minutes without a click"),
        ("session_absolute_hours", 5, "/privacy", "5 hours at most"),
        ("session_idle_minutes", 11, "/cookies", "11 minutes without a click"),
        ("session_absolute_hours", 5, "/cookies", "5 hours at most"),
    ],
)
def test_how_long_things_are_kept_is_what_is_set(
    settings: Settings, setting: str, value: int, path: str, words: str
) -> None:
    assert words not in shown(settings, path)
    assert words in shown(settings, path, **{setting: value})


def test_the_cookie_that_a_browser_gets_is_the_one_the_page_names(portal: Portal) -> None:
    browser, got = Browser(), list[str]()

    def note(answer: Response, **_: object) -> None:
        if answer.url.startswith(portal.url):
            got.extend(answer.raw.headers.getlist("Set-Cookie"))

    browser.hooks["response"].append(note)
    sign_in(portal, browser=browser)
    for path in ("/language/cy", "/my", "/my/account", "/sign-out", "/my/leave"):
        browser.get(f"{portal.url}{path}", allow_redirects=False)

    page = Page.get(portal.app.test_client(), "/cookies")
    named = [one.get_text() for one in page.soup.select(".cp-code")]
    assert [cookie.partition("=")[0] for cookie in got] == named * len(got)
    assert len(got) > 3
    for cookie in got:
        words = {word.strip().partition("=")[0].lower() for word in cookie.split(";")[1:]}
        assert words == {"httponly", "path", "samesite"}, cookie


@pytest.mark.parametrize("path", ["/", "/register", "/bodies", "/privacy", "/cookies"])
def test_reading_sets_none(app: Flask, path: str) -> None:
    assert "Set-Cookie" not in app.test_client().get(path).headers


def test_the_footer_leads_to_each_of_them_from_every_page(
    app: Flask, signed_in: Callable[[Citizen], FlaskClient]
) -> None:
    wanted = {"/privacy", "/cookies", "/accessibility", "/safety"}
    assert wanted <= set(Page.get(app.test_client(), "/").links())
    assert wanted <= set(Page.get(signed_in(make.citizen()), "/my/account").links())


def test_privacy_tells_of_addresses_where_mail_is_sent_or_one_is_held(
    settings: Settings, session: Session
) -> None:
    told = (
        "The e-mail address that you named as safe",
        "a mailbox flooded",
        "each thing we told you of",
    )
    sending = {"smtp_host": "mail.portal.example", "mail_from": "news@portal.example"}
    said, silent = shown(settings, "/privacy", **sending), shown(settings, "/privacy")
    assert [text in said for text in told] == [True] * 3
    assert [text in silent for text in told] == [False] * 3
    assert "so that codes cannot be guessed" in silent
    citizen = make.citizen()
    session.add(citizen)
    session.flush()
    session.add(Told(citizen_id=citizen.id, blind="0" * 64, kind=NewsKind.ACCESS))
    session.commit()
    assert told[0] in shown(settings, "/privacy")


def test_safety_tells_of_copies(settings: Settings) -> None:
    said = shown(settings, "/safety")
    assert "Your browser lists it among its downloads" in said
    assert "That you asked for a copy stays on your list" in said


def test_safety_tells_of_mail_where_this_portal_sends_some(settings: Settings) -> None:
    mail, none = (
        "We send mail only to an address that you named",
        "no letters, no texts and no mail.",
    )
    plain = shown(settings, "/safety", smtp_host="")
    assert none in plain
    assert mail not in plain
    sending = {"smtp_host": "mail.portal.example", "mail_from": "news@portal.example"}
    said = shown(settings, "/safety", **sending)
    assert mail in said
    assert none not in said
