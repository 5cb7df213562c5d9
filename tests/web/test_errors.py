"""Errors are worded once and shown as a page or as a problem document."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask, Response, request
from flask.testing import FlaskClient

from citizen_portal.app import create_app
from citizen_portal.errors import NotFound, TooMany, Unavailable
from citizen_portal.identity.models import Citizen
from citizen_portal.settings import Settings
from tests import make
from tests.pages import police


@pytest.fixture
def client(settings: Settings) -> Iterator[FlaskClient]:
    """A portal as people meet it: what nobody foresaw ends in a page."""
    app = create_app(settings.model_copy(update={"testing": False}))

    def fail() -> str:
        raise RuntimeError("a secret in the words of an error")

    def refuse() -> str:
        raise Unavailable("The body did not answer. Try again in a minute.")

    @app.after_request
    def fail_late(response: Response) -> Response:
        """As where what was done is to be kept."""
        if request.path == "/fails-late":
            raise RuntimeError("a secret in the words of an error")
        return response

    app.add_url_rule("/fails", view_func=fail)
    app.add_url_rule("/fails-late", view_func=lambda: "done")
    app.add_url_rule("/api/refuses", view_func=refuse)
    yield app.test_client()
    app.extensions["sessions"].engine.dispose()


@pytest.mark.parametrize(("path", "status"), [("/nothing-here", 404), ("/fails", 500)])
def test_an_error_is_a_whole_page(client: FlaskClient, path: str, status: int) -> None:
    response = client.get(path)
    assert response.status_code == status
    police(response.text, private=False)
    assert "secret" not in response.text


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("/privacy/", "/privacy"),
        ("/privacy/?a=b%0d%0aX:y", "/privacy?a=b%0d%0aX:y"),
        ("/register//DSA-0001", "/register/DSA-0001"),
        ("/my//access", "/my/access"),
    ],
)
def test_a_slash_too_many_leads_to_the_page_on_this_site(
    client: FlaskClient, typed: str, meant: str
) -> None:
    answer = client.get(typed, headers={"Host": "evil.example"})
    assert (answer.status_code, answer.headers["Location"]) == (308, meant)


@pytest.mark.parametrize(
    "path", ["/nothing-here/", "/%2fevil.example/", "/%5cevil.example/", "/api/x/", "/static/../"]
)
def test_what_is_nowhere_is_nowhere_with_a_slash_too(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_what_is_sent_is_not_led_on_by_a_slash(client: FlaskClient) -> None:
    assert client.post("/privacy/").status_code == 404


def test_the_log_of_a_failure_holds_its_place_and_not_its_words(
    capfd: pytest.CaptureFixture[str], client: FlaskClient
) -> None:
    client.get("/fails?name=somebody")
    said = capfd.readouterr().err
    assert "RuntimeError" in said
    assert "test_errors.py:" in said
    assert "secret" not in said
    assert "somebody" not in said


def test_so_does_that_of_what_failed_once_the_page_was_made(
    capfd: pytest.CaptureFixture[str], client: FlaskClient
) -> None:
    answer = client.get("/fails-late?name=somebody")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    said = capfd.readouterr().err
    assert '"request.failed"' in said
    assert "RuntimeError" in said
    assert "secret" not in said
    assert "somebody" not in said


def test_machines_get_a_problem_document(client: FlaskClient) -> None:
    response = client.get("/api/refuses")
    assert response.status_code == 503
    assert response.content_type == "application/problem+json"
    assert response.json == {
        "type": "about:blank",
        "title": "Service Unavailable",
        "status": 503,
        "detail": "The body did not answer. Try again in a minute.",
    }


def test_the_words_of_an_error_are_in_the_readers_language(app: Flask) -> None:
    client = app.test_client()
    client.get("/language/cy")
    assert "Nid oes cytundeb" in client.get("/register/ZZ-0001").text


def test_an_error_page_is_drawn_though_the_database_is_gone(
    app: Flask, signed_in: Callable[[Citizen], FlaskClient], settings: Settings
) -> None:
    kept = signed_in(make.citizen()).get_cookie("portal")
    assert kept is not None
    away = create_app(
        settings.model_copy(
            update={"testing": False, "database_url": f"sqlite:///{Path('/nowhere/at/all.db')}"}
        )
    )
    client = away.test_client()
    client.set_cookie("portal", kept.value)
    response = client.get("/my")
    assert response.status_code == 503
    police(response.text, private=True)


def test_numbers_in_an_error_are_filled_in() -> None:
    assert str(TooMany("%(most)s tries", most=5)) == "5 tries"
    assert str(NotFound("100% sure")) == "100% sure"
