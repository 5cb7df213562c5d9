"""What bodies send to ask: hostile, too much, packed, and a hundred thousand ids."""

import gzip
import json
from typing import Any

import pytest
from flask import Flask

from citizen_portal.errors import Invalid
from citizen_portal.preferences.queries.checks import packed, unpacked
from citizen_portal.preferences.schemas.checks import File, read_file
from tests.preferences.asking import NOBODY, PATH, Asking
from tests.preferences.town import about

A, B = "a" * 64, "b" * 64
ASK = {"agreement": "DSA-0002", "ids": [NOBODY]}


@pytest.fixture
def town(app: Flask) -> Asking:
    return Asking(app)


@pytest.fixture(scope="module")
def refusing(shared_app: Flask) -> Asking:
    """One town for whatever is refused: nothing of that is kept."""
    return Asking(shared_app)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ([], "body"),
        ({}, "body"),
        ({"agreement": "DSA-0002"}, "body"),
        ({**ASK, "also": 1}, "body"),
        ({**ASK, "agreement": 2}, "agreement"),
        ({**ASK, "agreement": None}, "agreement"),
        ({**ASK, "ids": []}, "ids"),
        ({**ASK, "ids": A}, "ids"),
        ({**ASK, "ids": {A: A}}, "ids"),
        ({**ASK, "ids": [A] * 100_001}, "ids"),
        ({**ASK, "ids": [[[]]] * 60_000}, "ids"),
    ],
)
def test_what_asks_for_nothing_is_refused(refusing: Asking, said: Any, field: str) -> None:
    response = refusing.post(said)
    assert response.status_code == 422
    assert response.json is not None
    assert {error["field"] for error in response.json["errors"]} == {field}
    assert refusing.checks() == []


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "a" * 63,
        "a" * 65,
        "A" * 64,
        "g" * 64,
        "a" * 62 + "  ",
        "a" * 63 + "\n",
        "٣" * 64,
        "a" * 63 + "é",
        7,
        None,
        ["a" * 64],
        {"a": 1},
        True,
    ],
)
def test_one_bad_id_refuses_all_and_is_named_by_its_row_alone(refusing: Asking, wrong: Any) -> None:
    response = refusing.post({"agreement": "DSA-0002", "ids": [A, wrong, B, wrong]})
    assert response.status_code == 422
    assert response.json is not None
    assert [(error["row"], error["field"]) for error in response.json["errors"]] == [
        (2, "ids"),
        (4, "ids"),
    ]
    assert A not in response.text
    assert refusing.checks() == []


@pytest.mark.parametrize(
    ("data", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b'{"agreement": "DSA-0002", "ids": [], "ids": []}', "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"[" * 50_000, "application/json", 400),
        (b" " * 8_000_001, "application/json", 413),
        (b"{}", "text/plain", 415),
    ],
)
def test_what_is_no_document_is_refused(
    refusing: Asking, data: bytes, kind: str, status: int
) -> None:
    response = refusing.post(data=data, headers={"Content-Type": kind})
    assert response.status_code == status


def test_it_may_come_packed_and_a_bomb_does_not_go_off(town: Asking) -> None:
    packing = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    good = gzip.compress(json.dumps(ASK).encode())
    assert town.post(data=good, headers=packing).json["allowed"] == [NOBODY]  # type: ignore[index]
    bomb = gzip.compress(b" " * 80_000_000)
    assert town.post(data=bomb, headers=packing).status_code == 413


@pytest.mark.both
def test_a_hundred_thousand_are_asked_for_at_once(
    town: Asking, capfd: pytest.CaptureFixture[str]
) -> None:
    no, yes = town.people(2)
    town.choose(no, about("DSA-0002"))
    refused, known = town.known_as(no, "clinic"), town.known_as(yes, "clinic")
    others = [f"{number:064x}" for number in range(99_998)]
    capfd.readouterr()

    said = town.ask("DSA-0002", refused, *others, known)

    assert said["allowed"] == [*others, known]
    (check,) = town.checks()
    assert (check.sent, check.allowed) == (100_000, 99_999)
    logged = capfd.readouterr().err
    assert PATH in logged
    for name in (refused, known, others[7]):
        assert name not in logged


def test_what_is_packed_is_unpacked_to_the_same() -> None:
    assert unpacked(packed([A, B], [True, False])) == {A: True, B: False}
    assert unpacked(b"") == {}


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("last", [True, False])
def test_a_file_has_one_id_in_each_line(ending: str, start: bytes, last: bool) -> None:
    text = f"{A}{ending}{B}" + (ending if last else "")
    read = read_file(start + text.encode())
    assert read == File([A, B], ending if "\r" in text else "\n")
    assert read.of([B]) == f"{B}{ending}"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"{A}\n\n{B}\n", 2),
        (f"id\n{A}\n", 1),
        (f"{A}\n{B},\n", 2),
        (f"{A}\r{B}\r", 1),
        (f"{A}\n{B}\r\r\n", 2),
        (f"{A}\n {B}\n", 2),
        (f"{A}\n{'é' * 64}\n", 2),
        (f"{A}\n{A}\n\x00\n", 3),
    ],
)
def test_a_bad_line_refuses_the_file_and_is_named(text: str, line: int) -> None:
    with pytest.raises(Invalid, match=f"^Line {line} is no id") as refused:
        read_file(text.encode())
    assert A not in str(refused.value)


@pytest.mark.parametrize("raw", [b"", b"\n\r\n", b"\xef\xbb\xbf", f"{A}\n".encode() * 100_001])
def test_a_file_with_no_id_or_with_too_many_is_refused(raw: bytes) -> None:
    with pytest.raises(Invalid):
        read_file(raw)
