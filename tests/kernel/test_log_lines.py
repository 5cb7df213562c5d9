"""A run of the tests fails when something personal was logged in it, though each test passed."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.log_lines import personal

LEAK = """
import sys

def test_passes():
    print({line!r}, file=sys.stderr)
"""


@pytest.mark.parametrize(
    "value",
    [
        "CANARY0123456789ab",
        "01a21a92-3f9d-77d3-bdda-1f7000000000",
        "3f" * 32,
        "eyJhbGciOiJFUzI1NiJ9.x",
        "Bearer abc",
        "mair.huws@example.org",
        "Q-7K3M-92XF",
    ],
)
def test_what_is_personal_in_a_line_of_a_log_is_seen(value: str) -> None:
    line = f'{{"fault": "{value}", "event": "odd", "level": "warning"}}'
    assert personal(f"not a line {value}\n{line}") == [line]


def test_the_usual_line_is_not_personal() -> None:
    usual = (
        '{"method": "GET", "route": "/my/access/<name>", "status": 200, "ms": 343.7,'
        ' "request": "13f6c871bcb24b23", "event": "request", "level": "info",'
        ' "timestamp": "2026-11-27T00:55:23.574344Z"}'
    )
    ours = f'{{"source": "{"3f" * 16}", "fault": "late", "event": "odd", "level": "error"}}'
    assert personal(f"{usual}\n{ours}\nurllib3.connection WARNING") == []


@pytest.mark.parametrize(("mark", "code", "processes"), [("CANARY1", 1, "1"), ("none", 0, "0")])
def test_a_run_in_which_something_personal_was_logged_fails(
    tmp_path: Path, mark: str, code: int, processes: str
) -> None:
    line = f'{{"fault": "{mark}", "event": "odd", "level": "info"}}'
    (tmp_path / "test_it.py").write_text(LEAK.format(line=line))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.log_lines", "-n", processes]
    run = subprocess.run(
        [*command, "-c", "/dev/null", f"--rootdir={tmp_path}", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == code, run.stdout
    assert f"1 lines of logs, {code} with something personal" in run.stdout
