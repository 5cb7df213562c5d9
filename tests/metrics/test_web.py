"""What the web server counts of requests: how many, how they ended, how long; never of whom."""

import socket
import sys
from collections.abc import Callable
from types import FrameType

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from citizen_portal.app import create_app
from citizen_portal.identity.models import Citizen
from citizen_portal.settings import Settings
from citizen_portal.web import measured
from citizen_portal.wsgi import tell_numbers
from tests import make
from tests.access.pushing import Pushing, row
from tests.metrics.scraping import Samples, told

COUNT = "portal_request_seconds_count"
MARK = "canary-7f3b"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"metrics_port": 9100})


@pytest.fixture
def app(app: Flask) -> Flask:
    """As a web server has it."""
    measured.begin(app)
    return app


def numbers(app: Flask) -> Samples:
    found = measured.counted(app)
    assert found is not None
    return told(found.registry())


def counts(app: Flask) -> dict[tuple[str, ...], float]:
    """How many requests, by method, rule and status."""
    return {labels: value for (name, labels), value in numbers(app).items() if name == COUNT}


def test_a_port_that_somebody_has_keeps_nobody_from_being_served(
    settings: Settings, app: Flask, capfd: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server((settings.metrics_host, 0)) as taken:
        port = taken.getsockname()[1]
        app.extensions["settings"] = settings.model_copy(update={"metrics_port": port})
        tell_numbers(app)
    assert app.test_client().get("/cookies").status_code == 200
    said = capfd.readouterr().err
    assert '"event": "metrics.no_port"' in said
    assert f'"port": {port}' in said


def test_requests_are_counted_by_rule_method_and_class_of_status(app: Flask) -> None:
    client = app.test_client()
    for path in ("/cookies", "/cookies", "/bodies/unknown", "/nothing/at/all", "/my"):
        client.get(path)
    client.post("/cookies")
    assert counts(app) == {
        ("GET", "/cookies", "2xx"): 2,
        ("GET", "/bodies/<slug>", "4xx"): 1,
        ("GET", "none", "4xx"): 1,
        ("GET", "/my", "3xx"): 1,
        ("POST", "none", "4xx"): 1,
    }


def test_probes_and_files_are_not_counted(app: Flask) -> None:
    for path in ("/healthz", "/readyz", "/static/site.css"):
        app.test_client().get(path)
    assert counts(app) == {}


def test_what_ends_badly_is_counted_once(app: Flask) -> None:
    @app.get("/scratch")
    def bad() -> str:
        raise RuntimeError

    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    assert app.test_client().get("/scratch").status_code == 500
    assert counts(app) == {("GET", "/scratch", "5xx"): 1}


def test_a_stranger_cannot_make_more_series(app: Flask) -> None:
    """Neither by addresses nor by methods, statuses or headers."""
    client = app.test_client()
    for number in range(50):
        client.open(f"/{MARK}-{number}?a={number}", method=f"M{number}", headers={"X": MARK})
    assert counts(app) == {("other", "none", "4xx"): 50}


def test_nothing_of_a_person_is_a_label(
    app: Flask, signed_in: Callable[[Citizen], FlaskClient]
) -> None:
    citizen = make.citizen()
    browser = signed_in(citizen)
    for path in (f"/my/access/{citizen.id}", f"/my/questions/{citizen.id}", f"/bodies/{MARK}"):
        browser.get(path, query_string={"q": MARK}, headers={"User-Agent": MARK})
    said = repr(numbers(app))
    assert counts(app)
    assert str(citizen.id) not in said
    assert MARK not in said


def test_accesses_that_were_sent_are_counted_by_what_became_of_them(app: Flask) -> None:
    pushing = Pushing(app, "clinic")
    _, mine = pushing.person()
    pushing.send(row(mine["clinic"], "one"), row(mine["clinic"], "two"))
    pushing.send(row(mine["clinic"], "one"), row(mine["clinic"], "three", source="not-theirs"))
    assert events(app) == {"new": 2, "again": 1, "refused": 1}
    pushing.send(row(mine["clinic"], "four", source="not-theirs"))
    assert events(app) == {"new": 2, "again": 1, "refused": 2}


def events(app: Flask) -> dict[str, float]:
    return {
        labels[0]: value for (name, labels), value in numbers(app).items()
        if name == "portal_events_total"
    }  # fmt: skip


def test_what_could_not_be_kept_was_not_taken(app: Flask) -> None:
    pushing = Pushing(app, "clinic")
    _, mine = pushing.person()
    engine = app.extensions["sessions"].engine
    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def fail(_: object) -> None:
        raise RuntimeError

    event.listen(engine, "commit", fail)
    assert pushing.send(row(mine["clinic"])).status_code >= 500
    event.remove(engine, "commit", fail)
    assert events(app) == {"new": 0, "again": 0, "refused": 0}


def test_counting_costs_a_request_no_statement(app: Flask, settings: Settings) -> None:
    without = create_app(settings.model_copy(update={"metrics_port": 0}))
    assert statements(app) == statements(without)


def statements(app: Flask) -> list[str]:
    said: list[str] = []
    app.test_client().get("/register")

    def hear(_: object, __: object, statement: str, *___: object) -> None:
        said.append(statement)

    event.listen(app.extensions["sessions"].engine, "before_cursor_execute", hear)
    app.test_client().get("/register")
    return said


def test_counting_costs_a_page_less_than_a_hundredth_of_its_calls(
    app: Flask, settings: Settings
) -> None:
    """By calls of functions, Python's and others', which do not depend on how busy a machine is."""
    without = calls(create_app(settings.model_copy(update={"metrics_port": 0})))
    more = calls(app) - without
    print(f"{without} calls for a page, {more} more with counting")
    assert 0 < more < without / 100


def calls(app: Flask) -> int:
    """Of the third time that a small public page is shown."""
    client, number = app.test_client(), 0
    for _ in range(2):
        client.get("/register")

    def hear(_: FrameType, what: str, __: object) -> None:
        nonlocal number
        number += what in {"call", "c_call"}

    sys.setprofile(hear)
    try:
        client.get("/register")
    finally:
        sys.setprofile(None)
    return number


@pytest.mark.parametrize(("port", "serves"), [(0, True), (9100, False)])
def test_without_a_port_or_a_web_server_nothing_is_counted(
    settings: Settings, port: int, serves: bool
) -> None:
    app = create_app(settings.model_copy(update={"metrics_port": port}))
    if serves:
        measured.begin(app)
    app.test_client().get("/cookies")
    assert measured.counted(app) is None


def test_the_public_port_does_not_tell(app: Flask) -> None:
    for path in ("/metrics", "/metrics/", "/my/metrics", "/api/v1/metrics"):
        assert app.test_client().get(path).status_code == 404
    assert not [rule for rule in app.url_map.iter_rules() if "metrics" in rule.rule]
