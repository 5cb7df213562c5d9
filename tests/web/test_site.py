import pytest
from flask import Flask

from citizen_portal.web.site import own_path


def test_healthz_asks_nothing_of_anybody(app: Flask) -> None:
    app.extensions["sessions"].engine.dispose()
    assert app.test_client().get("/healthz").json == {"status": "up"}


@pytest.mark.parametrize(
    "hostile",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/%0d%0aSet-Cookie:x=1\r\n",
        "",
        "evil",
        "/\t/evil.example",
        "/ok\n//evil",
        "\\\\evil",
        "/x//y\\z",
    ],
)
def test_a_redirect_never_leads_away(hostile: str) -> None:
    assert own_path(hostile) == "/"


@pytest.mark.parametrize(
    "path", ["/", "/my", "/my/access?after=1&who=person", "/register/DSA-0004"]
)
def test_own_paths_are_kept(path: str) -> None:
    assert own_path(path) == path


def test_the_language_is_kept_for_the_next_page(app: Flask) -> None:
    client = app.test_client()
    response = client.get("/language/cy?back=/healthz")
    assert response.headers["Location"] == "/healthz"
    with client.session_transaction() as session:
        assert session["language"] == "cy"


def test_an_unknown_language_is_not_found(app: Flask) -> None:
    assert app.test_client().get("/language/xx").status_code == 404
