"""``citizen-portal body check``: what a webhook takes wrongly, or does not take, has its line."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request
from flask.typing import ResponseReturnValue

from citizen_portal.demo.body import Choices
from citizen_portal.records.remote.trying import SAMPLE
from citizen_portal.records.remote.trying_hooks import AGREEMENT
from citizen_portal.settings import Settings
from tests.fakes.serving import served
from tests.records.tried import Body, Change, served_with, wrong


@pytest.fixture
def body(settings: Settings, tmp_path: Path) -> Body:
    return Body(settings, tmp_path)


def test_the_model_body_is_right_in_all(body: Body) -> None:
    with served(lambda _: body.app()) as address:
        result = body.with_hooks(address)
        again = body.with_hooks(address)

    assert (result.exit_code, wrong(result)) == (0, [])
    assert again.exit_code == 0
    assert result.output.count("right  ") == 17
    assert body.choices().may_use(SAMPLE, AGREEMENT) is False
    assert all(body.secret not in each.output for each in (result, again))


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


@pytest.mark.parametrize("secret", [[], ["--secret", "none"], ["--secret", "whsec_%"]])
def test_a_webhook_is_tried_with_its_secret_or_not_at_all(body: Body, secret: list[str]) -> None:
    result = body.check("http://127.0.0.1:9", "--webhook", "http://127.0.0.1:9/hooks", *secret)

    assert result.exit_code == 2
    assert "--secret" in result.output
