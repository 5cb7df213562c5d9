"""Every route has a declared audience; strangers are turned away, with real requests."""

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.routing import AnyConverter, BaseConverter, IntegerConverter, Rule, UUIDConverter
from werkzeug.test import TestResponse

from citizen_portal.identity.models import Citizen, Officer
from tests import make

PUBLIC = {
    "static",
    "site",
    "start",
    "register",
    "scorecard",
    "downloads",
    "open_data",
    "bodies",
    "sign_in",
    "desk_sign_in",
}
"""Blueprints that anybody may read."""
CITIZENS = {"my", "access", "entry", "account"}
"""Blueprints behind ``citizens_only``."""
OFFICERS = {"desk_audit", "desk", "drafts", "previews", "reviews", "parties", "lists", "asking"}
"""Blueprints behind ``officers_only``."""
LEAVING = {"leave"}
"""Leads away from the site, signed in or not."""


def audience(rule: Rule) -> str:
    return str(rule.endpoint).split(".")[0]


def test_every_blueprint_has_a_declared_audience(app: Flask) -> None:
    declared = PUBLIC | CITIZENS | OFFICERS | LEAVING
    assert {audience(rule) for rule in app.url_map.iter_rules()} == declared


def walk(app: Flask, client: FlaskClient, those: set[str]) -> Iterator[tuple[str, TestResponse]]:
    """Each route of these blueprints called by each of its methods, and what it answered."""
    app.config["WTF_CSRF_ENABLED"] = False  # or forms without a token would pass for guarded
    for rule in app.url_map.iter_rules():
        if audience(rule) not in those:
            continue
        url = rule.build({name: _value(rule._converters[name]) for name in rule.arguments})[1]  # type: ignore[index]
        for method in sorted((rule.methods or set()) - {"OPTIONS"}):
            yield f"{method} {rule.rule}", client.open(url, method=method)


def _value(converter: BaseConverter) -> object:
    """Something that fits this part of an address."""
    match converter:
        case AnyConverter():
            return min(converter.items)
        case UUIDConverter():
            return UUID(int=0)
        case IntegerConverter():
            return 1
    return "0" * 64


def test_a_stranger_is_turned_away_from_every_citizen_route(app: Flask) -> None:
    met = list(walk(app, app.test_client(), CITIZENS))

    for route, response in met:
        assert response.status_code == 302, route
        assert response.headers["Location"].startswith("/sign-in?"), route
    assert len(met) >= 10


def test_a_stranger_is_turned_away_from_every_route_of_the_desk(app: Flask) -> None:
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


def test_addresses_under_my_belong_to_citizens(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        assert rule.rule.startswith("/my") == (audience(rule) in CITIZENS | LEAVING), rule.rule


@pytest.mark.parametrize("path", ["/my", "/my/access", "/my/account", "/my/access/" + "0" * 64])
def test_no_page_of_a_citizen_may_be_stored(app: Flask, path: str) -> None:
    assert app.test_client().get(path).headers["Cache-Control"] == "no-store"
