"""``citizen-portal body check``: what a service answers wrong has a line of its own."""

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask, Response, request
from flask.typing import ResponseReturnValue
from joserfc import jws, jwt
from joserfc.errors import JoseError

from citizen_portal.cli import main
from citizen_portal.demo.body import Behaviour
from citizen_portal.records.remote.trying import SAMPLE
from citizen_portal.settings import Settings
from tests.fakes.serving import served
from tests.records.tried import Body, Change, served_with, wrong

PERSONAL = {
    "/v2/findUsage": "findUsage",
    "/v1/holdings": "holdings",
    "/v1/records/self-test": "records",
    "/v1/links": "links",
}


@pytest.fixture
def body(settings: Settings, tmp_path: Path) -> Body:
    return Body(settings, tmp_path)


def test_without_a_webhook_none_is_tried(body: Body) -> None:
    with served(lambda _: body.app()) as address:
        result = body.check(address)

    assert result.exit_code == 0
    assert result.output.count("right  ") == 10


def answers(path: str, document: Any, status: int = 200) -> Change:
    """Whoever asks, and whatever is asked."""

    def change(app: Flask) -> None:
        @app.after_request
        def other(response: Response) -> Response:
            if request.path == path and response.status_code in (200, 404):
                response.set_data(json.dumps(document))
                response.status_code = status
            return response

    return change


def lets_in(path: str) -> Change:
    """Whoever asks."""

    def change(app: Flask) -> None:
        @app.before_request
        def answer() -> ResponseReturnValue | None:
            return {} if request.path == path else None

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (answers("/v2/heartbeat", {"status": "FAIL"}), "heartbeat .*: it says that it is not"),
        (answers("/v2/heartbeat", {}), "heartbeat .*: the answer is not shaped"),
        (answers("/v2/heartbeat", {}, 500), "heartbeat .*: it answers 500"),
        (answers("/v2/heartbeat", {}, 302), "heartbeat .*: it redirects"),
        (answers("/v2/heartbeat", {}, 401), "heartbeat .*: it answers 401: does it have"),
        (answers("/v2/usagePeriod", {"periodStart": "2200-01-01T00:00:00Z"}), "usagePeriod"),
        (
            answers(
                "/v2/findUsage",
                {
                    "totalUsages": 1,
                    "usages": [
                        {
                            "logtime": "2026-01-01T00:00:00Z",
                            "action": "Look",
                            "receiverCode": "B",
                            "receiverSystem": "S",
                        }
                    ],
                },
            ),
            "findUsage .*: it tells of accesses",
        ),
        (answers("/v2/findUsage", {}), "findUsage .*: the answer is not shaped"),
        (
            answers(
                "/v1/holdings",
                {
                    "subject": SAMPLE,
                    "holdings": [
                        {
                            "subject": SAMPLE,
                            "dataset": "d",
                            "name": {"en": "D"},
                            "categories": [],
                        }
                    ],
                },
            ),
            "holdings .*: it holds something",
        ),
        (
            answers(
                "/v1/records/self-test",
                {
                    "subject": SAMPLE,
                    "dataset": "self-test",
                    "fields": [],
                    "rows": [{"subject": SAMPLE, "values": {}}],
                },
            ),
            "records .*: it gives records",
        ),
        (answers("/v1/records/self-test", {}, 500), "records .*: it answers 500"),
        (
            answers("/v1/links", {"subject": SAMPLE, "state": "linked"}),
            "links .*: it answers linked, to a code",
        ),
        (
            answers("/v1/links", {"subject": "0" * 64, "state": "not_matched"}),
            "links .*: it answers about somebody else",
        ),
    ],
)
def test_a_wrong_answer_has_its_line_and_no_other(body: Body, change: Change, said: str) -> None:
    with served_with(body, change) as address:
        result = body.check(address)

    assert result.exit_code == 1
    (line,) = wrong(result)
    assert re.match(f"wrong  {said}", line), line


@pytest.mark.parametrize("path", PERSONAL)
def test_an_address_that_lets_anybody_in_is_named(body: Body, path: str) -> None:
    with served_with(body, lets_in(path)) as address:
        lines = wrong(body.check(address))

    assert any(f"{PERSONAL[path]} refuses whoever is not the portal" in line for line in lines)
    assert any("a call without a token: it answers 200" in line for line in lines)


def lax(body: Body, skips: str) -> Change:
    """Believes tokens without looking at one thing."""
    wanted = {"iss": body.settings.public_url, "aud": "clinic", "sub": SAMPLE}

    def believed(header: str) -> bool:
        text = header.removeprefix("Bearer ")
        try:
            if skips == "signature":
                said = jws.extract_compact(text.encode())
                claims, typ = json.loads(said.payload), said.protected["typ"]
            else:
                token = jwt.decode(text, body.keys, algorithms=["Ed25519"])
                claims, typ = token.claims, token.header["typ"]
        except (JoseError, ValueError):
            return False
        now = time.time()
        good = {name: claims[name] == value for name, value in wanted.items()}
        good |= {"exp": claims["exp"] > now, "typ": typ == "JWT"}
        return all(value for name, value in good.items() if name != skips)

    def change(app: Flask) -> None:
        @app.before_request
        def answer() -> ResponseReturnValue | None:
            personal = request.path == "/v1/holdings"
            if personal and believed(request.headers.get("Authorization", "")):
                return {"subject": SAMPLE, "holdings": []}
            return None

    return change


@pytest.mark.parametrize(
    ("skips", "said"),
    [
        ("signature", "a token of another key"),
        ("aud", "a token for another body"),
        ("iss", "a token of another portal"),
        ("sub", "a token about the portal itself"),
        ("exp", "a token that is over"),
        ("typ", "a token of another type"),
    ],
)
def test_what_a_body_does_not_look_at_in_a_token_is_named(
    body: Body, skips: str, said: str
) -> None:
    with served_with(body, lax(body, skips)) as address:
        (line,) = wrong(body.check(address))

    assert line == (
        "wrong  holdings refuses whoever is not the portal: must answer 401 to"
        f" {said}: it answers 200"
    )


@pytest.mark.parametrize(
    ("behaviour", "said", "count"),
    [
        (Behaviour.DOWN, "it answers 503", 10),
        (Behaviour.UNPROVEN, "it does not say whom the answer is about (Portal-Subject)", 1),
        (Behaviour.MISTAKEN, "it answers about somebody else", 3),
    ],
)
def test_a_body_that_is_wrong_throughout(
    body: Body, behaviour: Behaviour, said: str, count: int
) -> None:
    with served(lambda _: body.app(behaviour)) as address:
        result = body.check(address)

    assert result.exit_code == 1
    assert len(wrong(result)) == count
    assert all(said in line for line in wrong(result))


def test_an_address_where_nothing_is_ends_it_at_once(body: Body) -> None:
    with served(lambda _: Flask("none")) as address:
        pass
    result = body.check(address)

    assert result.exit_code == 1
    assert wrong(result) == ["wrong  heartbeat says that it is well: nothing answers there"]


def test_only_public_addresses_and_those_of_the_settings_are_called(body: Body) -> None:
    for address in ("http://127.0.0.2:9", "https://10.0.0.1", "http://data.example"):
        (line,) = wrong(body.check(address))
        assert "this may not be called" in line


def test_help_shows_an_example_and_needs_no_settings() -> None:
    result = CliRunner().invoke(main, ["body", "check", "--help"])

    assert result.exit_code == 0
    assert "citizen-portal body check https://" in result.output
