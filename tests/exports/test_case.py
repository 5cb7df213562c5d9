"""The case file of a question: readable by anybody, signed, and refused once altered."""

import csv
import hashlib
import io
import json
import os
import random
from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser

from citizen_portal.cli import main
from citizen_portal.exports.package import manifest
from citizen_portal.exports.verify import Altered, Refused, check
from citizen_portal.signing import Signer
from tests.browsers import faults
from tests.exports import casework, copies, reading

RUNS = int(os.environ.get("RUNS", "12"))
OURS = copies.signer()
RAW = casework.written(OURS)


def test_it_says_the_same_to_people_to_spreadsheets_and_to_programs() -> None:
    files = reading.files(RAW)
    assert set(files) == {
        "index.html",
        "case.json",
        "facts.csv",
        "timeline.csv",
        "correspondence.csv",
        "agreement-DSA-0001-v2.json",
        "key.jwks.json",
        "manifest.json",
        "manifest.jws",
    }
    said = json.loads(files["case.json"])
    assert said["facts"][0] == {"fact": "Action", "value": casework.HOSTILE}
    assert said["timeline"][1] == {
        "day": "2026-10-02",
        "at": None,
        "who": "clock",
        "what": "Last day to say that it arrived",
        "law": "A law",
    }
    assert said["correspondence"][0]["words"] == casework.HOSTILE
    assert said["body"]["subject"] == "3f" * 32
    agreement = files[said["agreement"]["file"]]
    assert hashlib.sha256(agreement).hexdigest() == said["agreement"]["sha256"]
    assert json.loads(agreement) == casework.DOCUMENT
    for name in ("facts.csv", "correspondence.csv"):
        text = files[name].decode()
        assert "'=HYPERLINK" in text  # no spreadsheet runs it
        assert casework.HOSTILE in reading_cells(text)
    page = files["index.html"].decode()
    assert "<script" not in page
    assert "Q-7K3M-92XF" in page


def reading_cells(text: str) -> list[str]:
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    return [cell.removeprefix("'") for row in rows for cell in row]


def test_every_altered_file_is_refused() -> None:
    """``RUNS`` says how many; ``make faults`` alters 200."""
    chance = random.Random(20261117)  # noqa: S311
    keys = list(OURS.keys.keys)
    assert check(io.BytesIO(RAW), pinned=keys).case
    for _ in range(RUNS):
        changed = bytearray(RAW)
        changed[chance.randrange(len(RAW))] ^= chance.randrange(1, 256)
        with pytest.raises(Altered):
            check(io.BytesIO(bytes(changed)), pinned=keys)


def test_neither_passes_for_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list of a case under the signature of a copy, and the other way round."""
    keys = list(OURS.keys.keys)
    copy, _ = copies.written(copies.small(3), OURS)
    assert not check(io.BytesIO(copy), pinned=keys).case
    monkeypatch.setattr(manifest, "CASE_KIND", manifest.KIND)
    with pytest.raises(Refused):
        check(io.BytesIO(casework.written(OURS)), pinned=keys)


def test_the_command_says_that_it_is_a_case_file(tmp_path: Path) -> None:
    file, keys = tmp_path / "case.zip", tmp_path / "keys.json"
    file.write_bytes(RAW)
    keys.write_text(json.dumps(public(OURS)))
    found = CliRunner().invoke(main, ["verify", str(file), "--jwks", str(keys)])
    assert found.exit_code == 0, found.output
    assert "This case file is unchanged since http://127.0.0.1:8000 made it." in found.output


def public(signer: Signer) -> dict[str, object]:
    return {"keys": [dict(key.as_dict(private=False)) for key in signer.keys.keys]}


@pytest.mark.browser
def test_its_page_stands_alone_and_has_no_fault(browser: Browser, tmp_path: Path) -> None:
    folder = reading.unpacked(RAW, tmp_path)
    context = browser.new_context(viewport={"width": 320, "height": 700})
    page, asked = context.new_page(), []
    page.on("request", lambda one: asked.append(one.url))
    page.goto((folder / "index.html").as_uri())
    assert [url for url in asked if not url.startswith("data:")] == [page.url]
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    context.close()
