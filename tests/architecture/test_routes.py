"""Every route has a declared audience; strangers are turned away, with real requests."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from citizen_portal.bodies import guards
from citizen_portal.bodies.models import Scope
from citizen_portal.identity.models import Citizen, Officer
from citizen_portal.preferences.api import govstack
from tests import make
from tests.bodies import systems
from tests.web.walking import fitting

PUBLIC = {
    "static",
    "site",
    "start",
    "about",
    "register",
    "scorecard",
    "downloads",
    "open_data",
    "digests",
    "totals",
    "views",
    "picture",
    "bodies",
    "coverage",
    "open_coverage",
    "answers",
    "open_answers",
    "verify",
    "sign_in",
    "desk_sign_in",
    "tokens",
    "api_document",
    "secret",
    "signed_out_there",
}
"""Blueprints that anybody may read."""
CITIZENS = {
    "my",
    "access",
    "access_table",
    "entry",
    "ask",
    "ask_things",
    "questions",
    "records",
    "record",
    "proof",
    "account",
    "closing",
    "links",
    "mail",
    "news_wishes",
    "feeds",
    "choices",
    "copies",
    "case_files",
    "choice_checks",
    "incidents",
    "my_views",
    "corrections",
}
"""Blueprints behind ``citizens_only``."""
OFFICERS = {
    "desk_audit",
    "desk",
    "drafts",
    "previews",
    "reviews",
    "parties",
    "lists",
    "asking",
    "holds",
    "objections",
    "cases",
    "case_answers",
    "desk_checks",
    "desk_incidents",
    "desk_views",
    "desk_corrections",
}
"""Blueprints behind ``officers_only``."""
MACHINES = {
    "agreements_api",
    "access_api",
    "preferences_api",
    "checks_api",
    "govstack",
    "incidents_api",
    "questions_api",
    "corrections_api",
}
"""Blueprints behind ``machines_only``, each route with a scope of its own."""
LEAVING = {"leave"}
"""Leads away from the site, signed in or not."""


def audience(rule: Rule) -> str:
    return str(rule.endpoint).split(".")[0]


def test_every_blueprint_has_a_declared_audience(app: Flask) -> None:
    declared = PUBLIC | CITIZENS | OFFICERS | MACHINES | LEAVING
    assert {audience(rule) for rule in app.url_map.iter_rules()} == declared


def walk(app: Flask, client: FlaskClient, those: set[str]) -> Iterator[tuple[str, TestResponse]]:
    """Each route of these blueprints called by each of its methods, and what it answered."""
    app.config["WTF_CSRF_ENABLED"] = False  # or forms without a token would pass for guarded
    for rule in app.url_map.iter_rules():
        if audience(rule) not in those:
            continue
        url = rule.build({name: fitting(rule._converters[name]) for name in rule.arguments})[1]  # type: ignore[index]
        for method in sorted((rule.methods or set()) - {"OPTIONS"}):
            yield f"{method} {rule.rule}", client.open(url, method=method)


def test_a_stranger_is_turned_away_from_every_citizen_route(app: Flask) -> None:
    met = list(walk(app, app.test_client(), CITIZENS))

    for route, response in met:
        assert response.status_code == 302, route
        assert response.headers["Location"].startswith("/sign-in?"), route
    assert len(met) >= 10


def test_a_stranger_is_turned_away_from_every_route_of_the_desk(app: Flask) -> None:
    with_a_desk = {"staff_issuer": "https://staff.example"}
    app.extensions["settings"] = app.extensions["settings"].model_copy(update=with_a_desk)
    met = list(walk(app, app.test_client(), OFFICERS))

    for route, response in met:
        assert response.status_code == 302, route
        assert response.headers["Location"].startswith("/desk/sign-in?"), route
    assert len(met) >= 4


def test_a_citizen_is_refused_at_every_route_of_the_desk(
    app: Flask, signed_in: Callable[[Citizen], FlaskClient]
) -> None:
    browser = signed_in(make.citizen())

    for route, response in walk(app, browser, OFFICERS):
        assert response.status_code == 403, route


def test_an_officer_is_refused_at_every_citizen_route(
    app: Flask, session: Session, officer_in: Callable[[Officer], FlaskClient]
) -> None:
    body = make.body()
    session.add(body)
    session.flush()
    officer = make.officer(body)
    session.add(officer)
    session.commit()

    for route, response in walk(app, officer_in(officer), CITIZENS):
        assert response.status_code == 403, route


def test_addresses_under_the_desk_belong_to_officers(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        under = rule.rule == "/desk" or rule.rule.startswith("/desk/")
        assert under == (audience(rule) in OFFICERS | {"desk_sign_in"}), rule.rule


@pytest.mark.parametrize("path", ["/desk/audit", "/desk/audit.json", "/desk/sign-out"])
def test_no_page_of_an_officer_may_be_stored(app: Flask, path: str) -> None:
    assert app.test_client().get(path).headers["Cache-Control"] == "no-store"


def machine_calls(app: Flask) -> Iterator[tuple[Rule, str, str]]:
    """Every route for machines, with an address that fits it and each of its methods."""
    for rule in app.url_map.iter_rules():
        if audience(rule) in MACHINES:
            url = rule.build(dict.fromkeys(rule.arguments, "DSA-0001"))[1]  # type: ignore[index]
            for method in sorted((rule.methods or set()) - {"OPTIONS"}):
                yield rule, url, method


def test_strangers_and_citizens_are_turned_away_from_every_machine_route(
    app: Flask, signed_in: Callable[[Citizen], FlaskClient]
) -> None:
    clients = [app.test_client(), signed_in(make.citizen())]
    met = 0
    for rule, url, method in machine_calls(app):
        for client in clients:
            response = client.open(url, method=method, json={})
            assert response.status_code == 401, f"{method} {rule.rule}"
            assert response.headers["WWW-Authenticate"].startswith("Bearer"), rule.rule
            met += 1
    assert met >= 6


def test_a_token_without_the_scope_opens_no_machine_route(app: Flask) -> None:
    with app.extensions["sessions"].writing() as session:
        session.add(make.body(slug="caller"))
    met = set()
    for rule, url, method in machine_calls(app):
        scope = guards.scope_of(app.view_functions[rule.endpoint])
        others = [other for other in Scope if other is not scope]
        headers = systems.connect(app, "caller", *others).headers(app)
        response = app.test_client().open(url, method=method, json={}, headers=headers)
        assert response.status_code == 403, f"{method} {rule.rule}"
        assert "insufficient_scope" in response.headers["WWW-Authenticate"], rule.rule
        met.add(scope)
    assert met == set(Scope)


def test_routes_for_machines_lie_under_api(app: Flask) -> None:
    for rule, _, _ in machine_calls(app):
        assert rule.rule.startswith(("/api/v1/", f"{govstack.BASE}/")), rule.rule


def test_addresses_under_my_belong_to_citizens(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        assert rule.rule.startswith("/my") == (audience(rule) in CITIZENS | LEAVING), rule.rule


@pytest.mark.parametrize(
    "path", ["/my", "/my/access", "/my/account", "/my/access/" + "0" * 64, "/my/records"]
)
def test_no_page_of_a_citizen_may_be_stored(app: Flask, path: str) -> None:
    assert app.test_client().get(path).headers["Cache-Control"] == "no-store"
