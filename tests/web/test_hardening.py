"""What browsers, proxies and readers of the log are held to, in production above all."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from citizen_portal.app import create_app
from citizen_portal.bodies.models import Client
from citizen_portal.db import Base
from citizen_portal.identity.models import Citizen, Officer
from citizen_portal.settings import Settings
from citizen_portal.web.headers import policy
from tests import make
from tests.databases import Databases

AT = {"base_url": "https://portal.example"}
PAGES = ("/", "/healthz", "/nothing", "/register", "/static/site.css", "/my", "/api/v1/questions")
SAFE = {"GET", "HEAD", "OPTIONS"}
SignedIn = Callable[[Citizen], FlaskClient]


@pytest.fixture(scope="module")
def production(
    tmp_path_factory: pytest.TempPathFactory, keys_folder: Path, sqlite_databases: Databases
) -> Iterator[Flask]:
    """On SQLite: on PostgreSQL it wants the second wall, of which these tests know nothing."""
    folder = tmp_path_factory.mktemp("production")
    with sqlite_databases.lend() as database:
        app = create_app(
            Settings(
                environment="production",
                secret_key="x7" * 20,
                database_url=database,
                queue_file=folder / "queue.db",
                keys_folder=keys_folder,
                export_store=str(folder / "copies"),
                public_url="https://portal.example",
                oidc_issuer="https://identity.example",
                oidc_client_id="portal",
                operator_name="Sample Council",
                operator_contact="mailto:portal@council.example",
            )
        )
        yield app
        app.extensions["sessions"].engine.dispose()


def cookies(response: TestResponse) -> list[tuple[str, set[str]]]:
    """Name and attributes of each cookie that an answer sets."""
    found = []
    for line in response.headers.getlist("Set-Cookie"):
        first, *rest = line.split("; ")
        found.append((first.partition("=")[0], set(rest)))
    return found


def test_the_cookie_in_production(production: Flask) -> None:
    set_by = cookies(production.test_client().get("/language/cy", **AT))
    assert set_by, "the language is kept in one"
    for name, attributes in set_by:
        assert name.startswith("__Host-")
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= attributes
        assert not any(one.startswith("Domain") for one in attributes)


@pytest.mark.parametrize("path", PAGES)
def test_each_answer_in_production_wants_https(production: Flask, path: str) -> None:
    with production.test_client().get(path, **AT) as response:
        said = dict(
            one.partition("=")[::2]
            for one in response.headers["Strict-Transport-Security"].split("; ")
        )
    assert int(said["max-age"]) >= 31_536_000
    assert "includeSubDomains" in said


def test_the_policy_lets_nothing_in() -> None:
    said = dict(one.partition(" ")[::2] for one in policy("n").split("; "))
    for name in ("default-src", "base-uri", "frame-ancestors"):
        assert said[name] == "'none'", "what is not named falls back to none, objects as well"
    assert "object-src" not in said
    for name in ("style-src", "font-src", "connect-src", "form-action"):
        assert said[name] == "'self'"
    assert said["script-src"] == "'nonce-n' 'strict-dynamic'"


def test_only_open_data_may_be_read_by_other_sites(app: Flask, signed_in: SignedIn) -> None:
    citizen = make.citizen()
    browser = signed_in(citizen)
    asking = {"Origin": "https://elsewhere.example"}
    for rule in app.url_map.iter_rules():
        if rule.arguments or "GET" not in (rule.methods or set()) or "leave" in rule.rule:
            continue
        with browser.get(rule.rule, headers=asking) as response:
            allowed = response.headers.get("Access-Control-Allow-Origin")
            assert "Access-Control-Allow-Credentials" not in response.headers, rule
            private = rule.rule.startswith(("/my", "/desk", "/api/v1", "/sign-", "/account"))
            assert allowed in ((None,) if private else (None, "*")), rule


def test_each_text_says_its_characters(app: Flask) -> None:
    texts = 0
    for rule in app.url_map.iter_rules():
        if rule.arguments or "GET" not in (rule.methods or set()):
            continue
        with app.test_client().get(rule.rule) as response:
            kind = response.headers.get("Content-Type", "")
            if not response.data:
                continue
            assert kind, rule
            if kind.startswith("text/") or "xml" in kind:
                texts += 1
                assert "charset=utf-8" in kind.lower(), rule
    assert texts > 10


def test_no_post_of_a_page_is_taken_without_a_token(app: Flask, signed_in: SignedIn) -> None:
    """Before a form is read; ``/api`` proves who calls by a header that no other site can set."""
    browser = signed_in(make.citizen())
    tried = 0
    for rule in app.url_map.iter_rules():
        changes = (rule.methods or set()) - SAFE
        if not changes or rule.arguments or rule.rule.startswith("/api/"):
            continue
        if rule.endpoint.partition(".")[0] in WITHOUT_TOKENS:
            continue
        for method in changes:
            answer = browser.open(rule.rule, method=method)
            assert answer.status_code in REFUSED, (method, rule, answer.status_code)
            tried += 1
    assert tried > 5


WITHOUT_TOKENS = {"secret", "tokens"}
"""One click of a mail program (RFC 8058), and what proves itself by a signature."""
REFUSED = {302, 303, 400, 401, 403, 405}


def test_trace_is_refused_everywhere(app: Flask) -> None:
    for path in PAGES:
        with app.test_client().open(path, method="TRACE") as response:
            assert response.status_code in {401, 404, 405}, path
            assert b"TRACE" not in response.data


@pytest.mark.parametrize("path", ["/static/", "/static", "/static/../", "/static/..%2f", "/.git/"])
def test_folders_are_not_listed(app: Flask, path: str) -> None:
    with app.test_client().get(path) as response:
        assert response.status_code == 404
        assert b"site.css" not in response.data.replace(b"/static/site.css", b"")


def test_no_debugger_answers(production: Flask) -> None:
    assert not production.debug
    assert not production.testing
    with production.test_client().get("/?__debugger__=yes&cmd=resource&f=style.css", **AT) as page:
        assert page.content_type == "text/html; charset=utf-8"
    assert production.test_client().get("/console", **AT).status_code == 404


def test_a_new_portal_knows_nobody(production: Flask) -> None:
    """No account, officer, system or key of one is there before an operator makes it."""
    with production.extensions["sessions"].reading() as session:
        for model in (Citizen, Officer, Client):
            assert session.scalar(select(func.count()).select_from(model)) == 0
        assert "user" not in Base.metadata.tables


def test_what_names_a_session_is_random(app: Flask, signed_in: SignedIn) -> None:
    tokens = set()
    for _ in range(50):
        with signed_in(make.citizen()).session_transaction() as cookie:
            tokens.add(cookie["_user_id"].rpartition(":")[2])
    assert len(tokens) == 50
    assert all(len(token) >= 22 for token in tokens), "128 bits in base64"
    for place in range(22):
        assert len({token[place] for token in tokens}) > 10, "each place of it is drawn"


def test_each_page_of_a_citizen_leads_out(app: Flask, signed_in: SignedIn) -> None:
    browser = signed_in(make.citizen())
    for path in ("/my", "/my/access", "/my/records", "/my/choices", "/my/questions", "/my/account"):
        page = browser.get(path)
        assert page.status_code == 200, path
        assert 'href="/sign-out"' in page.text, path
        assert 'href="/my/leave"' in page.text, path


def test_no_browser_keeps_what_was_shown(app: Flask, signed_in: SignedIn) -> None:
    """The page after leaving has nothing to clear: no page of a citizen was stored."""
    browser = signed_in(make.citizen())
    for path in ("/my", "/my/access", "/my/account"):
        assert browser.get(path).headers["Cache-Control"] == "no-store"
    left = browser.get("/my/leave")
    assert left.headers["Cache-Control"] == "no-store"
    assert browser.get("/my").status_code == 302, "and the way back leads to the sign-in"


def test_the_app_loads_no_demo() -> None:
    import subprocess
    import sys

    asked = "import sys, citizen_portal.app; print([m for m in sys.modules if 'portal.demo' in m])"
    ran = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_a_parameter_given_twice_or_elsewhere_changes_nothing(
    app: Flask, session: Session, signed_in: SignedIn
) -> None:
    """What a form holds counts; the same name in the address does not stand in for it."""
    app.config["WTF_CSRF_ENABLED"] = False
    browser = signed_in(make.citizen())
    in_address = browser.post("/my/copies?parts=links", data={})
    assert in_address.status_code == 422
    twice = browser.get("/register?page=1&page=2")
    once = browser.get("/register?page=1")
    assert twice.status_code == once.status_code == 200


def lines(said: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said.splitlines() if line.startswith("{")]


def test_a_line_of_the_log_says_when_where_and_what(
    app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    app.test_client().get("/register?q=somebody")
    out, err = capsys.readouterr()
    assert out == ""
    [line] = lines(err)
    assert line["timestamp"].endswith("Z")
    assert (line["method"], line["route"], line["status"]) == ("GET", "/register", 200)
    assert line["request"]
    assert "somebody" not in err


def test_a_refusal_is_on_record(
    app: Flask, signed_in: SignedIn, capsys: pytest.CaptureFixture[str]
) -> None:
    signed_in(make.citizen()).get("/desk")
    app.test_client().get("/api/v1/questions")
    seen = [(one["route"], one["status"]) for one in lines(capsys.readouterr().err)]
    assert seen == [("/desk", 403), ("/api/v1/questions", 401)]


def test_nobody_writes_a_line_of_the_log(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    forged = '\n{"event": "forged"}\r\n'
    app.test_client().get("/register", query_string={"q": forged}, headers={"X-Id": "a"})
    app.test_client().get("/%0a%7b%22event%22:%22forged%22%7d")
    err = capsys.readouterr().err
    assert "forged" not in err
    assert len(lines(err)) == len(err.splitlines())
