"""``citizen-portal body check``: all is right with the model body, and each fault has its line."""

import base64
import json
import re
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask, Response, request
from flask.typing import ResponseReturnValue
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from citizen_portal import signing
from citizen_portal.cli import main
from citizen_portal.demo.body import Behaviour, BodyConfig, Choices, create_body, keys_given
from citizen_portal.records.commands import try_out
from citizen_portal.records.remote.trying import SAMPLE
from citizen_portal.records.remote.trying_hooks import AGREEMENT
from citizen_portal.settings import Settings
from tests.fakes.serving import served

PERSONAL = {
    "/v2/findUsage": "findUsage",
    "/v1/holdings": "holdings",
    "/v1/records/self-test": "records",
    "/v1/links": "links",
}


@dataclass
class Body:
    """The model body, as the portal of these settings knows it."""

    settings: Settings
    folder: Path
    secret: str = field(
        default_factory=lambda: "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    )

    @property
    def keys(self) -> KeySet:
        return signing.load(self.settings.keys_folder).keys

    def choices(self) -> Choices:
        keys = keys_given(self.keys.as_dict(private=False))
        file = self.folder / "held.db"
        return Choices(file, slug="clinic", secrets=[self.secret], keys=keys)

    def app(self, behaviour: Behaviour = Behaviour.NORMAL) -> Flask:
        return create_body(
            BodyConfig(
                code="C",
                name="Clinic",
                audience="clinic",
                issuer=self.settings.public_url,
                keys=keys_given(self.keys.as_dict(private=False)),
                behaviour=behaviour,
                choices=self.choices(),
            )
        )

    def check(self, address: str, *more: str) -> Result:
        parts = SimpleNamespace(settings=self.settings)
        given = [address, "--slug", "clinic", *more]
        return CliRunner().invoke(try_out, given, obj=parts, catch_exceptions=False)

    def with_hooks(self, address: str) -> Result:
        return self.check(address, "--webhook", f"{address}/hooks", "--secret", self.secret)


@pytest.fixture
def body(settings: Settings, tmp_path: Path) -> Body:
    return Body(settings, tmp_path)


@contextmanager
def served_with(body: Body, change: Callable[[Flask], None]) -> Iterator[str]:
    app = body.app()
    change(app)
    with served(lambda _: app) as address:
        yield address


def wrong(result: Result) -> list[str]:
    return [line for line in result.output.splitlines() if line.startswith("wrong  ")]


def test_the_model_body_is_right_in_all(body: Body) -> None:
    with served(lambda _: body.app()) as address:
        result = body.with_hooks(address)
        again = body.with_hooks(address)

    assert (result.exit_code, wrong(result)) == (0, [])
    assert again.exit_code == 0
    assert result.output.count("right  ") == 17
    assert body.choices().may_use(SAMPLE, AGREEMENT) is False
    assert all(body.secret not in each.output for each in (result, again))


def test_without_a_webhook_none_is_tried(body: Body) -> None:
    with served(lambda _: body.app()) as address:
        result = body.check(address)

    assert result.exit_code == 0
    assert result.output.count("right  ") == 10


Change = Callable[[Flask], None]


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


Hook = Callable[[Choices, dict[str, str], bytes], int]


def hooked(body: Body, hook: Hook) -> Change:
    def change(app: Flask) -> None:
        choices = body.choices()

        def view() -> ResponseReturnValue:
            headers = {name.lower(): text for name, text in request.headers}
            return "", hook(choices, headers, request.get_data())

        app.view_functions["body.hooks"] = view

    return change


def unless(status: int, when: Callable[[dict[str, Any]], bool]) -> Hook:
    """Answers so where the message is such; else as it should."""

    def hook(choices: Choices, headers: dict[str, str], raw: bytes) -> int:
        return status if when(json.loads(raw)) else choices.receive(headers, raw)

    return hook


def once() -> Hook:
    seen: set[str] = set()

    def hook(choices: Choices, headers: dict[str, str], raw: bytes) -> int:
        if headers["webhook-id"] in seen:
            return 409
        seen.add(headers["webhook-id"])
        return choices.receive(headers, raw)

    return hook


def only_newer() -> Hook:
    newest = [0]

    def hook(choices: Choices, headers: dict[str, str], raw: bytes) -> int:
        version = json.loads(raw)["data"].get("version", newest[0])
        if version < newest[0]:
            return 409
        newest[0] = version
        return choices.receive(headers, raw)

    return hook


def takes(when: Callable[[dict[str, Any], int], bool]) -> Hook:
    """Takes also what it should refuse, where it is such."""

    def hook(choices: Choices, headers: dict[str, str], raw: bytes) -> int:
        status = choices.receive(headers, raw)
        return 204 if when(headers, status) else status

    return hook


GOOD = "takes a choice that the portal signed"
REFUSALS = {
    "refuses a message with a wrong signature",
    "refuses a message that is six minutes old",
    "refuses a choice signed for another body",
}


@pytest.mark.parametrize(
    ("hook", "named"),
    [
        (lambda *_: 204, REFUSALS),
        (takes(lambda _, status: status == 400), {"refuses a choice signed for another body"}),
        (
            unless(400, lambda said: said["type"] == "sample.kind"),
            {"takes a message of a kind that it does not know"},
        ),
        (once(), {"takes the same message again"}),
        (only_newer(), {"takes an older version after a newer one"}),
        (
            lambda *_: 401,
            {
                GOOD,
                "takes the same message again",
                "takes an older version after a newer one",
                "takes a message of a kind that it does not know",
            },
        ),
    ],
    ids=["takes all", "another's", "unknown kind", "doubled", "older", "refuses all"],
)
def test_each_fault_of_a_webhook_has_its_line(body: Body, hook: Hook, named: set[str]) -> None:
    with served_with(body, hooked(body, hook)) as address:
        result = body.with_hooks(address)

    assert result.exit_code == 1
    assert {line.split(": ")[0] for line in wrong(result)} == {f"wrong  {each}" for each in named}


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (401, "it answers 401: does it have this secret?"),
        (410, "it answers 410, which ends all messages"),
        (500, "it answers 500"),
        (302, "it redirects, which is not followed"),
    ],
)
def test_what_is_answered_to_a_good_message_is_told(body: Body, status: int, said: str) -> None:
    with served_with(body, hooked(body, lambda *_: status)) as address:
        lines = wrong(body.with_hooks(address))

    assert f"wrong  {GOOD}: {said}" in lines


def test_an_error_is_no_refusal(body: Body) -> None:
    with served_with(body, hooked(body, lambda *_: 500)) as address:
        lines = wrong(body.with_hooks(address))

    assert len(lines) == 7


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


@pytest.mark.parametrize("secret", [[], ["--secret", "none"], ["--secret", "whsec_%"]])
def test_a_webhook_is_tried_with_its_secret_or_not_at_all(body: Body, secret: list[str]) -> None:
    result = body.check("http://127.0.0.1:9", "--webhook", "http://127.0.0.1:9/hooks", *secret)

    assert result.exit_code == 2
    assert "--secret" in result.output


def test_help_shows_an_example_and_needs_no_settings() -> None:
    result = CliRunner().invoke(main, ["body", "check", "--help"])

    assert result.exit_code == 0
    assert "citizen-portal body check https://" in result.output
