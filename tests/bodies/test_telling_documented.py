"""What is written down about messages to bodies is what they get."""

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from flask import Flask

from citizen_portal.bodies.models import BOTH_SIGN_FOR, RETRIES, MessageKind
from citizen_portal.bodies.remote.telling import SECONDS
from tests.bodies.told import Told, run_waiting
from tests.fakes.receiver import Receiver

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "connect.md").read_text()
EXAMPLE = re.search(r"```http\n(.+?)\n\n(.+?)\n```", PAGE, re.DOTALL)
Check = Callable[[dict[str, str], bytes, str], bool]


@pytest.fixture(scope="module")
def is_from_portal() -> Check:
    """The example of the page, as whoever reads it would run it."""
    written = re.search(r"```python\n(import base64.+?)```", PAGE, re.DOTALL)
    assert written is not None
    made: dict[str, Any] = {}
    exec(written[1], made)  # noqa: S102
    check: Check = made["is_from_portal"]
    return check


def test_the_written_check_holds_for_what_is_sent(
    app: Flask, receiver: Receiver, body: Told, is_from_portal: Check
) -> None:
    new = body.rotate()
    body.send()
    run_waiting(app)
    (got,) = receiver.got
    old = got.headers | {"webhook-timestamp": str(int(time.time()) - 301)}

    assert is_from_portal(got.headers, got.body, body.secret)
    assert is_from_portal(got.headers, got.body, new)
    assert not is_from_portal(got.headers, got.body + b" ", new)
    assert not is_from_portal(got.headers, got.body, body.rotate())
    assert not is_from_portal(old, got.body, new)


def test_the_written_message_has_the_written_signature(
    is_from_portal: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert EXAMPLE is not None
    headers = dict(line.split(": ", 1) for line in EXAMPLE[1].splitlines()[1:])
    secret = re.search(r"`(whsec_[^`]{20,})`", PAGE)
    assert secret is not None
    monkeypatch.setattr(time, "time", lambda: int(headers["webhook-timestamp"]) + 1)

    assert is_from_portal(headers, EXAMPLE[2].encode(), secret[1])


def test_the_written_message_is_as_the_description_has_it() -> None:
    assert EXAMPLE is not None
    described = yaml.safe_load((DOCS / "body-openapi.yaml").read_text())
    schema = {"$ref": "#/components/schemas/LinkCreated", "components": described["components"]}

    jsonschema_rs.validate(schema, json.loads(EXAMPLE[2]), validate_formats=True)
    assert set(described["webhooks"]) == set(MessageKind)


def test_the_written_times_are_the_real_ones() -> None:
    minutes = [wait.total_seconds() / 60 for wait in RETRIES]
    assert minutes == [5 / 60, 5, 30, 120, 300, 600, 840, 1200, 1440]
    assert "5 and 30 minutes, 2, 5, 10, 14, 20 and 24 hours" in " ".join(PAGE.split())
    assert f"within {SECONDS:.0f} seconds" in PAGE
    assert BOTH_SIGN_FOR.days == 7
    assert "For seven days" in PAGE
    for kind in MessageKind:
        assert f"| `{kind.value}` |" in PAGE
