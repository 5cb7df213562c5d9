import contextlib
import gzip
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citizen_portal.fetch import Fault, Kind
from citizen_portal.fetch.documents import DEEPEST, read

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


def kind_of(raw: bytes, *, packed: bool = False, max_bytes: int = 10_000) -> Kind:
    with pytest.raises(Fault) as raised:
        read(raw, packed=packed, max_bytes=max_bytes)
    return raised.value.kind


@given(VALUES)
def test_what_json_can_say_is_read(value: Any) -> None:
    raw = json.dumps(value, ensure_ascii=False).encode()
    assert read(raw, packed=False, max_bytes=10**6) == (value, len(raw))
    assert read(gzip.compress(raw), packed=True, max_bytes=10**6) == (value, len(raw))


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_but_a_fault(raw: bytes) -> None:
    for packed in (False, True):
        with contextlib.suppress(Fault):
            read(raw, packed=packed, max_bytes=100)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b'{"a": 1, "a": 1}',
        b'[{"a": {"b": 1, "b": 2}}]',
        b"NaN",
        b"[Infinity]",
        b"[-Infinity]",
        b"[1e999]",
        b'["\\ud800"]',
        b'{"\\udfff": 1}',
        b'["\\u0000"]',
        b'["\\u0000\\u00e9"]',
        b'["a\x00b"]',
        b'["a\nb"]',
        b'"\xff"',
        b"\xef\xbb\xbf{}",
        "{}".encode("utf-16"),
        b"[" + b"9" * 5000 + b"]",
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 50 + b"1" + b"}" * 50,
    ],
)
def test_what_is_not_exactly_json_is_unreadable(raw: bytes) -> None:
    assert kind_of(raw) is Kind.UNREADABLE


def test_depth_is_allowed_up_to_its_limit() -> None:
    assert read(b"[" * DEEPEST + b"]" * DEEPEST, packed=False, max_bytes=1000)
    assert kind_of(b"[" * (DEEPEST + 2) + b"]" * (DEEPEST + 2)) is Kind.UNREADABLE


def test_a_bomb_does_not_go_off() -> None:
    assert kind_of(gzip.compress(b" " * 10**7), packed=True) is Kind.TOO_LARGE


def test_half_of_what_was_packed_and_more_than_was_packed_are_unreadable() -> None:
    packed = gzip.compress(b"[1, 2, 3]")
    assert kind_of(packed[:-4], packed=True) is Kind.UNREADABLE
    assert kind_of(packed + packed, packed=True) is Kind.UNREADABLE
