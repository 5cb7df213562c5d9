"""Libraries are pinned by hash, and the bill of materials that ``make sbom`` writes has each."""

import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PINNED = re.compile(
    r"^([\w.-]+)==(\S+?)(?: ;[^\\]*)? \\\n((?:    --hash=\S+(?: \\)?\n)+)", re.MULTILINE
)
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
COMMAND = re.compile(r"^\t\$\(BIN\)/cyclonedx-py (.*?) -o \S+$", re.MULTILINE | re.DOTALL)


@cache
def locked() -> dict[tuple[str, str], set[str]]:
    """Each library of the lock with its version, and the hashes that its files may have."""
    text = (ROOT / "requirements.lock").read_text()
    return {
        (name, version): set(HASH.findall(said)) for name, version, said in PINNED.findall(text)
    }


def test_each_library_is_pinned_by_hash() -> None:
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    named = [line for line in lines if line and not line.startswith((" ", "#"))]
    assert len(named) == len(locked()) > 100
    assert all(locked().values())


def test_the_bill_of_materials_has_each_with_its_hashes(tmp_path: Path) -> None:
    found = COMMAND.search((ROOT / "Makefile").read_text())
    assert found is not None
    options = found.group(1).replace("\\\n", " ").split()
    tool = Path(sys.executable).with_name("cyclonedx-py")
    for name in ("one", "two"):
        to = tmp_path / name
        command = [tool, *options, "--no-validate", "-o", to]  # the schema takes ten seconds
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    said = json.loads((tmp_path / "one").read_text())

    assert said["bomFormat"] == "CycloneDX"
    assert said["metadata"]["component"]["name"] == "citizen-portal"
    told = {
        (one["name"], one["version"]): {
            each["content"]
            for reference in one.get("externalReferences", ())
            for each in reference.get("hashes", ())
        }
        for one in said["components"]
    }
    assert told == locked()
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
