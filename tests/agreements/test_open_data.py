"""Open data: for anybody and any site, sent again only when new, the same for everybody."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from citizen_portal import clock
from tests.agreements import files

ADDRESSES = [
    "/agreements.json",
    "/agreements/DSA-0001.json",
    "/register.csv",
    "/register/datapackage.json",
    *(f"/register/data/{name}.csv" for name in ("agreements", "answers", "versions")),
    "/register.jsonld",
    "/register.atom",
    "/register/dates.ics",
    "/bodies/giver/dates.ics",
    "/coverage.json",
    "/coverage.csv",
    "/answers.json",
    "/answers.csv",
]
STATEMENTS = {
    "/agreements.json": 1,
    "/agreements/DSA-0001.json": 2,
    "/register.csv": 0,
    "/register/datapackage.json": 0,
    "/register.jsonld": 2,
    "/register.atom": 1,
    "/register/dates.ics": 0,
    "/bodies/giver/dates.ics": 0,
    "/coverage.json": 0,
    "/coverage.csv": 0,
    "/answers.json": 1,
    "/answers.csv": 1,
}
"""Statements beside the one that asks for the revision, once the register is in memory."""


@pytest.fixture
def register(app: Flask, tmp_path: Path) -> Flask:
    files.bring_in(app, tmp_path)
    return app


def get(app: Flask, path: str, **headers: str) -> TestResponse:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return app.test_client().get(path, headers=given)


@pytest.mark.parametrize("path", ADDRESSES)
def test_it_is_for_anybody_and_any_site_and_for_caches(register: Flask, path: str) -> None:
    client = register.test_client()
    client.get("/language/cy")
    for browser in (client, register.test_client()):
        response = browser.get(path)
        assert response.status_code == 200
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert response.headers["Cache-Control"] == "public, max-age=300"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "Vary" not in response.headers
        assert "Set-Cookie" not in response.headers
        assert response.get_data() == get(register, path).get_data()


@pytest.mark.parametrize("path", ADDRESSES)
def test_who_has_it_already_is_told_so(register: Flask, tmp_path: Path, path: str) -> None:
    tag = get(register, path).headers["ETag"]
    assert tag.startswith('W/"')
    for known in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
        response = get(register, path, If_None_Match=known)
        assert (response.status_code, response.get_data()) == (304, b"")
        assert response.headers["ETag"] == tag
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert "Vary" not in response.headers
    assert get(register, path, If_None_Match='W/"other"').status_code == 200
    files.bring_in(register, tmp_path, {"organisations": [files.organisation("third")]})
    again = get(register, path, If_None_Match=tag)
    assert again.status_code == 200
    assert again.headers["ETag"] != tag


def test_the_day_renews_only_what_depends_on_it(
    register: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tags() -> dict[str, str]:
        return {path: get(register, path).headers["ETag"] for path in ADDRESSES}

    before, tomorrow = tags(), clock.today("Europe/London").replace(year=2099)
    monkeypatch.setattr(clock, "today", lambda _: tomorrow)
    changed = {path for path, tag in tags().items() if tag != before[path]}
    assert changed == {path for path in ADDRESSES if path.startswith("/agreements")} | {
        path for path in ADDRESSES if path.endswith(".ics")
    }


@pytest.mark.parametrize("path", ADDRESSES)
def test_the_head_is_that_of_the_answer(register: Flask, path: str) -> None:
    full, head = get(register, path), register.test_client().head(path)
    assert (head.status_code, head.get_data()) == (200, b"")
    for name in ("Content-Length", "Content-Type", "ETag"):
        assert head.headers[name] == full.headers[name]
    assert int(full.headers["Content-Length"]) == len(full.get_data())


@pytest.mark.parametrize("path", ADDRESSES)
def test_another_site_may_send_a_tag_along(register: Flask, path: str) -> None:
    asked = register.test_client().options(path, headers={"Origin": "https://other.example"})
    assert asked.status_code == 200
    assert asked.headers["Access-Control-Allow-Origin"] == "*"
    assert asked.headers["Access-Control-Allow-Headers"] == "If-None-Match"
    assert "Access-Control-Allow-Credentials" not in asked.headers


@pytest.mark.parametrize(
    "path",
    [
        "/agreements/DSA-9999.json",
        "/agreements/x.json",
        "/register/data/nothing.csv",
        "/bodies/nobody/dates.ics",
        "/.well-known/security.txt",
    ],
)
def test_what_is_not_there_is_said_to_a_machine(register: Flask, path: str) -> None:
    response = get(register, path)
    assert response.status_code == 404
    assert response.content_type == "application/problem+json"
    assert response.json == {"type": "about:blank", "title": "Not Found", "status": 404}
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cache-Control"] == "no-store"
    assert "Vary" not in response.headers


@pytest.mark.parametrize(("path", "count"), STATEMENTS.items())
def test_it_asks_the_database_little(register: Flask, path: str, count: int) -> None:
    tag = get(register, path).headers["ETag"]
    engine = register.extensions["sessions"].engine
    with files.statements(engine) as seen:
        assert get(register, path).status_code == 200
    assert len(seen) == 1 + count, seen
    with files.statements(engine) as seen:
        assert get(register, path, If_None_Match=tag).status_code == 304
    assert len(seen) == 1, seen


def test_a_table_is_written_once_for_all_who_ask(register: Flask, tmp_path: Path) -> None:
    more = [files.agreement(f"DSA-{n:04}") for n in range(2, 30)]
    files.bring_in(register, tmp_path, {"agreements": more})
    with files.statements(register.extensions["sessions"].engine) as seen:
        for name in ("agreements", "parties", "answers", "measures", "versions"):
            assert get(register, f"/register/data/{name}.csv").status_code == 200
        assert get(register, "/register/datapackage.json").status_code == 200
    assert len([one for one in seen if "agreement_version" in one]) == 2


@pytest.mark.parametrize(
    "path", ["/register.csv", "/register/datapackage.json", "/register/dates.ics"]
)
def test_what_is_kept_is_made_anew_after_a_change(
    register: Flask, tmp_path: Path, path: str
) -> None:
    before = get(register, path).text
    files.bring_in(
        register, tmp_path, {"agreements": [files.agreement("DSA-0002", ends="2099-01-01")]}
    )
    after = get(register, path).text
    assert after != before
    assert ("DSA-0002" in after) == (path != "/register/datapackage.json")


def test_the_register_page_leads_to_them(register: Flask) -> None:
    for page in ("/register", "/register/data"):
        links = files.page(register, page).select("head link[rel=alternate]")
        for link in links:
            response = get(register, str(link["href"]))
            assert response.status_code == 200
            assert response.content_type.partition(";")[0] == link["type"]
        assert len(links) == 5


def test_the_page_names_what_can_be_taken_and_the_licence(register: Flask) -> None:
    soup = files.page(register, "/register/data")
    for path in (str(link["href"]) for link in soup.select("#files ~ ul a")):
        assert get(register, path).status_code == 200, path
    assert "Open Government Licence v3.0" in soup.text
    welsh = register.test_client()
    welsh.get("/language/cy")
    assert "Trwydded Llywodraeth Agored" in welsh.get("/register/data").text


def numbers(asked: str) -> Iterator[str]:
    yield from (f"/agreements.json?page={asked}", f"/agreements.json?items={asked}")
    yield from (f"/register.jsonld?page={asked}", f"/register.atom?page={asked}")
    yield from (f"/coverage.json?page={asked}", f"/coverage.json?items={asked}")
    yield from (f"/answers.json?page={asked}", f"/answers.json?items={asked}")


@pytest.mark.parametrize("asked", ["0", "-1", "x", "", "1e3", "٣", "9" * 30, "99999", "%00"])
def test_a_number_that_is_none_harms_nothing(register: Flask, asked: str) -> None:
    for path in numbers(asked):
        assert get(register, path).status_code == 200, path


def test_weaknesses_can_be_reported_where_the_setting_says(
    register: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = register.extensions["settings"]
    monkeypatch.setitem(
        register.extensions,
        "settings",
        settings.model_copy(update={"security_contact": "mailto:security@portal.example"}),
    )
    response = get(register, "/.well-known/security.txt")
    assert response.content_type == "text/plain; charset=utf-8"
    lines = dict(line.split(": ", 1) for line in response.text.splitlines())
    assert lines["Contact"] == "mailto:security@portal.example"
    assert lines["Canonical"] == "http://127.0.0.1:8000/.well-known/security.txt"
    today = clock.today("Europe/London").isoformat()
    assert today < lines["Expires"] < f"{int(today[:4]) + 1}{today[4:]}"
    assert lines["Expires"].endswith("T00:00:00Z")
    policy = lines["Policy"].removeprefix("http://127.0.0.1:8000")
    assert "security@portal.example" in files.page(register, policy).text


@pytest.mark.parametrize(
    "contact", ["security@portal.example", "http://x.example", "mailto:a\r\nX: y", "mailto:"]
)
def test_a_contact_that_is_no_address_is_refused(settings: Any, contact: str) -> None:
    with pytest.raises(ValueError, match="security_contact"):
        type(settings)(**{**settings.model_dump(), "security_contact": contact})
