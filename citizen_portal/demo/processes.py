"""The programs that the demo starts: they are started, watched and ended together."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

SECONDS_TO_EXIT = 5.0
"""Seconds that a program may take to end by itself."""


@dataclass(frozen=True)
class Child:
    """One program: its name on the console, and the file that its output goes to."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path


@dataclass
class Processes:
    logs: Path
    children: list[Child] = field(default_factory=list)

    def start(self, name: str, arguments: Sequence[str], env: Mapping[str, str]) -> None:
        """Start ``python ARGUMENTS``, in a process group that Ctrl-C does not reach."""
        log = self.logs / f"{name.replace(' ', '-')}.log"
        starter = [sys.executable, "-m", "citizen_portal.demo.die_with_parent", str(os.getpid())]
        with log.open("ab") as out:
            process = subprocess.Popen(  # noqa: S603  (our own programs, no shell)
                [*starter, sys.executable, *arguments],
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.children.append(Child(name, process, log))

    def first_exited(self) -> Child | None:
        """A program that has ended without being asked to; ``None`` while each runs."""
        return next((one for one in self.children if one.process.poll() is not None), None)

    def end(self) -> None:
        """End every program; those that ignore SIGTERM are killed. Ending twice does no harm."""
        for child in self.children:
            _signal(child, signal.SIGTERM)
        until = time.monotonic() + SECONDS_TO_EXIT
        for child in self.children:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.0, until - time.monotonic()))
            _signal(child, signal.SIGKILL)  # and whatever it had started
            child.process.wait()
        self.children.clear()


def _signal(child: Child, number: signal.Signals) -> None:
    """SIGKILL goes to the whole group; SIGTERM to the program, which ends its own workers."""
    try:
        if number is signal.SIGKILL:
            os.killpg(child.process.pid, number)
        elif child.process.poll() is None:
            child.process.send_signal(number)
    except ProcessLookupError:
        pass
