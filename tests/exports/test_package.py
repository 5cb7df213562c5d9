"""A copy: whole, in one pass, in forms that others accept; what it may not hold is refused."""

import csv
import hashlib
import io
import json
import math
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citizen_portal.exports import package
from citizen_portal.exports.package import Column, Document, Missing, TooLarge, Unwritable, archive
from citizen_portal.exports.package.spool import Spool
from tests.exports import copies, reading

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0")) | st.sampled_from(
    copies.HOSTILE
)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "string": TEXTS,
    "integer": st.integers(),
    "number": st.floats(allow_nan=False, allow_infinity=False) | st.integers(-9999, 9999),
    "boolean": st.booleans(),
    "date": st.dates(),
    "datetime": st.datetimes(timezones=st.just(UTC)),
}
COLUMNS = (
    Column("said", "string", "Said", required=True),
    *(Column(kind, kind, kind.title()) for kind in VALUES),  # type: ignore[arg-type]
)
MAYBE = (st.none() | VALUES[column.type] for column in COLUMNS[1:])
ROWS = st.lists(st.tuples(TEXTS, *MAYBE), max_size=8)
SIGNER = copies.signer()


class OnlyTakes(io.RawIOBase):
    """Takes bytes and can do nothing else, as a pipe."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []

    def write(self, data: Any, /) -> int:
        self.taken.append(bytes(data))
        return len(data)


def read(rows: list[tuple[Any, ...]], *columns: Column) -> dict[str, bytes]:
    table = copies.table(rows, columns=columns or COLUMNS, key=())
    raw, _ = copies.written(copies.contents(table), SIGNER)
    return reading.files(raw)


@given(ROWS)
def test_each_form_is_read_back_to_equal_values(rows: list[tuple[Any, ...]]) -> None:
    files = read(rows)
    assert reading.from_csv(files["data/looks.csv"], COLUMNS) == rows
    assert reading.from_lines(files["data/looks.jsonl"], COLUMNS) == rows


@given(st.lists(TEXTS, max_size=5))
def test_no_cell_of_a_table_runs_in_a_spreadsheet(texts: list[str]) -> None:
    raw = read([(text,) for text in texts], Column("said", "string", "Said", required=True))[
        "data/looks.csv"
    ]
    head, *cells = csv.reader(io.StringIO(raw.decode(), newline=""))
    for [cell] in cells:
        assert cell.lstrip(" \"'\t\r\n")[:1] not in set("=+-@") or cell.startswith("'")
    assert raw.count(b"\r\n") >= len(texts) + 1


def test_long_tables_come_in_parts_and_each_row_once() -> None:
    rows = [copies.look(number) for number in range(2_345)]
    told: list[int] = []
    out = OnlyTakes()
    what = copies.contents(copies.table(iter(rows)), copies.table(iter(rows[:7]), "others"))
    summary = package.write(out, what, signer=SIGNER, beat=told.append)  # type: ignore[arg-type]
    raw = b"".join(out.taken)
    files = reading.files(raw)
    assert summary.rows == {"looks": 2_345, "others": 7}
    assert told == [1_000, 2_000, 2_345, 2_352]
    assert (summary.bytes, summary.files) == (len(raw), len(files))
    assert summary.sha256 == hashlib.sha256(raw).hexdigest()
    assert reading.from_csv(files["data/looks.csv"], copies.LOOKS) == rows
    lines: list[Any] = []
    for number in (1, 2, 3):
        script = files[f"page/looks-{number:04}.js"].decode()
        lines += json.loads(script.removeprefix(f'rows("looks",{number},').removesuffix(")\n"))
    assert lines == [json.loads(line) for line in files["data/looks.jsonl"].splitlines()]


def test_the_list_names_each_file_with_its_size_and_hash() -> None:
    raw, summary = copies.written(copies.small(), SIGNER)
    files = reading.files(raw)
    said = json.loads(files["manifest.json"])
    for one in said["files"]:
        content = files.pop(one["path"])
        assert (one["bytes"], one["sha256"]) == (
            len(content),
            hashlib.sha256(content).hexdigest(),
        )
    assert sorted(files) == ["manifest.json", "manifest.jws"]
    paths = [one["path"] for one in said["files"]]
    assert paths == sorted(paths)
    assert said["made_at"] == "2026-11-17T14:15:20Z"
    assert said["asked"]["since"] == "2026-01-01"
    assert summary.key == SIGNER.current.kid


def test_what_is_missing_is_asked_after_the_tables_were_read() -> None:
    read_so_far: list[int] = []

    def rows() -> Iterator[tuple[Any, ...]]:
        yield copies.look(1)
        read_so_far.append(1)

    def missing() -> list[Missing]:
        return [Missing("Slow body", "holdings", "too_slow", f"{len(read_so_far)} line came.")]

    what = copies.contents(copies.table(rows()), missing=missing)
    raw, summary = copies.written(what, SIGNER)
    [said] = json.loads(reading.files(raw)["missing.json"])["missing"]
    assert said == {
        "body": "Slow body",
        "what": "holdings",
        "why": "too_slow",
        "words": "1 line came.",
    }
    assert [one.body for one in summary.missing] == ["Slow body"]


def test_a_copy_without_tables_is_a_copy() -> None:
    raw, summary = copies.written(copies.contents(documents=(), missing=()), SIGNER)
    files = reading.files(raw)
    assert summary.rows == {}
    assert json.loads(files["datapackage.json"])["resources"]
    assert b"We know of nothing that you asked for and did not get." in files["index.html"]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("string", "a\0b"),
        ("string", "half \ud800 a character"),
        ("string", 5),
        ("integer", 1.0),
        ("integer", True),
        ("number", math.nan),
        ("number", -math.inf),
        ("boolean", 1),
        ("date", datetime(2026, 1, 1, tzinfo=UTC)),
        ("datetime", date(2026, 1, 1)),
        ("datetime", datetime(2026, 1, 1)),  # noqa: DTZ001
    ],
)
def test_what_a_column_cannot_hold_is_refused_without_being_told(kind: Any, value: object) -> None:
    with pytest.raises(Unwritable) as refused:
        read([(value,)], Column("secret", kind, "Secret", required=True))
    assert str(refused.value) == f"table looks, column secret: no {kind}"
    assert refused.value.__cause__ is None


def test_nothing_is_refused_where_something_is_needed() -> None:
    with pytest.raises(Unwritable, match="column id: nothing is said"):
        read([(None,)], Column("id", "string", "Id", required=True))


@pytest.mark.parametrize(
    "path",
    [
        "../a",
        "/a",
        "a/../b",
        "a//b",
        "a\\b",
        "C:a",
        "",
        "a/",
        "a b",
        ".a",
        "ŵ",
        "a" * 201,
        "a.html",
    ],
)
def test_a_path_that_leads_elsewhere_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="path"):
        Document(path, "Title", "text/plain", b"")


@pytest.mark.parametrize("path", ["manifest.json", "Key.JWKS.json", "data/looks.csv"])
def test_no_file_takes_the_place_of_another(path: str) -> None:
    taken = copies.contents(
        copies.table([copies.look(1)]), documents=[Document(path, "Title", "text/plain", b"")]
    )
    with pytest.raises(ValueError, match="same path"):
        copies.written(taken, SIGNER)


def test_a_zip_that_would_need_another_form_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_BYTES", 5_000)
    with pytest.raises(TooLarge):
        copies.written(copies.small(), SIGNER)
    monkeypatch.undo()
    monkeypatch.setattr(archive, "MOST_FILES", 5)
    with pytest.raises(TooLarge):
        copies.written(copies.small(), SIGNER)


def test_what_waits_on_disk_cannot_be_read_there() -> None:
    spool = Spool(in_memory=10)
    pieces = [b"a secret of somebody " * 99, b"", b"and more", b"x" * 600_000]
    for piece in pieces:
        spool.write(piece)
    assert spool._file is not None
    spool._file.seek(0)
    assert b"secret" not in spool._file.read()
    assert b"".join(spool.read()) == b"".join(pieces)
