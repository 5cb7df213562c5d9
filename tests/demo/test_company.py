"""The programs of the demo end with it, however it ends."""

import os
import select
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from citizen_portal.demo import company as company_module
from citizen_portal.demo.company import Company

SLEEP = ["-c", "import time; time.sleep(60)"]
STUBBORN = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
open(os.environ["UP"], "w").write("up")
time.sleep(60)
"""
PARENT = """
import os, sys
from pathlib import Path
from citizen_portal.demo.company import Company
company = Company(Path(sys.argv[1]))
company.start("child", ["-c", "import time; time.sleep(60)"], os.environ)
print(company.members[0].process.pid, flush=True)
company.members[0].process.wait()
"""


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    company = Company(tmp_path)
    yield company
    company.end()


def test_programs_are_ended_when_asked(company: Company) -> None:
    company.start("sleeper", SLEEP, os.environ)
    company.start("other sleeper", SLEEP, os.environ)
    processes = [member.process for member in company.members]

    company.end()

    assert all(process.returncode for process in processes)
    assert company.members == []


def test_one_that_does_not_listen_is_killed(
    company: Company, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(company_module, "PATIENCE", 0.2)
    up = tmp_path / "up"
    os.mkfifo(up)
    company.start("stubborn one", ["-c", STUBBORN], os.environ | {"UP": str(up)})
    process = company.members[0].process
    assert up.read_text() == "up"

    company.end()

    assert process.returncode == -9


def test_a_program_that_ends_by_itself_is_noticed(company: Company) -> None:
    company.start("sleeper", SLEEP, os.environ)
    company.start("short one", ["-c", "print('goodbye')"], os.environ)
    assert company.fallen() is None or company.members[1].process.returncode == 0

    company.members[1].process.wait(timeout=10)

    fallen = company.fallen()
    assert fallen is not None
    assert fallen.name == "short one"
    assert fallen.log.read_text() == "goodbye\n"


def test_children_end_when_the_parent_is_killed_outright(tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    with parent.stdout:
        child = os.pidfd_open(int(parent.stdout.readline()))

    parent.kill()
    parent.wait()

    ended, _, _ = select.select([child], [], [], 10)
    os.close(child)
    assert ended
