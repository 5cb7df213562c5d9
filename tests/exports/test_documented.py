"""What ``docs/copies.md`` says is so: its commands run, its codes and files are the real ones."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import get_args

import pytest

from citizen_portal.exports import words
from citizen_portal.exports.package import Why
from tests.exports import copies, reading

PAGE = (Path(__file__).parents[2] / "docs" / "copies.md").read_text()
TOOLS = ("sh", "unzip", "jq", "sha256sum", "xxd", "openssl")
SIGNER = copies.signer()
RAW, _ = copies.written(copies.small(), SIGNER)


def check_by_hand(folder: Path, raw: bytes) -> subprocess.CompletedProcess[str]:
    """The commands of the page, in a folder as the page says."""
    absent = [tool for tool in TOOLS if shutil.which(tool) is None]
    if absent:
        pytest.skip(f"not here: {', '.join(absent)}")
    (folder / "copy.zip").write_bytes(raw)
    (folder / "keys.json").write_text(json.dumps(SIGNER.public()))
    [script] = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    return subprocess.run(
        ["sh", "-c", script],  # noqa: S607
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_stock_tools_find_a_copy_good(tmp_path: Path) -> None:
    done = check_by_hand(tmp_path, RAW)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "Signature Verified Successfully\n"


def test_stock_tools_refuse_what_another_key_signed(tmp_path: Path) -> None:
    raw, _ = copies.written(copies.small(), copies.signer())
    assert "Verification Failure" in check_by_hand(tmp_path, raw).stdout


def test_stock_tools_name_an_altered_file(tmp_path: Path) -> None:
    files = reading.files(RAW) | {"data/looks.csv": b"other"}
    done = check_by_hand(tmp_path, reading.zipped(files))
    assert done.returncode != 0
    assert "data/looks.csv: FAILED" in done.stdout


def test_each_reason_and_each_kind_of_file_is_on_the_page() -> None:
    assert [code for code in get_args(Why) if f"`{code}`" not in PAGE] == []
    for path in reading.files(RAW):
        shape = re.sub(r"looks(-\d+)?", lambda found: "<table>" + bool(found[1]) * "-<part>", path)
        assert f"`{shape}`" in PAGE or shape.startswith("agreements/"), path


def test_the_table_that_the_page_reads_is_one_of_a_copy() -> None:
    [name] = re.findall(r'open\("data/([a-z-]+)\.csv"', PAGE)
    assert words.table(name)


def test_the_rule_for_cells_is_the_one_on_the_page() -> None:
    assert 'cell.removeprefix("\'")' in PAGE
    assert b"take one away" in reading.files(RAW)["datapackage.json"]
