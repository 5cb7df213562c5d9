"""The programs that the demo starts: begun on a leash, watched, and ended together."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PATIENCE = 5.0
"""Seconds that a program may take to end by itself."""


@dataclass(frozen=True)
class Member:
    """One program: what the console calls it, and where its words go."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path


@dataclass
class Company:
    logs: Path
    members: list[Member] = field(default_factory=list)

    def start(self, name: str, arguments: Sequence[str], env: Mapping[str, str]) -> None:
        """Start ``python ARGUMENTS``, in a group of its own so that Ctrl-C reaches us alone."""
        log = self.logs / f"{name.replace(' ', '-')}.log"
        leash = [sys.executable, "-m", "citizen_portal.demo.leash", str(os.getpid())]
        with log.open("ab") as out:
            process = subprocess.Popen(  # noqa: S603  (our own programs, no shell)
                [*leash, sys.executable, *arguments],
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.members.append(Member(name, process, log))

    def fallen(self) -> Member | None:
        """A program that has ended, though nobody asked it to."""
        return next((one for one in self.members if one.process.poll() is not None), None)

    def end(self) -> None:
        """End every program; those that do not listen are killed. Ending twice does no harm."""
        for member in self.members:
            _signal(member, signal.SIGTERM)
        until = time.monotonic() + PATIENCE
        for member in self.members:
            with contextlib.suppress(subprocess.TimeoutExpired):
                member.process.wait(max(0.0, until - time.monotonic()))
            _signal(member, signal.SIGKILL)  # and whatever it had started
            member.process.wait()
        self.members.clear()


def _signal(member: Member, number: signal.Signals) -> None:
    """To the program's whole group, but while it lives asked as one: it ends its own workers."""
    try:
        if number is signal.SIGKILL:
            os.killpg(member.process.pid, number)
        elif member.process.poll() is None:
            member.process.send_signal(number)
    except ProcessLookupError:
        pass
