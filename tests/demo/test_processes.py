"""The programs of the demo end with it, however it ends."""

import os
import select
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from citizen_portal.demo import processes as processes_module
from citizen_portal.demo.processes import Processes

SLEEP = ["-c", "import time; time.sleep(60)"]
IGNORES_SIGTERM = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
open(os.environ["UP"], "w").write("up")
time.sleep(60)
"""
PARENT = """
import os, sys
from pathlib import Path
from citizen_portal.demo.processes import Processes
processes = Processes(Path(sys.argv[1]))
processes.start("child", ["-c", "import time; time.sleep(60)"], os.environ)
print(processes.children[0].process.pid, flush=True)
processes.children[0].process.wait()
"""


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    processes = Processes(tmp_path)
    yield processes
    processes.end()


def test_programs_are_ended_when_asked(processes: Processes) -> None:
    processes.start("sleeper", SLEEP, os.environ)
    processes.start("other sleeper", SLEEP, os.environ)
    started = [child.process for child in processes.children]

    processes.end()

    assert all(process.returncode for process in started)
    assert processes.children == []


def test_a_program_that_ignores_sigterm_is_killed(
    processes: Processes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(processes_module, "SECONDS_TO_EXIT", 0.2)
    up = tmp_path / "up"
    os.mkfifo(up)
    processes.start("sleeper", ["-c", IGNORES_SIGTERM], os.environ | {"UP": str(up)})
    process = processes.children[0].process
    assert up.read_text() == "up"

    processes.end()

    assert process.returncode == -9


def test_a_program_that_ends_by_itself_is_noticed(processes: Processes) -> None:
    processes.start("sleeper", SLEEP, os.environ)
    processes.start("printer", ["-c", "print('done')"], os.environ)
    assert processes.first_exited() is None or processes.children[1].process.returncode == 0

    processes.children[1].process.wait(timeout=10)

    exited = processes.first_exited()
    assert exited is not None
    assert exited.name == "printer"
    assert exited.log.read_text() == "done\n"


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
