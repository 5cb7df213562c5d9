"""Every route has a declared audience; strangers are turned away, with real requests."""

import pytest
from flask import Flask
from werkzeug.routing import Rule

PUBLIC = {
    "static",
    "site",
    "start",
    "register",
    "scorecard",
    "picture",
    "bodies",
    "sign_in",
}
"""Blueprints that anybody may read."""
CITIZENS = {"my", "access", "entry", "account"}
"""Blueprints behind ``citizens_only``."""
LEAVING = {"leave"}
"""Leads away from the site, signed in or not."""


def audience(rule: Rule) -> str:
    return str(rule.endpoint).split(".")[0]


def test_every_blueprint_has_a_declared_audience(app: Flask) -> None:
    assert {audience(rule) for rule in app.url_map.iter_rules()} == PUBLIC | CITIZENS | LEAVING


def test_a_stranger_is_turned_away_from_every_citizen_route(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False  # or forms without a token would pass for guarded
    client = app.test_client()
    met = 0
    for rule in app.url_map.iter_rules():
        if audience(rule) not in CITIZENS:
            continue
        url = rule.build(dict.fromkeys(rule.arguments, "0" * 64))[1]  # type: ignore[index]
        for method in sorted((rule.methods or set()) - {"OPTIONS"}):
            response = client.open(url, method=method)
            assert response.status_code == 302, f"{method} {rule.rule}"
            assert response.headers["Location"].startswith("/sign-in?"), f"{method} {rule.rule}"
            met += 1
    assert met >= 10


def test_addresses_under_my_belong_to_citizens(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        assert rule.rule.startswith("/my") == (audience(rule) in CITIZENS | LEAVING), rule.rule


@pytest.mark.parametrize("path", ["/my", "/my/access", "/my/account", "/my/access/" + "0" * 64])
def test_no_page_of_a_citizen_may_be_stored(app: Flask, path: str) -> None:
    assert app.test_client().get(path).headers["Cache-Control"] == "no-store"
