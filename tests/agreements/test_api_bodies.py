"""What systems send, as bytes: hostile, huge or strange; and that it stays what it was."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.agreements import files
from tests.agreements.calling import Calling, faults
from tests.thorough import times

PATHS = ("/api/v1/agreements/DSA-0002", "/api/v1/activity-rules")


@pytest.fixture
def calls(app: Flask, tmp_path: Path) -> Calling:
    return Calling(app, tmp_path)


def sent(calls: Calling, body: bytes, path: str = PATHS[0], **given: Any) -> Any:
    return calls.send(path, "giver", data=body, content_type="application/json", **given)


UNREADABLE = {
    b"": "is not JSON from line 1 on",
    b"\n\n{": "is not JSON from line 3 on",
    b'{"a": 1, "a": 2}': "holds the same field twice",
    b'{"a": NaN}': "holds NaN or an infinity, which are not JSON",
    b'{"a": -Infinity}': "holds NaN or an infinity, which are not JSON",
    b'{"a": 1e999}': "holds a number that is too large",
    b'{"a": ' + b"9" * 5000 + b"}": "holds a number that is too long",
    rb'{"a": "\ud800"}': "holds half a character (a lone surrogate)",
    rb'{"\ud800": 1}': "holds half a character (a lone surrogate)",
    rb'{"a": "\u0000"}': "holds a NUL character",
    b'{"a": "\xff"}': "is not written in UTF-8",
    b'{"a": 1} {}': "is not JSON from line 1 on",
    b"\xef\xbb\xbf{}": "is not JSON from line 1 on",
    b"[" * 40 + b"]" * 40: "is nested too deeply",
    b"[" * 100_000 + b"]" * 100_000: "is nested too deeply",
    b'{"a":' * 5_000 + b"1" + b"}" * 5_000: "is nested too deeply",
}


@pytest.mark.parametrize("path", PATHS)
def test_what_cannot_be_read_is_refused_with_the_reason(calls: Calling, path: str) -> None:
    for body, reason in UNREADABLE.items():
        assert faults(sent(calls, body, path), 400) == {"body": reason}, body[:40]


@pytest.mark.parametrize("path", PATHS)
def test_only_json_is_taken_and_not_too_much_of_it(calls: Calling, path: str) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/jsonx"):
        refused = calls.send(path, "giver", data=b"{}", content_type=kind)
        assert faults(refused, 415) == {"Content-Type": "must be application/json"}
    assert sent(calls, b" " * 1_000_001, path).status_code == 413
    packed = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    headers = {**calls.headers["giver"], **packed}
    refused = calls.client.put(path, data=b"\x1f\x8b", headers=headers)
    assert faults(refused, 415) == {"Content-Encoding": "must be left out"}


TEXTS = {
    "markup": "<script>alert(1)</script><b>bold</b>",
    "emoji and Welsh": "👩🏽‍⚕️ Ŵŷ".replace("\u200d", ""),
    "quotes": "'; DROP TABLE draft;-- \\ \" =HYPERLINK(1)",
    "templates": "{{ 7*7 }} {% raw %} %(num)s {0}",
}


@pytest.mark.parametrize("name", TEXTS)
def test_hostile_text_is_kept_as_it_is(calls: Calling, name: str) -> None:
    document = files.agreement("DSA-0002", what={"en": TEXTS[name], "cy": TEXTS[name]})
    assert calls.put(document).status_code == 201
    assert calls.get("DSA-0002").json["document"] == document  # type: ignore[index]


@pytest.mark.parametrize("text", ["x" * 100_000, "a\u202eb", "a\u200bb", "a\x07b", ""])
def test_text_that_cannot_be_shown_is_refused_and_not_repeated(calls: Calling, text: str) -> None:
    document = files.agreement("DSA-0002", what={"en": text})
    refused = calls.put(document)
    assert list(faults(refused)) == ["what.en"]
    assert len(refused.text) < 1_000


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from([*files.agreement(), "trust", "measures", "processors", "emergency"])


@settings(
    max_examples=times(60, 150),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(changes=st.dictionaries(FIELDS, VALUES, min_size=1, max_size=3), rule=VALUES)
def test_no_value_in_any_field_fells_the_portal(
    calls: Calling, changes: dict[str, Any], rule: Any
) -> None:
    document = json.dumps(files.agreement("DSA-0002") | changes).encode()
    assert sent(calls, document).status_code in {200, 201, 400, 403, 422}
    rules = json.dumps({"rules": [rule, files.rule(source=rule)]}).encode()
    assert sent(calls, rules, PATHS[1]).status_code in {400, 422}
