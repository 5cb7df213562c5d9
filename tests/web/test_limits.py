"""How often something may be done: per person, system and address, in each process alike."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from citizen_portal import clock, limits
from citizen_portal.app import create_app
from citizen_portal.bodies.models import Scope
from citizen_portal.identity.models import Citizen
from citizen_portal.limits import Limit, LimitCount
from citizen_portal.settings import Settings
from tests import make
from tests.bodies import systems
from tests.pages import Page
from tests.spans import hour_begun, minute_begun

HERE, THERE, SIX = "93.184.216.34", "93.184.216.35", "2606:2800:220:1::"
Limited = Callable[..., Flask]


@pytest.fixture(autouse=True)
def _hour_begun() -> Iterator[None]:
    with hour_begun():
        yield


@pytest.fixture
def limited(settings: Settings) -> Iterator[Limited]:
    """A process of a portal with these limits; each call makes another, with the same database."""
    made: list[Flask] = []

    def start(**knobs: int) -> Flask:
        app = create_app(Settings(**{**settings.model_dump(), "trusted_proxies": 1, **knobs}))
        app.config["WTF_CSRF_ENABLED"] = False
        made.append(app)
        return app

    yield start
    for app in made:
        app.extensions["sessions"].engine.dispose()


def stop_mails(app: Flask, forwarded: str, **more: str) -> TestResponse:
    """A public form, sent from this address as the nearest proxy tells it."""
    return app.test_client().post("/news/stop/none", headers={"X-Forwarded-For": forwarded, **more})


def statuses(app: Flask, forwarded: str, times: int) -> list[int]:
    return [stop_mails(app, forwarded).status_code for _ in range(times)]


@pytest.mark.both
def test_an_address_is_refused_in_each_process_and_after_a_restart(limited: Limited) -> None:
    one, other = limited(limit_address=4), limited(limit_address=4)

    assert statuses(one, HERE, 2) + statuses(other, HERE, 2) == [404] * 4
    assert statuses(one, HERE, 1) + statuses(other, HERE, 1) == [429, 429]
    assert statuses(limited(limit_address=4), HERE, 2) == [429, 429]
    assert statuses(one, THERE, 1) == [404]


def test_when_the_span_is_over_it_goes_on(limited: Limited) -> None:
    app = limited(limit_address=1)
    assert statuses(app, HERE, 2) == [404, 429]
    with clock.ago(-timedelta(minutes=10)):
        assert statuses(app, HERE, 2) == [404, 429]


def test_a_refusal_is_a_calm_page_that_says_when_to_come_again(limited: Limited) -> None:
    app = limited(limit_address=1)
    stop_mails(app, HERE)
    page = Page(stop_mails(app, HERE), app.test_client())

    assert page.response.status_code == 429
    assert 1 <= int(page.response.headers["Retry-After"]) <= 600
    assert page.heading == "That was tried too often"
    assert "Wait ten minutes, then try again." in page.main
    assert HERE not in page.response.text


def test_the_same_address_in_other_clothes_is_the_same(limited: Limited) -> None:
    app = limited(limit_address=1)
    for first, second in (
        (HERE, f"::ffff:{HERE}"),
        (f"{SIX}1", f"{SIX}ffff:2"),  # one household
        (f"10.0.0.1, {THERE}", f"{HERE}, {THERE}"),  # what came with the call is not believed
    ):
        assert statuses(app, first, 1) + statuses(app, second, 1) == [404, 429], second


def test_who_cannot_be_told_apart_is_not_counted(limited: Limited) -> None:
    """A proxy that the settings do not name: one stranger would lock everybody out."""
    app = limited(limit_address=1)
    for address in ("127.0.0.1", "10.0.0.9", "fd00::1", "unknown", "", "::1", "fe80::1%eth0"):
        assert statuses(app, address, 3) == [404] * 3, address


def test_without_a_trusted_proxy_nobody_can_say_to_be_another(limited: Limited) -> None:
    app = limited(limit_address=1, trusted_proxies=0)
    client = app.test_client()
    met = [
        client.post(
            "/news/stop/none",
            headers={"X-Forwarded-For": forwarded},
            environ_base={"REMOTE_ADDR": HERE},
        ).status_code
        for forwarded in (THERE, "8.8.8.8")
    ]
    assert met == [404, 429]


def test_with_two_proxies_the_second_address_from_the_right_counts(limited: Limited) -> None:
    app = limited(limit_address=1, trusted_proxies=2)
    assert statuses(app, f"8.8.8.8, {HERE}, {THERE}", 1) == [404]
    assert statuses(app, f"9.9.9.9, {HERE}, {THERE}", 1) == [429]
    assert statuses(app, f"{HERE}, {THERE}, {HERE}", 1) == [404]


def test_zero_takes_a_limit_away(limited: Limited) -> None:
    assert statuses(limited(limit_address=0), HERE, 50) == [404] * 50


def browser_of(app: Flask, signed_in: Callable[[Citizen], FlaskClient]) -> FlaskClient:
    """Somebody signed in, whose cookie every process knows."""
    browser = app.test_client()
    cookie = signed_in(make.citizen()).get_cookie("portal")
    assert cookie is not None
    browser.set_cookie("portal", cookie.value)
    return browser


def send(browser: FlaskClient) -> int:
    return browser.post("/my/account/visits/clear").status_code


@pytest.mark.both
def test_what_one_person_does_counts_for_nobody_else(
    limited: Limited, signed_in: Callable[[Citizen], FlaskClient]
) -> None:
    one, other = limited(limit_person=3), limited(limit_person=3)
    busy = browser_of(one, signed_in)
    again = other.test_client()
    cookie = busy.get_cookie("portal")
    assert cookie is not None
    again.set_cookie("portal", cookie.value)

    assert [send(busy), send(again), send(busy)] == [303] * 3
    assert [send(busy), send(again)] == [429, 429]
    assert busy.get("/my/account").status_code == 200
    assert send(browser_of(one, signed_in)) == 303
    assert busy.post("/sign-out").status_code in {200, 303}  # one can leave


def test_a_stranger_at_the_same_address_locks_nobody_out(
    limited: Limited, signed_in: Callable[[Citizen], FlaskClient]
) -> None:
    app = limited(limit_address=1)
    browser, stranger = browser_of(app, signed_in), app.test_client()
    at = {"X-Forwarded-For": HERE}

    starts = [stranger.get("/sign-in", headers=at).status_code for _ in range(3)]
    assert starts[1:] == [429, 429]
    backs = [stranger.get("/sign-in/callback", headers=at).status_code for _ in range(3)]
    assert backs == [400, 429, 429]
    assert browser.get("/sign-in?step-up=1", headers=at).status_code == starts[0] != 429
    assert browser.get("/my/account", headers=at).status_code == 200
    assert browser.post("/my/account/visits/clear", headers=at).status_code == 303


def test_pages_cost_no_statement_more_and_forms_mostly_none(
    limited: Limited, signed_in: Callable[[Citizen], FlaskClient]
) -> None:
    app = limited(limit_person=400)  # told to the database each ten
    browser, counted = browser_of(app, signed_in), []

    @event.listens_for(app.extensions["sessions"].engine, "before_cursor_execute")
    def _note(_: object, __: object, statement: str, *___: object) -> None:
        if "limit_count" in statement:
            counted.append(statement)

    for _ in range(20):
        browser.get("/my/account")
    for _ in range(9):
        assert send(browser) == 303
    assert counted == []
    send(browser)
    assert len(counted) == 1


def test_a_flood_that_is_refused_costs_no_statement(limited: Limited) -> None:
    app, asked = limited(limit_address=1), []
    statuses(app, HERE, 2)

    @event.listens_for(app.extensions["sessions"].engine, "before_cursor_execute")
    def _note(_: object, __: object, statement: str, *___: object) -> None:
        asked.append(statement)

    assert statuses(app, HERE, 50) == [429] * 50
    assert asked == []


@pytest.mark.both
def test_a_system_that_calls_too_often_is_told_so_and_no_other(
    limited: Limited, session: Session
) -> None:
    app, other, free = limited(limit_client=6), limited(limit_client=6), limited(limit_client=0)
    session.add_all([make.body(slug="busy"), make.body(slug="calm")])
    session.commit()
    with clock.ago(timedelta()):
        headers = [
            systems.connect(free, slug, Scope.PREFERENCES).headers(free)
            for slug in ("busy", "calm")
        ]

    def call(portal: Flask, whose: int) -> TestResponse:
        return portal.test_client().get("/api/v1/preference-changes", headers=headers[whose])

    with minute_begun():
        met = [call(portal, 0) for portal in (app, other) * 3]
        assert {each.status_code for each in met} == {200}
        for portal in (app, other):
            refused = call(portal, 0)
            assert refused.status_code == 429
            assert refused.mimetype == "application/problem+json"
            assert 1 <= int(refused.headers["Retry-After"]) <= 60
            assert "Retry-After" in refused.get_json()["detail"]
        assert call(app, 1).status_code == 200


def test_to_ask_for_a_token_is_a_call(limited: Limited, session: Session) -> None:
    app = limited(limit_client=2)
    session.add(make.body(slug="busy"))
    session.commit()
    with clock.ago(timedelta()):
        system = systems.connect(app, "busy", Scope.PREFERENCES)
        met = [system.ask(app.test_client()).status_code for _ in range(5)]
    assert met[:2] == [200, 200]
    assert 429 in met[2:]  # of five in two minutes at most


def test_the_table_names_neither_address_nor_person(
    limited: Limited, signed_in: Callable[[Citizen], FlaskClient], session: Session
) -> None:
    app = limited(limit_address=4, limit_person=4)
    citizen = make.citizen()
    signed_in(citizen)
    browser = browser_of(app, signed_in)
    send(browser)
    statuses(app, HERE, 2)
    with clock.ago(-timedelta(minutes=10)):
        statuses(app, HERE, 2)

    rows = session.scalars(select(LimitCount)).all()
    assert len({row.key for row in rows}) == 3  # nor whether somebody came again
    assert all(len(row.key) == 64 and int(row.key, 16) >= 0 for row in rows)


@pytest.mark.both
def test_counts_are_forgotten_with_their_span(app: Flask, session: Session) -> None:
    index = app.extensions["index"]
    over, on = Limit("a", 5, 60), Limit("b", 5, 3600)
    with clock.ago(timedelta(hours=2)):
        limits.add(session, over.span(index, "x"), 1)
    limits.add(session, on.span(index, "x"), 1)
    limits.forget(session)
    assert [row.key for row in session.scalars(select(LimitCount))] == [on.span(index, "x").key]


@pytest.mark.both
def test_no_count_is_lost_among_many_at_once(app: Flask, session: Session) -> None:
    span, sessions = Limit("a", 500, 3600).span(app.extensions["index"], "x"), []

    def add() -> None:
        for _ in range(10):
            with app.extensions["sessions"].writing() as writing:
                sessions.append(limits.add(writing, span, 2))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: add(), range(4)))
    assert sorted(sessions) == [2 * each for each in range(1, 41)]


def test_a_database_that_cannot_be_written_keeps_nobody_from_signing_in(
    limited: Limited, tmp_path: Path
) -> None:
    app = limited(limit_address=1, database_url=f"sqlite:///{tmp_path}/gone/none.db")
    client = app.test_client()
    met = [client.get("/sign-in", headers={"X-Forwarded-For": HERE}) for _ in range(3)]
    assert {each.status_code for each in met} == {503}, "of the provider, which is not there"
    assert all("Retry-After" not in each.headers for each in met)
